/* output.c - the stream of objects: which columns, which form, and what became of the writing */

#include "pamlite/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/list.h"
#include "pamlite/text.h"

#include "output/out.h"

struct out_format {
	const char *name;           /* NULL: cannot be asked for by name */
	bool structured;
	bool json;
	bool object_flush;          /* every object is written through */
	enum pl_status (*row)(struct pl_out *out, const void *row);
	enum pl_status (*end)(struct pl_out *out);   /* NULL: nothing to do */
};

static enum pl_status auto_row(struct pl_out *out, const void *row);
static enum pl_status auto_end(struct pl_out *out);

static const struct out_format formats[] = {
	[PL_FORMAT_AUTO] = { .row = auto_row, .end = auto_end },
	[PL_FORMAT_TABLE] = { "Table", .row = out_table_row, .end = out_table_end },
	[PL_FORMAT_LIST] = { "List", .row = out_list_row },
	[PL_FORMAT_JSON] = { "Json", .structured = true, .json = true, .row = out_json_row, .end = out_json_end },
	[PL_FORMAT_JSON_LINES] = { "JsonLines", .structured = true, .json = true, .object_flush = true,
	    .row = out_json_lines_row },
	[PL_FORMAT_CSV] = { "Csv", .structured = true, .row = out_csv_row },
	[PL_FORMAT_VALUE] = { "Value", .structured = true, .row = out_value_row },
	[PL_FORMAT_ID] = { "Id", .structured = true, .row = out_id_row },
	[PL_FORMAT_PLUGIN] = { .row = out_plugin_row, .end = out_plugin_end },
	[PL_FORMAT_PROMETHEUS] = { "Prometheus", .structured = true, .row = out_prometheus_row,
	    .end = out_prometheus_end },
};

enum { FORMATS = sizeof formats / sizeof formats[0] };

bool
pl_format_parse(const char *s, enum pl_format *out)
{
	int i;

	*out = PL_FORMAT_AUTO;
	for (i = 0; i < FORMATS; i++) {
		if (formats[i].name != NULL && pl_ascii_casecmp(formats[i].name, s) == 0) {
			*out = (enum pl_format)i;
			return true;
		}
	}
	return false;
}

const char *
pl_format_name(enum pl_format f)
{
	return formats[f].name != NULL ? formats[f].name : "";
}

bool
pl_format_is_structured(enum pl_format f)
{
	return formats[f].structured;
}

bool
pl_format_is_json(enum pl_format f)
{
	return formats[f].json;
}

/*
 * One object is a list and several are a table, so the first is kept in both
 * forms until it is known whether there is a second.
 */
static enum pl_status
auto_row(struct pl_out *out, const void *row)
{
	if (out->block == 0) {
		out_list_row(out, row);
		pl_buf_clear(&out->held);
		out->held = out->text;
		pl_buf_init(&out->text);
		if (pl_buf_failed(&out->held))
			return pl_fail_memory(out->ctx);
	} else {
		pl_buf_clear(&out->held);
	}
	return out_table_row(out, row);
}

static enum pl_status
auto_end(struct pl_out *out)
{
	if (out->block > 1)
		return out_table_end(out);
	out_write(&out->writer, out->held.text, out->held.len);
	return PL_OK;
}

static size_t
columns_count(const struct pl_noun *noun, unsigned flags)
{
	const struct pl_column *c;
	size_t n = 0;

	for (c = noun->columns; c->name != NULL; c++)
		if ((c->flags & flags) == flags)
			n++;
	return n;
}

/* A column twice would be the same key twice in JSON. */
static void
columns_add(const struct pl_column **columns, const struct pl_column *c)
{
	while (*columns != NULL) {
		if (*columns == c)
			return;
		columns++;
	}
	*columns = c;
}

static void
columns_add_all(const struct pl_column **columns, const struct pl_noun *noun, unsigned flags)
{
	const struct pl_column *c;

	for (c = noun->columns; c->name != NULL; c++)
		if ((c->flags & flags) == flags)
			columns_add(columns, c);
}

static enum pl_status
unknown_property(struct pl_ctx *ctx, const struct pl_noun *noun, const struct pl_item *it)
{
	struct pl_buf name, known;

	pl_buf_init(&name);
	pl_buf_init(&known);
	pl_text_escape(&name, it->text, it->len);
	pl_column_names(noun, 0, &known);
	pl_fail(ctx, PL_ERR_UNKNOWN_PROPERTY, "%s has no property '%s'", noun->name, name.text);
	pl_target(ctx, name.text);
	pl_hint(ctx, "the properties are %s", known.text);
	pl_buf_clear(&name);
	pl_buf_clear(&known);
	return ctx->failure.status;
}

/* A name that only the main noun has is passed over while another one is written. */
static enum pl_status
columns_named(struct pl_out *out, const char *properties, const struct pl_column **columns)
{
	const struct pl_noun *noun = out->noun;
	const struct pl_column *c;
	struct pl_item it;

	while (pl_list_next(&properties, &it)) {
		if (pl_item_is(&it, "*")) {
			columns_add_all(columns, noun, 0);
			continue;
		}
		for (c = noun->columns; c->name != NULL && !pl_item_is_nocase(&it, c->name); c++)
			;
		if (c->name == NULL && noun == out->main)
			return unknown_property(out->ctx, noun, &it);
		if (c->name != NULL)
			columns_add(columns, c);
	}
	return PL_OK;
}

