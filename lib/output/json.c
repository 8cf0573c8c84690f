/* json.c - rows, failures and warnings as JSON */

#include "pamlite/json.h"

#include <inttypes.h>
#include <string.h>

#include "pamlite/clock.h"
#include "pamlite/list.h"
#include "pamlite/text.h"

#include "output/out.h"

static void
put_text(struct pl_buf *out, const char *s)
{
	if (s != NULL)
		pl_text_quote_json(out, s, strlen(s));
	else
		pl_buf_text(out, "null");
}

static void
put_list(struct pl_buf *out, const char *list)
{
	const char *separator = "";
	struct pl_item it;

	pl_buf_char(out, '[');
	while (pl_list_next(&list, &it)) {
		pl_buf_text(out, separator);
		pl_text_quote_json(out, it.text, it.len);
		separator = ",";
	}
	pl_buf_char(out, ']');
}

static void
put_map(struct pl_buf *out, const char *map)
{
	struct pl_item it, key, value;
	const char *separator = "";

	pl_buf_char(out, '{');
	while (pl_list_next(&map, &it)) {
		pl_item_split(&it, &key, &value);
		pl_buf_text(out, separator);
		pl_text_quote_json(out, key.text, key.len);
		pl_buf_char(out, ':');
		pl_text_quote_json(out, value.text, value.len);
		separator = ",";
	}
	pl_buf_char(out, '}');
}

static void
put_number(struct pl_buf *out, const struct pl_column *c, int64_t value, bool local_time)
{
	char time[PL_TIME_LEN + 1];

	if (value == PL_NULL) {
		pl_buf_text(out, "null");
	} else if (c->type == PL_TYPE_TIME) {
		pl_time_format(value, local_time, time);
		put_text(out, time);
	} else if (c->type == PL_TYPE_HOURS) {
		pl_hours_format(out, value);
	} else {
		pl_buf_printf(out, "%" PRId64, value);
	}
}

static void
put_column(struct pl_buf *out, const struct pl_column *c, const void *row, bool local_time)
{
	switch (c->type) {
	case PL_TYPE_TEXT:
		put_text(out, pl_row_text(c, row));
		break;
	case PL_TYPE_LIST:
		put_list(out, pl_row_text(c, row));
		break;
	case PL_TYPE_MAP:
		put_map(out, pl_row_text(c, row));
		break;
	case PL_TYPE_BOOL:
		pl_buf_text(out, pl_row_bool(c, row) ? "true" : "false");
		break;
	case PL_TYPE_INT:
	case PL_TYPE_TIME:
	case PL_TYPE_HOURS:
		put_number(out, c, pl_row_int(c, row), local_time);
		break;
	}
}

/* Names of ours have nothing to escape. */
static void
put_name(struct pl_buf *out, const char *name)
{
	pl_buf_char(out, '"');
	pl_buf_text(out, name);
	pl_buf_text(out, "\":");
}

enum pl_status
pl_json_row(struct pl_ctx *ctx, const struct pl_column *const *columns, const void *row, bool local_time,
    struct pl_buf *out)
{
	char before = '{';

	for (; *columns != NULL; columns++) {
		pl_buf_char(out, before);
		put_name(out, (*columns)->name);
		put_column(out, *columns, row, local_time);
		before = ',';
	}
	pl_buf_text(out, before == '{' ? "{}" : "}");
	return pl_buf_failed(out) ? pl_fail_memory(ctx) : PL_OK;
}

enum pl_status
out_cell_json(struct pl_ctx *ctx, const struct pl_column *c, const void *row, bool local_time, struct pl_buf *b)
{
	put_column(b, c, row, local_time);
	return pl_buf_failed(b) ? pl_fail_memory(ctx) : PL_OK;
}

static void
put_fact(struct pl_buf *out, char before, const char *name, const char *text)
{
	pl_buf_char(out, before);
	put_name(out, name);
	put_text(out, text[0] != '\0' ? text : NULL);
}

void
pl_json_failure(const struct pl_failure *f, struct pl_buf *out)
{
	const struct pl_error_def *def = pl_error_def(f->error);

	pl_buf_text(out, "{\"Error\":");
	put_fact(out, '{', "Id", def->id);
	put_fact(out, ',', "Category", def->category);
	put_fact(out, ',', "Message", f->message);
	put_fact(out, ',', "Target", f->target);
	put_fact(out, ',', "Hint", f->hint);
	pl_buf_text(out, "}}");
}

void
pl_json_warning(const char *text, struct pl_buf *out)
{
	pl_buf_text(out, "{\"Warning\":");
	put_text(out, text);
	pl_buf_char(out, '}');
}
