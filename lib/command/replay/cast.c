/* cast.c - an asciicast of version 2, line by line */

#include "cast.h"

#include <string.h>

#include "pamlite/json.h"
#include "pamlite/text.h"

/* What is left of the line. */
struct rest {
	const char *at, *end;
};

static void
skip_blanks(struct rest *r)
{
	while (r->at < r->end && *r->at == ' ')
		r->at++;
}

static bool
is_next(struct rest *r, char c)
{
	skip_blanks(r);
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

/* Seconds to the microsecond; further digits do not count. */
static bool
parse_seconds(struct rest *r, int64_t *us)
{
	int64_t unit = 1000000;
	const char *from;

	*us = 0;
	skip_blanks(r);
	for (from = r->at; r->at < r->end && *r->at >= '0' && *r->at <= '9' && *us < INT64_MAX / 100; r->at++)
		*us = *us * 10 + (*r->at - '0') * unit;
	if (r->at == from)
		return false;
	if (r->at < r->end && *r->at == '.')
		for (r->at++; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
			unit /= 10;
			*us += (*r->at - '0') * unit;
		}
	return true;
}

static bool
parse_hex(struct rest *r, uint32_t *out)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *digit;
	int i;

	*out = 0;
	for (i = 0; i < 4; i++, r->at++) {
		digit = r->at < r->end && *r->at != '\0' ? strchr(digits, *r->at) : NULL;
		if (digit == NULL)
			return false;
		*out = *out << 4 | ((uint32_t)(digit - digits) & 15);
	}
	return true;
}

static void
add_character(struct pl_buf *out, uint32_t cp)
{
	if (cp < 0x80) {
		pl_buf_char(out, (char)cp);
		return;
	}
	if (cp < 0x800) {
		pl_buf_char(out, (char)(0xc0 | cp >> 6));
	} else {
		if (cp < 0x10000) {
			pl_buf_char(out, (char)(0xe0 | cp >> 12));
		} else {
			pl_buf_char(out, (char)(0xf0 | cp >> 18));
			pl_buf_char(out, (char)(0x80 | (cp >> 12 & 0x3f)));
		}
		pl_buf_char(out, (char)(0x80 | (cp >> 6 & 0x3f)));
	}
	pl_buf_char(out, (char)(0x80 | (cp & 0x3f)));
}

/* Behind \u; half a pair is no character. */
static bool
parse_code(struct rest *r, struct pl_buf *out)
{
	uint32_t cp, low;

	if (!parse_hex(r, &cp) || (cp >= 0xdc00 && cp < 0xe000))
		return false;
	if (cp >= 0xd800 && cp < 0xdc00) {
		if (r->end - r->at < 2 || r->at[0] != '\\' || r->at[1] != 'u')
			return false;
		r->at += 2;
		if (!parse_hex(r, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
	}
	add_character(out, cp);
	return true;
}

static bool
parse_escape(struct rest *r, struct pl_buf *out)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (r->at == r->end || *r->at == '\0')
		return false;
	if (*r->at == 'u') {
		r->at++;
		return parse_code(r, out);
	}
	letter = strchr(letters, *r->at++);
	if (letter != NULL)
		pl_buf_char(out, meant[letter - letters]);
	return letter != NULL;
}

static bool
parse_string(struct rest *r, struct pl_buf *out)
{
	const char *from;

	if (!is_next(r, '"'))
		return false;
	for (;;) {
		for (from = r->at; r->at < r->end && *r->at != '"' && *r->at != '\\'; r->at++)
			if ((unsigned char)*r->at < 0x20)
				return false;
		if (!pl_utf8_is_valid(from, (size_t)(r->at - from)) || r->at == r->end)
			return false;
		pl_buf_bytes(out, from, (size_t)(r->at - from));
		if (*r->at++ == '"')
			return !pl_buf_failed(out);
		if (!parse_escape(r, out))
			return false;
	}
}

bool
pl_cast_event_parse(const char *line, size_t len, struct pl_cast_event *out)
{
	struct rest r = { line, line + len };
	bool parsed;

	pl_buf_reset(&out->text);
	parsed = is_next(&r, '[') && parse_seconds(&r, &out->at_us) && is_next(&r, ',') &&
	    parse_string(&r, &out->text) && out->text.len == 1 && is_next(&r, ',');
	out->kind = parsed ? out->text.text[0] : '\0';
	pl_buf_reset(&out->text);
	parsed = parsed && parse_string(&r, &out->text) && is_next(&r, ']');
	skip_blanks(&r);
	return parsed && r.at == r.end;
}

static int64_t
number(const struct pl_json_object *o, const char *name)
{
	const struct pl_json_member *m = pl_json_member_find(o, name);
	int64_t n;

	return m != NULL && m->kind == PL_JSON_TEXT && pl_text_parse_int(m->value, strlen(m->value), &n) ? n : 0;
}

enum pl_status
pl_cast_header_parse(struct pl_ctx *ctx, const char *line, size_t len, int64_t *width, int64_t *height)
{
	struct pl_json_object o;
	enum pl_status st = pl_json_parse_object(ctx, line, len, &o);

	*width = *height = 0;
	if (st == PL_OK) {
		*width = number(&o, "width");
		*height = number(&o, "height");
	}
	pl_json_object_clear(&o);
	return st;
}
