/* input_array.c - the elements of a JSON array on a stream, given out as each is complete */

#include "input.h"

#include "pamlite/json.h"

static int
skip_blanks(struct pl_input *in)
{
	int c;

	while ((c = pl_input_peek(in)) == ' ' || c == '\t' || c == '\r' || c == '\n')
		in->block_at++;
	return c;
}

/* Up to the comma or bracket that ends the element, whatever stands before it. */
static void
skip_element(struct pl_input *in)
{
	int c;

	while ((c = pl_input_peek(in)) >= 0) {
		if (in->scan.depth == 0 && !in->scan.string && (c == ',' || c == ']'))
			return;
		pl_input_step(&in->scan, (char)c);
		in->block_at++;
	}
}

/* The comma before the element, or the array's end. PL_INPUT_OBJECT: an element follows. */
static enum pl_input_result
before_element(struct pl_ctx *ctx, struct pl_input *in)
{
	int c = skip_blanks(in);

	if (c == ']') {
		in->block_at++;
		in->closed = true;
		if (skip_blanks(in) < 0)
			return PL_INPUT_END;
		in->ended = true;
		in->block_at = in->block_len;
		return pl_input_bad(ctx, "something stands after the array");
	}
	if (c >= 0 && in->number > 0) {
		if (c != ',') {
			skip_element(in);
			return pl_input_bad(ctx, "a comma is missing before this");
		}
		in->block_at++;
		c = skip_blanks(in);
	}
	if (c >= 0)
		return PL_INPUT_OBJECT;
	in->closed = true;
	return pl_input_bad(ctx, "the array is not closed");
}

/* The object's end is its own brace: what follows need not have been sent yet. */
static enum pl_input_result
take_object(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item)
{
	size_t len = 0;
	int c;

	do {
		c = pl_input_peek(in);
		if (c < 0) {
			in->closed = true;
			return pl_input_bad(ctx, "the object is not complete");
		}
		pl_input_step(&in->scan, (char)c);
		if (len++ < PL_JSON_OBJECT_MAX)
			pl_buf_char(&in->text, (char)c);
		in->block_at++;
	} while (in->scan.depth > 0);
	if (len > PL_JSON_OBJECT_MAX)
		return pl_input_bad(ctx, "the object is larger than 1 MiB");
	item->text = in->text.text;
	item->len = in->text.len;
	return PL_INPUT_OBJECT;
}

enum pl_input_result
pl_input_next_element(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item)
{
	enum pl_input_result r;

	if (in->closed)
		return PL_INPUT_END;
	in->scan = (struct pl_input_scan){ 0 };
	pl_buf_reset(&in->text);
	r = before_element(ctx, in);
	if (r != PL_INPUT_END)
		in->number++;
	item->unit = "object";
	item->number = in->number;
	if (r != PL_INPUT_OBJECT)
		return r;
	if (pl_input_peek(in) == '{')
		return take_object(ctx, in, item);
	skip_element(in);
	return pl_input_bad(ctx, "the element is not a JSON object");
}
