/* row.c - rows by their columns: finding, emptying, freeing */

#include "pamlite/row.h"

#include <stdlib.h>
#include <string.h>

#include "pamlite/clock.h"
#include "pamlite/text.h"

static void
set_null(const struct pl_column *c, char *member)
{
	switch (c->type) {
	case PL_TYPE_TEXT:
	case PL_TYPE_LIST:
	case PL_TYPE_MAP:
		*(char **)(void *)member = NULL;
		break;
	case PL_TYPE_INT:
	case PL_TYPE_TIME:
	case PL_TYPE_HOURS:
		*(int64_t *)(void *)member = PL_NULL;
		break;
	case PL_TYPE_BOOL:
		*(bool *)(void *)member = false;
		break;
	}
}

const struct pl_column *
pl_column_find(const struct pl_noun *noun, const char *name)
{
	for (const struct pl_column *c = noun->columns; c->name != NULL; c++)
		if (pl_ascii_casecmp(c->name, name) == 0)
			return c;
	return NULL;
}

void
pl_column_names(const struct pl_noun *noun, unsigned flags, struct pl_buf *out)
{
	const struct pl_column *c;

	for (c = noun->columns; c->name != NULL; c++)
		if ((c->flags & flags) == flags)
			pl_buf_printf(out, "%s%s", out->len > 0 ? ", " : "", c->name);
}

const struct pl_column *
pl_column_id(const struct pl_noun *noun)
{
	for (const struct pl_column *c = noun->columns; c->name != NULL; c++)
		if ((c->flags & PL_COL_ID) != 0)
			return c;
	return NULL;
}

void
pl_row_init(const struct pl_noun *noun, void *row)
{
	memset(row, 0, noun->row_size);
	for (const struct pl_column *c = noun->columns; c->name != NULL; c++)
		set_null(c, (char *)row + c->offset);
}

void
pl_row_clear(const struct pl_noun *noun, void *row)
{
	/* Two columns may show one member: it is null when the second comes to it. */
	for (const struct pl_column *c = noun->columns; c->name != NULL; c++) {
		char *member = (char *)row + c->offset;

		if (c->type == PL_TYPE_TEXT || c->type == PL_TYPE_LIST || c->type == PL_TYPE_MAP)
			free(*(char **)(void *)member);
		set_null(c, member);
	}
}
