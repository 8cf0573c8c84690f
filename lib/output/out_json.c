/* out_json.c - the forms for programs: Json, an array, and JsonLines */

#include "output/out.h"

#include "pamlite/json.h"

/* One object a line inside the array, so that diff and grep work on it as well. */
enum pl_status
out_json_row(struct pl_out *out, const void *row)
{
	pl_buf_text(&out->text, out->count == 0 ? "[\n  " : ",\n  ");
	return pl_json_row(out->ctx, out->columns, row, out->local_time, &out->text);
}

/* A command that has failed prints no object, and then not an empty array either. */
enum pl_status
out_json_end(struct pl_out *out)
{
	if (out->count > 0)
		out_write(&out->writer, "\n]\n", 3);
	else if (out->ctx->failure.error == PL_ERR_NONE)
		out_write(&out->writer, "[]\n", 3);
	return PL_OK;
}

enum pl_status
out_json_lines_row(struct pl_out *out, const void *row)
{
	enum pl_status st;

	st = pl_json_row(out->ctx, out->columns, row, out->local_time, &out->text);
	pl_buf_char(&out->text, '\n');
	return st;
}