/* The named columns, or without names those that have `flags`. */
static enum pl_status
columns_choose(struct pl_out *out, const char *properties, unsigned flags, const struct pl_column ***columns)
{
	const struct pl_noun *noun = out->noun;
	enum pl_status st = PL_OK;

	*columns = calloc(columns_count(noun, 0) + 1, sizeof **columns);
	if (*columns == NULL)
		return pl_fail_memory(out->ctx);
	if (properties != NULL && *properties != '\0')
		st = columns_named(out, properties, *columns);
	if (st != PL_OK || (*columns)[0] != NULL)
		return st;
	columns_add_all(*columns, noun, columns_count(noun, flags) > 0 ? flags : 0);
	return PL_OK;
}

static void
out_free(struct pl_out *out)
{
	if (out == NULL)
		return;
	out_table_free(out->table);
	out_monitor_free(out->monitor);
	pl_buf_clear(&out->text);
	pl_buf_clear(&out->held);
	free(out->columns);
	free(out->table_columns);
	free(out);
}

enum pl_status
pl_out_open(struct pl_out **out, struct pl_ctx *ctx, const struct pl_noun *noun, const struct pl_out_options *options)
{
	struct pl_out *o;
	enum pl_status st;

	*out = NULL;
	o = malloc(sizeof *o);
	if (o == NULL)
		return pl_fail_memory(ctx);
	/* Not calloc: the writer's buffer need not be touched. */
	memset(o, 0, offsetof(struct pl_out, writer));
	o->ctx = ctx;
	o->main = o->noun = noun;
	o->properties = options->properties;
	o->format = &formats[options->format];
	o->local_time = options->local_time;
	o->continued = options->continued;
	o->unwatched = options->unwatched;
	o->writer.ctx = ctx;
	o->writer.fd = options->fd;
	o->writer.error = 0;
	o->writer.len = 0;
	pl_buf_init(&o->text);
	pl_buf_init(&o->held);
	st = columns_choose(o, options->properties, 0, &o->columns);
	if (st == PL_OK)
		st = columns_choose(o, options->properties, PL_COL_TABLE, &o->table_columns);
	if (st != PL_OK) {
		out_free(o);
		return st;
	}
	*out = o;
	return PL_OK;
}

/* A reader that has seen enough is not a failure: the status ends the listing, and nobody is told. */
static enum pl_status
write_status(struct pl_out *out)
{
	int error = out->writer.error;

	if (error == 0)
		return PL_OK;
	if (error == EPIPE || out->told)
		return PL_E_IO;
	out->told = true;
	pl_fail(out->ctx, PL_ERR_OUTPUT_FAILED, "the output cannot be written: %s", strerror(error));
	return out->last[0] != '\0' ? pl_target(out->ctx, out->last) : PL_E_IO;
}

/* What is to be shown is done already: want of memory for showing it is a failure of the output and of no more. */
static enum pl_status
form_status(struct pl_out *out, enum pl_status st)
{
	if (st == PL_OK || out->writer.error != 0)
		return st;
	out->writer.error = ENOMEM;
	return write_status(out);
}

/* A lost answer must not lose the identity of what was done. */
static void
remember(struct pl_out *out, const void *row)
{
	const struct pl_column *id = pl_column_id(out->noun);

	if (id != NULL && id->type == PL_TYPE_TEXT && pl_row_text(id, row) != NULL)
		snprintf(out->last, sizeof(out->last), "%s", pl_row_text(id, row));
}

/* End what the last noun began and choose the columns of the next. */
static enum pl_status
change_noun(struct pl_out *out, const struct pl_noun *noun)
{
	enum pl_status st = PL_OK;

	if (out->block > 0 && !out->format->structured && out->format->end != NULL)
		st = out->format->end(out);
	out_table_free(out->table);
	free(out->columns);
	free(out->table_columns);
	out->table = NULL;
	out->columns = out->table_columns = NULL;
	out->noun = noun;
	out->block = 0;
	if (st == PL_OK)
		st = columns_choose(out, out->properties, 0, &out->columns);
	if (st == PL_OK)
		st = columns_choose(out, out->properties, PL_COL_TABLE, &out->table_columns);
	return st;
}

enum pl_status
pl_out_other(struct pl_out *out, const struct pl_noun *noun, const void *row)
{
	enum pl_status st;

	if (out == NULL)
		return PL_OK;
	st = write_status(out);
	if (st == PL_OK && out->noun != noun)
		st = change_noun(out, noun);
	if (st != PL_OK)
		return st;
	remember(out, row);
	pl_buf_reset(&out->text);
	st = out->format->row(out, row);
	if (st == PL_OK && pl_buf_failed(&out->text))
		st = pl_fail_memory(out->ctx);
	if (st != PL_OK)
		return form_status(out, st);
	out_write(&out->writer, out->text.text, out->text.len);
	out->count++;
	out->block++;
	if (out->format->object_flush && !out->unwatched)
		out_write_flush(&out->writer);
	return write_status(out);
}

enum pl_status
pl_out_row(struct pl_out *out, const void *row)
{
	return out != NULL ? pl_out_other(out, out->main, row) : PL_OK;
}

enum pl_status
pl_out_row_fn(void *out, const void *row)
{
	return pl_out_row(out, row);
}

void
pl_out_flush(struct pl_out *out)
{
	if (out != NULL)
		out_write_flush(&out->writer);
}

enum pl_status
pl_out_close(struct pl_out *out)
{
	enum pl_status st = PL_OK;

	if (out == NULL)
		return PL_OK;
	if (out->format->end != NULL)
		st = form_status(out, out->format->end(out));
	out_write_flush(&out->writer);
	if (st == PL_OK && out->writer.error != EPIPE) {
		out->told = false;
		st = write_status(out);
	}
	out_free(out);
	return st;
}
