/* configuration_write.c - the configuration as a JSON document, one property a line */

#include "pamlite/configuration_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/out.h"

struct writer {
	struct pl_ctx *ctx;
	struct out_writer *out;
	bool handed;
	struct pl_buf cell;
	enum pl_status status;
};

static void
put(struct writer *w, const char *text)
{
	out_write(w->out, text, strlen(text));
}

/* A newline and what is in front of a line at that depth; what nobody reads has one line. */
static void
begin_line(struct writer *w, size_t depth)
{
	if (w->handed)
		return;
	put(w, "\n");
	for (; depth > 0; depth--)
		put(w, "  ");
}

static bool
is_left_out(const struct writer *w, enum pl_section s, const struct pl_configuration *c, size_t column)
{
	const struct pl_column *all = pl_sections[s].noun->columns;

	if (s == PL_SECTION_CONTROL)
		return (c->control_given & 1U << column) == 0;
	return (all[column].flags & PL_COL_HANDED) && !w->handed;
}

static void
put_object(struct writer *w, const struct pl_configuration *c, enum pl_section s, size_t i, size_t depth)
{
	const struct pl_column *all = pl_sections[s].noun->columns;
	const char *separator = "";
	size_t column;

	put(w, "{");
	for (column = 0; all[column].name != NULL && w->status == PL_OK; column++) {
		if (is_left_out(w, s, c, column))
			continue;
		put(w, separator);
		begin_line(w, depth + 1);
		pl_buf_reset(&w->cell);
		pl_buf_printf(&w->cell, "\"%s\": ", all[column].name);
		w->status = out_cell_json(w->ctx, &all[column], pl_configuration_row(c, s, i), false, &w->cell);
		out_write(w->out, w->cell.text, w->cell.len);
		separator = ",";
	}
	begin_line(w, depth);
	put(w, "}");
}

static void
put_array(struct writer *w, const struct pl_configuration *c, enum pl_section s)
{
	size_t i;

	put(w, "[");
	for (i = 0; i < c->sections[s].count && w->status == PL_OK; i++) {
		put(w, i > 0 ? "," : "");
		begin_line(w, 2);
		put_object(w, c, s, i, 2);
	}
	if (i > 0)
		begin_line(w, 1);
	put(w, "]");
}

static void
put_document(struct writer *w, const struct pl_configuration *c)
{
	int s;

	pl_buf_printf(&w->cell, "{\n  \"Format\": \"%s\",\n  \"Version\": %d", pl_configuration_format,
	    PL_CONFIGURATION_VERSION);
	if (w->handed)
		pl_buf_printf(&w->cell, ",\n  \"DocumentSha256\": \"%s\"", c->digest);
	out_write(w->out, w->cell.text, w->cell.len);
	for (s = 0; s < PL_SECTIONS && w->status == PL_OK; s++) {
		if (!c->sections[s].given)
			continue;
		put(w, ",");
		begin_line(w, 1);
		put(w, "\"");
		put(w, pl_sections[s].name);
		put(w, "\": ");
		if (s == PL_SECTION_CONTROL)
			put_object(w, c, s, 0, 1);
		else
			put_array(w, c, s);
	}
	put(w, "\n}\n");
}

enum pl_status
pl_configuration_write(struct pl_ctx *ctx, const struct pl_configuration *c, bool handed, int fd)
{
	struct writer w = { .ctx = ctx, .handed = handed };

	w.out = calloc(1, sizeof *w.out);
	if (w.out == NULL)
		return pl_fail_memory(ctx);
	w.out->ctx = ctx;
	w.out->fd = fd;
	pl_buf_init(&w.cell);
	put_document(&w, c);
	out_write_flush(w.out);
	if (w.status == PL_OK && pl_buf_failed(&w.cell))
		w.status = pl_fail_memory(ctx);
	if (w.status == PL_OK && w.out->error != 0)
		w.status = pl_fail(ctx, PL_ERR_OUTPUT_FAILED, "the document cannot be written: %s",
		    strerror(w.out->error));
	pl_buf_clear(&w.cell);
	free(w.out);
	return w.status;
}
