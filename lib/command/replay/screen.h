/* screen.h - recorded output made harmless for the terminal of whoever looks at it */
#ifndef PAMLITE_COMMAND_SCREEN_H
#define PAMLITE_COMMAND_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/buffer.h"

enum { PL_SEQUENCE_MAX = 255 };

enum pl_screen_state {
	PL_SCREEN_TEXT, PL_SCREEN_ESCAPE, PL_SCREEN_SET, PL_SCREEN_SKIP, PL_SCREEN_CONTROL, PL_SCREEN_CONTROL_SKIP,
	PL_SCREEN_COMMAND, PL_SCREEN_PALETTE, PL_SCREEN_STRING, PL_SCREEN_STRING_END
};

struct pl_screen {
	enum pl_screen_state state;
	char sequence[PL_SEQUENCE_MAX + 1];   /* what came since the escape, as far as it counts */
	size_t len;
	bool alternate, hidden, reversed, unwrapped, relative, inserts, margins, within_line;   /* to be undone */
};

/*
 * Append what of the text a terminal may get: characters, cursor and screen control, colours. Left out are all that
 * makes a terminal answer (what it types would be a command line), sets what outlasts the replay (title, keys, mouse,
 * clipboard, size), prints, or hides in strings. Only sequences that are known pass; one may be in several
 * pieces. The text is valid UTF-8 and ends with a whole character. *s is zeroed before the first.
 */
void pl_screen_filter(struct pl_screen *s, const char *text, size_t len, struct pl_buf *out);

/* The terminal as it was: its own screen, a cursor, no colours. */
void pl_screen_end(const struct pl_screen *s, struct pl_buf *out);

#endif
