/* words.h - a command line as one phase hands it to the next: exact names, and the text as it was bound */
#ifndef PAMLITE_COMMAND_WORDS_H
#define PAMLITE_COMMAND_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "bind.h"

/* Words "Name" and "Name=text"; a text may hold newlines, since lists are one text (list.h). Ends with NULL. */
struct pl_words {
	char **v;
	size_t count;
	bool failed;     /* no memory */
};

/* `text` NULL: the name alone. A failure is kept until it is asked for. */
void pl_words_add(struct pl_words *w, const char *name, const char *text);
void pl_words_add_word(struct pl_words *w, const char *word, size_t len);
void pl_words_clear(struct pl_words *w);

/*
 * Bind such words: names must be spelled as in the table and stand once. What the
 * values are worth is found out where they are converted, as for any command line.
 *
 * PL_E_USAGE  NamedParameterNotFound, ParameterAlreadyBound, MissingArgument
 */
enum pl_status pl_words_bind(struct pl_ctx *ctx, struct pl_binding *b, const struct pl_words *w);

/* A parameter whose value names a file: the caller's process opens it and hands over the descriptor. */
bool pl_param_is_file(const struct pl_param *p);

#endif
