/* screen.c - recorded output made harmless for the terminal of whoever looks at it */

#include "screen.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/text.h"

enum { ESC = 0x1b, CAN = 0x18, SUB = 0x1a, BEL = 0x07, ST = 0x9c };
enum { PARAMETER_MAX = 9999, ERASE_MAX = 2, PALETTE_LEN = 7 };

static void
append(struct pl_screen *s, uint32_t cp)
{
	if (s->len < PL_SEQUENCE_MAX)
		s->sequence[s->len++] = (char)cp;
	s->sequence[s->len] = '\0';
}

static bool
is_any(uint32_t cp, const char *of)
{
	return cp != 0 && cp < 0x80 && strchr(of, (int)cp) != NULL;
}

/* --- control sequences: CSI parameters final --- */

/* Private modes of the screen itself. False: not one of these. */
static bool
note_mode(struct pl_screen *s, long mode, bool on)
{
	switch (mode) {
	case 5:
		s->reversed = on;
		return true;
	case 6:
		s->relative = on;
		return true;
	case 7:
		s->unwrapped = !on;
		return true;
	case 25:
		s->hidden = !on;
		return true;
	case 47:
	case 1047:
	case 1049:
		s->alternate = on;
		return true;
	default:
		return mode == 1048;
	}
}

/* Of several in one sequence those that are the screen's. */
static void
pass_modes(struct pl_screen *s, const char *parameters, char final, struct pl_buf *out)
{
	char *end;
	long mode;

	for (;; parameters = end + 1) {
		mode = strtol(parameters, &end, 10);
		if (end != parameters && note_mode(s, mode, final == 'h'))
			pl_buf_printf(out, "\033[?%ld%c", mode, final);
		if (*end != ';')
			break;
	}
}

/* Digits and what separates them, and no number above the highest. */
static bool
are_within(const char *p, const char *separators, unsigned long max)
{
	char *end;

	for (; *p != '\0'; p = end) {
		if (is_any((unsigned char)*p, separators)) {
			end = (char *)(uintptr_t)p + 1;
			continue;
		}
		if (*p < '0' || *p > '9' || strtoul(p, &end, 10) > max)
			return false;
	}
	return true;
}

/*
 * Parts of the screen, with or without what is protected. However it is written, and wherever it stands among others,
 * a 3 would take away what was on the terminal before the replay.
 */
static bool
may_erase(const char *p)
{
	return are_within(p[0] == '?' ? p + 1 : p, ";", ERASE_MAX);
}

static bool
may_pass(struct pl_screen *s, const char *p, char final)
{
	/* More would keep a terminal busy. */
	if (!are_within(p, final == 'm' ? ";:" : ";", PARAMETER_MAX))
		return false;
	switch (final) {
	case 'T':
		return strchr(p, ';') == NULL;   /* else it is about the mouse */
	case 's':
	case 'u':
		return p[0] == '\0';
	case 'h':
	case 'l':
		s->inserts = strcmp(p, "4") == 0 ? final == 'h' : s->inserts;
		return strcmp(p, "4") == 0;
	case 'r':
		s->margins = true;
		return true;
	default:
		return is_any((unsigned char)final, "@ABCDEFGHILMPSXZ`abdefm");
	}
}

static void
pass_control(struct pl_screen *s, char final, struct pl_buf *out)
{
	const char *p = s->sequence;

	if (p[0] == '?' && is_any((unsigned char)final, "hl") && are_within(p + 1, ";", PARAMETER_MAX))
		pass_modes(s, p + 1, final, out);
	else if (is_any((unsigned char)final, "JK") ? may_erase(p) : may_pass(s, p, final))
		pl_buf_printf(out, "\033[%s%c", p, final);
}

static void
control(struct pl_screen *s, uint32_t cp, struct pl_buf *out)
{
	const bool skips = s->state == PL_SCREEN_CONTROL_SKIP;

	if (cp < 0x20)
		return;
	if (cp >= 0x40 && cp < 0x7f && !skips)
		pass_control(s, (char)cp, out);
	/* With a byte from 0x20 to 0x2f it is another control, and none that is let through. */
	if (cp < 0x40)
		s->state = cp < 0x30 || s->len == PL_SEQUENCE_MAX ? PL_SCREEN_CONTROL_SKIP : s->state;
	else
		s->state = PL_SCREEN_TEXT;
	if (cp < 0x40)
		append(s, cp);
}

/* --- escape sequences --- */

static void
begin(struct pl_screen *s, enum pl_screen_state state)
{
	s->state = state;
	s->len = 0;
	s->sequence[0] = '\0';
}

