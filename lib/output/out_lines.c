/* out_lines.c - the line forms: List, Value, Id and Csv */

#include "output/out.h"

#include <string.h>

#include "pamlite/row.h"

static size_t
longest_name(const struct pl_column *const *columns)
{
	size_t max = 0, len;

	for (; *columns != NULL; columns++) {
		len = strlen((*columns)->name);
		if (len > max)
			max = len;
	}
	return max;
}

enum pl_status
out_list_row(struct pl_out *out, const void *row)
{
	int width = (int)longest_name(out->columns);
	struct pl_buf *b = &out->text;
	size_t i, before;

	if (out->count > 0)
		pl_buf_char(b, '\n');
	for (i = 0; out->columns[i] != NULL; i++) {
		pl_buf_printf(b, "%-*s :", width, out->columns[i]->name);
		before = b->len;
		pl_buf_char(b, ' ');
		out_cell(b, out->columns[i], row, out->local_time);
		/* No blank at the end of a line without a value. */
		if (b->len == before + 1)
			b->text[--b->len] = '\0';
		pl_buf_char(b, '\n');
	}
	return PL_OK;
}

enum pl_status
out_value_row(struct pl_out *out, const void *row)
{
	size_t i;

	for (i = 0; out->columns[i] != NULL; i++) {
		if (i > 0)
			pl_buf_char(&out->text, '\t');
		out_cell(&out->text, out->columns[i], row, out->local_time);
	}
	pl_buf_char(&out->text, '\n');
	return PL_OK;
}

enum pl_status
out_id_row(struct pl_out *out, const void *row)
{
	const struct pl_column *id = pl_column_id(out->noun);

	/* There is one control, and its name is what it is. */
	if (id == NULL)
		pl_buf_text(&out->text, out->noun->name);
	else
		out_cell(&out->text, id, row, out->local_time);
	pl_buf_char(&out->text, '\n');
	return PL_OK;
}

/*
 * A field of RFC 4180. A spreadsheet runs a cell that begins like a formula,
 * and stored text comes from users: an apostrophe in front makes it text.
 */
static void
csv_field(struct pl_buf *b, const char *text, bool first)
{
	if (!first)
		pl_buf_char(b, ',');
	pl_buf_char(b, '"');
	if (*text != '\0' && strchr("=+-@\t\r", *text) != NULL)
		pl_buf_char(b, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			pl_buf_char(b, '"');
		pl_buf_char(b, *text);
	}
	pl_buf_char(b, '"');
}

static void
csv_header(struct pl_out *out)
{
	size_t i;

	for (i = 0; out->columns[i] != NULL; i++)
		csv_field(&out->text, out->columns[i]->name, i == 0);
	pl_buf_text(&out->text, "\r\n");
}

enum pl_status
out_csv_row(struct pl_out *out, const void *row)
{
	const struct pl_column *c;
	enum pl_status st = PL_OK;
	struct pl_buf cell;
	size_t i;

	pl_buf_init(&cell);
	if (out->block == 0 && !(out->continued && out->count == 0))
		csv_header(out);
	for (i = 0; out->columns[i] != NULL && st == PL_OK; i++) {
		c = out->columns[i];
		pl_buf_reset(&cell);
		if (c->type == PL_TYPE_LIST || c->type == PL_TYPE_MAP)
			st = out_cell_json(out->ctx, c, row, out->local_time, &cell);
		else
			out_cell(&cell, c, row, out->local_time);
		if (pl_buf_failed(&cell))
			st = pl_fail_memory(out->ctx);
		csv_field(&out->text, cell.text, i == 0);
	}
	pl_buf_text(&out->text, "\r\n");
	pl_buf_clear(&cell);
	return st;
}
