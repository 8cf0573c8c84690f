/* input.c - objects on a stream: what kind of stream it is, and the next object of it */

#include "input.h"

#include <string.h>

static void
begin(struct pl_input *in)
{
	int c;

	while ((c = pl_input_peek(in)) == ' ' || c == '\t' || c == '\r' || c == '\n') {
		in->number += c == '\n';
		in->block_at++;
	}
	in->mode = c == '[' ? PL_INPUT_ARRAY : c == '{' ? PL_INPUT_OBJECTS : PL_INPUT_LINES;
	if (in->mode == PL_INPUT_ARRAY) {
		in->block_at++;
		in->number = 0;
	}
}

/*
 * cJSON would step over a byte-order mark, and a plain value would begin with it unseen. It is about the whole stream,
 * so that nothing of it is taken. The line is looked at, since a pipe may bring the three bytes one by one.
 */
static enum pl_input_result
first_line(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item)
{
	const enum pl_input_result r = pl_input_next_line(ctx, in, item);

	if (item->text == NULL || strncmp(item->text, "\xef\xbb\xbf", 3) != 0)
		return r;
	(void)pl_fail(ctx, PL_ERR_INVALID_JSON, "standard input begins with a byte-order mark");
	return PL_INPUT_FAILED;
}

enum pl_input_result
pl_input_next(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item)
{
	const bool first = in->mode == PL_INPUT_UNKNOWN;
	enum pl_input_result r;

	if (first)
		begin(in);
	*item = (struct pl_input_item){ .unit = "line", .number = in->number };
	if (in->mode == PL_INPUT_ARRAY)
		r = pl_input_next_element(ctx, in, item);
	else if (in->mode == PL_INPUT_OBJECTS)
		r = pl_input_next_object(ctx, in, item);
	else
		r = first ? first_line(ctx, in, item) : pl_input_next_line(ctx, in, item);
	if (in->error != 0) {
		(void)pl_fail(ctx, PL_ERR_INPUT_FAILED, "standard input cannot be read: %s", strerror(in->error));
		return PL_INPUT_FAILED;
	}
	if (pl_buf_failed(&in->text)) {
		(void)pl_fail_memory(ctx);
		return PL_INPUT_FAILED;
	}
	return r;
}
