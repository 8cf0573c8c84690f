/* input.c - objects on a stream: what kind of stream it is, and the next object of it */

#include "input.h"

#include <string.h>

/* cJSON would step over a byte-order mark, and a plain value would begin with it unseen. */
static bool
has_byte_order_mark(struct pl_input *in)
{
	return pl_input_peek(in) == 0xef && in->block_len - in->block_at >= 3 &&
	    memcmp(in->block + in->block_at, "\xef\xbb\xbf", 3) == 0;
}

static enum pl_input_result
begin(struct pl_ctx *ctx, struct pl_input *in)
{
	int c;

	while ((c = pl_input_peek(in)) == ' ' || c == '\t' || c == '\r' || c == '\n') {
		in->number += c == '\n';
		in->block_at++;
	}
	/* It is about the whole stream, so that nothing of it is taken. */
	if (has_byte_order_mark(in)) {
		(void)pl_fail(ctx, PL_ERR_INVALID_JSON, "standard input begins with a byte-order mark");
		return PL_INPUT_FAILED;
	}
	in->mode = c == '[' ? PL_INPUT_ARRAY : c == '{' ? PL_INPUT_OBJECTS : PL_INPUT_LINES;
	if (in->mode == PL_INPUT_ARRAY) {
		in->block_at++;
		in->number = 0;
	}
	return PL_INPUT_END;
}

enum pl_input_result
pl_input_next(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item)
{
	enum pl_input_result r = PL_INPUT_END;

	*item = (struct pl_input_item){ .unit = "line", .number = in->number };
	if (in->mode == PL_INPUT_UNKNOWN)
		r = begin(ctx, in);
	if (r != PL_INPUT_END)
		return r;
	if (in->mode == PL_INPUT_ARRAY)
		r = pl_input_next_element(ctx, in, item);
	else if (in->mode == PL_INPUT_OBJECTS)
		r = pl_input_next_object(ctx, in, item);
	else
		r = pl_input_next_line(ctx, in, item);
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