/* The character after the escape; one from 0x80 to 0x9f says the same as an escape and another one. */
static void
escape(struct pl_screen *s, uint32_t cp, struct pl_buf *out)
{
	if (cp < 0x20)
		return;
	begin(s, PL_SCREEN_TEXT);
	if (cp == '[') {
		s->state = PL_SCREEN_CONTROL;
	} else if (cp == ']') {
		s->state = PL_SCREEN_COMMAND;
	} else if (is_any(cp, "PX^_")) {
		s->state = PL_SCREEN_STRING;
	} else if (is_any(cp, "()")) {
		s->state = PL_SCREEN_SET;
		append(s, cp);
	} else if (cp < 0x30) {
		s->state = PL_SCREEN_SKIP;
	} else if (is_any(cp, "78DEM")) {
		pl_buf_printf(out, "\033%c", (char)cp);
	} else if (cp == 'c') {
		/* A reset: of the screen alone. */
		pl_buf_text(out, "\033[m\033[r\033[H\033[2J");
	}
}

static void
set(struct pl_screen *s, uint32_t cp, struct pl_buf *out)
{
	if (is_any(cp, "0AB12"))
		pl_buf_printf(out, "\033%s%c", s->sequence, (char)cp);
	s->state = cp >= 0x20 && cp < 0x30 ? PL_SCREEN_SKIP : PL_SCREEN_TEXT;
}

/* An operating system command; on the Linux console these two have no end of their own. */
static void
command(struct pl_screen *s, uint32_t cp)
{
	s->state = cp == 'R' ? PL_SCREEN_TEXT : cp == 'P' ? PL_SCREEN_PALETTE : PL_SCREEN_STRING;
	/* That a bell ends them too holds for these alone. */
	append(s, ']');
	if (cp == BEL)
		s->state = PL_SCREEN_TEXT;
}

static void
character(struct pl_screen *s, uint32_t cp, const char *raw, size_t n, struct pl_buf *out)
{
	if (cp >= 0x20 ? cp == 0x7f : !is_any(cp, "\b\t\n\v\f\r\016\017"))
		return;
	pl_buf_bytes(out, raw, n);
	s->within_line = cp != '\n' && (cp != '\r' || s->within_line);
}

static void
take(struct pl_screen *s, uint32_t cp, const char *raw, size_t n, struct pl_buf *out)
{
	switch (s->state) {
	case PL_SCREEN_TEXT:
		character(s, cp, raw, n, out);
		break;
	case PL_SCREEN_ESCAPE:
		escape(s, cp, out);
		break;
	case PL_SCREEN_SET:
		set(s, cp, out);
		break;
	case PL_SCREEN_SKIP:
		s->state = cp >= 0x30 ? PL_SCREEN_TEXT : s->state;
		break;
	case PL_SCREEN_CONTROL:
	case PL_SCREEN_CONTROL_SKIP:
		control(s, cp, out);
		break;
	case PL_SCREEN_COMMAND:
		command(s, cp);
		break;
	case PL_SCREEN_PALETTE:
		append(s, cp);
		s->state = s->len > PALETTE_LEN ? PL_SCREEN_TEXT : s->state;
		break;
	case PL_SCREEN_STRING:
		s->state = cp == BEL && s->len > 0 ? PL_SCREEN_TEXT : s->state;
		break;
	case PL_SCREEN_STRING_END:
		begin(s, PL_SCREEN_TEXT);
		if (cp != '\\')
			escape(s, cp, out);
		break;
	}
}

static bool
is_string(const struct pl_screen *s)
{
	return s->state == PL_SCREEN_COMMAND || s->state == PL_SCREEN_STRING;
}

void
pl_screen_filter(struct pl_screen *s, const char *text, size_t len, struct pl_buf *out)
{
	uint32_t cp;
	size_t n;

	for (; len > 0; text += n, len -= n) {
		n = pl_utf8_decode(text, len, &cp);
		if (n == 0) {
			n = 1;
		} else if (cp == CAN || cp == SUB || cp == ST) {
			begin(s, PL_SCREEN_TEXT);
		} else if (cp == ESC) {
			s->state = is_string(s) ? PL_SCREEN_STRING_END : PL_SCREEN_ESCAPE;
		} else if (cp >= 0x80 && cp <= 0x9f) {
			if (!is_string(s))
				escape(s, cp - 0x40, out);
		} else {
			take(s, cp, text, n, out);
		}
	}
}

void
pl_screen_end(const struct pl_screen *s, struct pl_buf *out)
{
	pl_buf_text(out, "\017\033(B\033[m");
	pl_buf_text(out, s->inserts ? "\033[4l" : NULL);
	/* These two move the cursor. */
	if (s->relative || s->margins)
		pl_buf_printf(out, "\0337%s%s\0338", s->relative ? "\033[?6l" : "", s->margins ? "\033[r" : "");
	pl_buf_text(out, s->unwrapped ? "\033[?7h" : NULL);
	pl_buf_text(out, s->reversed ? "\033[?5l" : NULL);
	pl_buf_text(out, s->alternate ? "\033[?1049l" : NULL);
	pl_buf_text(out, "\033[?25h");
	pl_buf_text(out, s->within_line ? "\r\n" : NULL);
}
