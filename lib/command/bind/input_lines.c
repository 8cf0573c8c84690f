/* input_lines.c - JSON objects that begin on a line of their own, and plain values one a line */

#include "input.h"

#include <string.h>

#include "pamlite/json.h"
#include "pamlite/text.h"

/*
 * Make sure that a line is at in->at; false at the end of the input. A line that
 * no object can contain is read over, and its beginning kept, so that numbers stay right.
 */
static bool
fetch_line(struct pl_input *in)
{
	const size_t begin = in->text.len;
	const char *newline = NULL;

	if (in->at < begin)
		return true;
	while (newline == NULL && pl_input_peek(in) >= 0) {
		const char *p = in->block + in->block_at;
		size_t n = in->block_len - in->block_at;

		newline = memchr(p, '\n', n);
		if (newline != NULL)
			n = (size_t)(newline - p) + 1;
		in->overlong = in->overlong || in->text.len - begin + n > PL_JSON_OBJECT_MAX + 1;
		if (!in->overlong)
			pl_buf_bytes(&in->text, p, n);
		in->block_at += n;
	}
	if (in->overlong) {
		in->text.len = in->text.len - begin > PL_INPUT_BEGIN ? begin + PL_INPUT_BEGIN : in->text.len;
		pl_buf_char(&in->text, '\n');
	}
	return in->text.len > begin;
}

/* The end of the line at `from`, behind its newline. */
static size_t
line_end(const struct pl_input *in, size_t from)
{
	const char *newline = memchr(in->text.text + from, '\n', in->text.len - from);

	return newline != NULL ? (size_t)(newline - in->text.text) + 1 : in->text.len;
}

static void
drop_line(struct pl_input *in)
{
	in->at = line_end(in, in->at);
	in->number++;
}

/* Give back the room of what was given out, each byte moved at most about once. */
static void
compact(struct pl_input *in)
{
	if (in->at == 0 || in->at < in->text.len - in->at)
		return;
	memmove(in->text.text, in->text.text + in->at, in->text.len - in->at + 1);
	in->text.len -= in->at;
	in->at = 0;
}

static bool
is_blank_line(const struct pl_input *in)
{
	size_t i, end = line_end(in, in->at);

	for (i = in->at; i < end; i++)
		if (strchr(" \t\r\n", in->text.text[i]) == NULL || in->text.text[i] == '\0')
			return false;
	return true;
}

static char
first_character(const struct pl_input *in)
{
	return in->text.text[in->at + strspn(in->text.text + in->at, " \t")];
}

/*
 * Step over lines that begin no object. After a bad object only a brace in the
 * first column counts: an indented one may be a part of what was bad, and acting
 * on a part as if it were an object of its own would be worse than skipping it.
 */
static enum pl_input_result
find_object(struct pl_ctx *ctx, struct pl_input *in, size_t *number)
{
	while (fetch_line(in)) {
		*number = in->number;
		if (in->overlong) {
			in->overlong = false;
			drop_line(in);
			if (in->skipping)
				continue;
			in->skipping = true;
			return pl_input_bad(ctx, "the object is larger than 1 MiB");
		}
		if (in->skipping ? in->text.text[in->at] == '{' : first_character(in) == '{') {
			in->skipping = false;
			return PL_INPUT_OBJECT;
		}
		if (!in->skipping && !is_blank_line(in)) {
			in->skipping = true;
			drop_line(in);
			return pl_input_bad(ctx, "this is not a JSON object");
		}
		drop_line(in);
		compact(in);
	}
	return PL_INPUT_END;
}

enum chunk { CHUNK_WHOLE, CHUNK_MORE, CHUNK_BAD };

/*
 * Is the object complete? The strict checker reads it all, so it is asked only
 * where braces say that the object ends or something is wrong, and else each
 * time the text has doubled.
 */
static enum chunk
judge(struct pl_ctx *ctx, const struct pl_input *in, size_t len, size_t *checked)
{
	enum pl_json_verdict verdict;
	const char *why = NULL;
	size_t at;

	if (len > PL_JSON_OBJECT_MAX + 1) {
		(void)pl_input_bad(ctx, "the object is larger than 1 MiB");
		return CHUNK_BAD;
	}
	if (in->scan.depth > 0 && in->scan.depth <= PL_JSON_DEPTH_MAX && !in->scan.string && len < *checked * 2)
		return CHUNK_MORE;
	*checked = len;
	verdict = pl_json_check(in->text.text + in->at, len, &why, &at);
	if (verdict == PL_JSON_BAD)
		(void)pl_fail(ctx, PL_ERR_INVALID_JSON, "the input is not valid JSON: %s at byte %zu", why, at + 1);
	if (verdict == PL_JSON_NO_MEMORY)
		(void)pl_fail_memory(ctx);
	return verdict == PL_JSON_WHOLE ? CHUNK_WHOLE : verdict == PL_JSON_INCOMPLETE ? CHUNK_MORE : CHUNK_BAD;
}

/* Lines from in->at on until they are one object; *end is behind them. */
static enum chunk
gather(struct pl_ctx *ctx, struct pl_input *in, size_t *end, size_t *lines)
{
	const size_t begin = in->at;
	size_t checked = 0, at = begin;
	enum chunk verdict = CHUNK_MORE;

	in->scan = (struct pl_input_scan){ 0 };
	for (*lines = 0; verdict == CHUNK_MORE; ++*lines) {
		bool more;

		in->at = at;
		more = fetch_line(in);
		in->at = begin;
		if (!more || in->overlong) {
			(void)pl_input_bad(ctx,
			    more ? "the object is larger than 1 MiB" : "the object is not complete");
			in->overlong = false;
			return CHUNK_BAD;
		}
		for (*end = line_end(in, at); at < *end; at++)
			pl_input_step(&in->scan, in->text.text[at]);
		verdict = judge(ctx, in, *end - begin, &checked);
	}
	return verdict;
}

enum pl_input_result
pl_input_next_object(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item)
{
	enum pl_input_result r;
	size_t end, lines;

	compact(in);
	r = find_object(ctx, in, &item->number);
	if (r != PL_INPUT_OBJECT || pl_buf_failed(&in->text))
		return r;
	if (gather(ctx, in, &end, &lines) == CHUNK_BAD) {
		drop_line(in);
		in->skipping = true;
		return PL_INPUT_BAD;
	}
	item->text = in->text.text + in->at;
	item->len = end - in->at;
	in->at = end;
	in->number += lines;
	return PL_INPUT_OBJECT;
}

enum pl_input_result
pl_input_next_line(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item)
{
	char *line;
	size_t len;

	for (;;) {
		compact(in);
		if (!fetch_line(in))
			return PL_INPUT_END;
		item->number = in->number;
		if (in->overlong || !is_blank_line(in))
			break;
		drop_line(in);
	}
	line = in->text.text + in->at;
	len = line_end(in, in->at) - in->at;
	drop_line(in);
	if (in->overlong || memchr(line, '\0', len) != NULL) {
		in->overlong = false;
		line[len - 1] = '\0';
		item->text = line;
		(void)pl_fail(ctx, PL_ERR_INVALID_INPUT, "the line is too long or holds a NUL");
		return PL_INPUT_BAD;
	}
	while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
		len--;
	/* The end is a newline, a blank or the buffer's own NUL, so one more NUL fits. */
	line[len] = '\0';
	item->text = line + strspn(line, " \t");
	item->len = strlen(item->text);
	return PL_INPUT_VALUE;
}
