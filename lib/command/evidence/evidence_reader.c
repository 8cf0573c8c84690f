/* evidence_reader.c - a JSON object of any length, a member or an element of an array at a time */

#include "evidence_reader.h"

#include <errno.h>
#include <string.h>

#include "pamlite/json.h"

#include "command/bind/input.h"

void
reader_init(struct reader *r, struct pl_ctx *ctx, const char *path, FILE *stream)
{
	*r = (struct reader){ .ctx = ctx, .path = path, .stream = stream, .first = true };
	pl_buf_init(&r->name);
	pl_buf_init(&r->text);
}

void
reader_clear(struct reader *r)
{
	pl_buf_clear(&r->name);
	pl_buf_clear(&r->text);
}

static enum reader_event
bad(struct reader *r, const char *why)
{
	if (ferror(r->stream))
		pl_fail(r->ctx, PL_ERR_INPUT_FAILED, "%s cannot be read: %s", r->path, strerror(errno));
	else
		pl_fail(r->ctx, PL_ERR_INVALID_JSON, "%s is not valid JSON: %s", r->path, why);
	(void)pl_target(r->ctx, r->path);
	return READER_FAILED;
}

static int
peek(struct reader *r)
{
	int c = getc_unlocked(r->stream);

	while (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		c = getc_unlocked(r->stream);
	if (c != EOF)
		(void)ungetc(c, r->stream);
	return c;
}

/* The character, if it is the next one. */
static bool
step_over(struct reader *r, int c)
{
	if (peek(r) != c)
		return false;
	(void)getc_unlocked(r->stream);
	return true;
}

/* To the end of a value, by its brackets and quotes; whether it is one, is for the checker to say. */
static void
read_text(struct reader *r, struct pl_buf *out)
{
	struct pl_input_scan scan = { 0 };
	const int begin = peek(r);
	const bool nested = begin == '{' || begin == '[' || begin == '"';
	int c;

	pl_buf_reset(out);
	while (out->len <= PL_JSON_OBJECT_MAX && !out->failed && (c = getc_unlocked(r->stream)) != EOF) {
		if (!nested && strchr(",:]} \t\r\n", c) != NULL) {
			(void)ungetc(c, r->stream);
			break;
		}
		pl_buf_char(out, (char)c);
		pl_input_step(&scan, (char)c);
		if (nested && scan.depth == 0 && !scan.string)
			break;
	}
}

static bool
read_value(struct reader *r, struct pl_buf *out)
{
	const char *why = "it ends in the middle";
	enum pl_json_verdict v;
	size_t at;

	read_text(r, out);
	if (ferror(r->stream)) {
		(void)bad(r, "");
		return false;
	}
	if (out->len > PL_JSON_OBJECT_MAX) {
		pl_fail(r->ctx, PL_ERR_INVALID_INPUT, "%s has a value of more than %d bytes", r->path,
		    PL_JSON_OBJECT_MAX);
		(void)pl_target(r->ctx, r->path);
		return false;
	}
	v = pl_buf_failed(out) ? PL_JSON_NO_MEMORY : pl_json_check(out->text, out->len, &why, &at);
	if (v == PL_JSON_NO_MEMORY)
		(void)pl_fail_memory(r->ctx);
	else if (v != PL_JSON_WHOLE)
		(void)bad(r, v == PL_JSON_INCOMPLETE ? "it ends in the middle" : why);
	return v == PL_JSON_WHOLE;
}

static enum reader_event
next_element(struct reader *r)
{
	if (step_over(r, ']')) {
		r->inside = false;
		r->first = false;
		return READER_ARRAY_END;
	}
	if (!r->first && !step_over(r, ','))
		return bad(r, "neither a comma nor the closing bracket");
	r->first = false;
	return read_value(r, &r->text) ? READER_ELEMENT : READER_FAILED;
}

static enum reader_event
next_member(struct reader *r)
{
	if (step_over(r, '}'))
		return peek(r) == EOF && !ferror(r->stream) ? READER_END : bad(r, "text behind the object");
	if (!r->first && !step_over(r, ','))
		return bad(r, "neither a comma nor the closing brace");
	r->first = false;
	if (peek(r) != '"')
		return bad(r, "no property name in double quotes");
	if (!read_value(r, &r->name))
		return READER_FAILED;
	if (!step_over(r, ':'))
		return bad(r, "no colon after a property name");
	if (step_over(r, '[')) {
		r->inside = r->first = true;
		return READER_ARRAY;
	}
	return read_value(r, &r->text) ? READER_VALUE : READER_FAILED;
}

enum reader_event
reader_next(struct reader *r)
{
	if (!r->begun && !step_over(r, '{'))
		return bad(r, "it is not an object");
	r->begun = true;
	return r->inside ? next_element(r) : next_member(r);
}
