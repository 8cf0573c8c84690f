/* out_cell.c - one value of an object as text that is safe to look at */

#include "output/out.h"

#include <inttypes.h>
#include <string.h>

#include "pamlite/clock.h"
#include "pamlite/list.h"
#include "pamlite/text.h"

static void
joined(struct pl_buf *b, const char *list)
{
	const char *at = list, *separator = "";
	struct pl_item it;

	while (pl_list_next(&at, &it)) {
		pl_buf_text(b, separator);
		pl_text_escape(b, it.text, it.len);
		separator = ", ";
	}
}

static void
number(struct pl_buf *b, enum pl_type type, int64_t value, bool local_time)
{
	char time[PL_TIME_LEN + 1];

	if (value == PL_NULL)
		return;
	if (type == PL_TYPE_TIME) {
		pl_time_format(value, local_time, time);
		pl_buf_text(b, time);
	} else if (type == PL_TYPE_HOURS) {
		pl_hours_format(b, value);
	} else {
		pl_buf_printf(b, "%" PRId64, value);
	}
}

void
out_cell(struct pl_buf *b, const struct pl_column *c, const void *row, bool local_time)
{
	const char *text;

	switch (c->type) {
	case PL_TYPE_TEXT:
		text = pl_row_text(c, row);
		if (text != NULL)
			pl_text_escape(b, text, strlen(text));
		break;
	case PL_TYPE_LIST:
	case PL_TYPE_MAP:
		joined(b, pl_row_text(c, row));
		break;
	case PL_TYPE_BOOL:
		pl_buf_text(b, pl_row_bool(c, row) ? "True" : "False");
		break;
	case PL_TYPE_INT:
	case PL_TYPE_TIME:
	case PL_TYPE_HOURS:
		number(b, c->type, pl_row_int(c, row), local_time);
		break;
	}
}
