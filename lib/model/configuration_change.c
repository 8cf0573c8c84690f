/* configuration_change.c - in what an object of a document differs from the one that is stored */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/configuration_internal.h"

#include "pamlite/clock.h"
#include "pamlite/list.h"

#define COL(NAME, member, FLAGS, HELP) \
	PL_COLUMN(struct pl_configuration_change, NAME, TEXT, member, NULL, FLAGS, HELP)

static const struct pl_column columns[] = {
	COL("Action", action, PL_COL_TABLE, "Add, Change or Remove"),
	COL("Kind", kind, PL_COL_TABLE, "type of the object that is another now"),
	COL("Name", name, PL_COL_TABLE | PL_COL_ID, "its name"),
	COL("Property", property, PL_COL_TABLE, "the property that changed"),
	COL("Old", before, PL_COL_TABLE, "its value before, as text; null if it had none"),
	COL("New", after, PL_COL_TABLE, "its value now; null if it has none"),
	{ 0 }
};

const struct pl_noun pl_configuration_change_noun = {
	.name = "ConfigurationChange",
	.columns = columns,
	.row_size = sizeof(struct pl_configuration_change),
};

void
pl_configuration_changes_clear(struct pl_configuration_changes *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->count; i++)
		pl_row_clear(&pl_configuration_change_noun, &c->all[i]);
	free(c->all);
	*c = (struct pl_configuration_changes){ 0 };
}

static struct pl_configuration_change *
add(struct pl_configuration_changes *c)
{
	size_t room = c->room > 0 ? c->room * 2 : 16;
	struct pl_configuration_change *all;

	if (c->count == c->room) {
		all = realloc(c->all, room * sizeof *all);
		if (all == NULL)
			return NULL;
		c->all = all;
		c->room = room;
	}
	c->all[c->count] = (struct pl_configuration_change){ 0 };
	return &c->all[c->count++];
}

static void
put_elements(struct pl_buf *out, const char *list)
{
	const char *separator = "";
	struct pl_item it;

	while (pl_list_next(&list, &it)) {
		pl_buf_text(out, separator);
		pl_buf_bytes(out, it.text, it.len);
		separator = ", ";
	}
}

static void
put_number(struct pl_buf *out, enum pl_type type, int64_t value)
{
	char time[PL_TIME_LEN + 1];

	if (type == PL_TYPE_TIME) {
		pl_time_format(value, false, time);
		pl_buf_text(out, time);
	} else if (type == PL_TYPE_HOURS) {
		pl_hours_format(out, value);
	} else {
		pl_buf_printf(out, "%" PRId64, value);
	}
}

/* NULL for null, and without memory: then *ok becomes false. */
static char *
value_text(const struct pl_column *c, const void *row, bool *ok)
{
	struct pl_buf text;
	char *taken;

	pl_buf_init(&text);
	switch (c->type) {
	case PL_TYPE_TEXT:
		if (pl_row_text(c, row) == NULL)
			return NULL;
		pl_buf_text(&text, pl_row_text(c, row));
		break;
	case PL_TYPE_LIST:
	case PL_TYPE_MAP:
		put_elements(&text, pl_row_text(c, row));
		break;
	case PL_TYPE_BOOL:
		pl_buf_text(&text, pl_row_bool(c, row) ? "true" : "false");
		break;
	default:
		if (pl_row_int(c, row) == PL_NULL)
			return NULL;
		put_number(&text, c->type, pl_row_int(c, row));
		break;
	}
	taken = pl_buf_take(&text);
	*ok &= taken != NULL;
	return taken;
}

static const char *
or_empty(const char *s)
{
	return s != NULL ? s : "";
}

static bool
is_same(const struct pl_column *c, const void *a, const void *b)
{
	switch (c->type) {
	case PL_TYPE_TEXT:
	case PL_TYPE_LIST:
	case PL_TYPE_MAP:
		return strcmp(or_empty(pl_row_text(c, a)), or_empty(pl_row_text(c, b))) == 0;
	case PL_TYPE_BOOL:
		return pl_row_bool(c, a) == pl_row_bool(c, b);
	default:
		return pl_row_int(c, a) == pl_row_int(c, b);
	}
}

static char *
copy(const char *s, bool *ok)
{
	char *own = strdup(s);

	*ok &= own != NULL;
	return own;
}

const char *const pl_change_action_names[PL_CHANGE_ACTIONS] = {
	[PL_CHANGE_REMOVE] = "Remove", [PL_CHANGE_CHANGE] = "Change", [PL_CHANGE_ADD] = "Add",
};

enum pl_change_action
pl_configuration_action(const struct pl_configuration_pair *pair)
{
	if (pair->before == NULL)
		return PL_CHANGE_ADD;
	return pair->after == NULL ? PL_CHANGE_REMOVE : PL_CHANGE_CHANGE;
}

static enum pl_status
note(struct pl_ctx *ctx, const struct pl_configuration_pair *p, const struct pl_column *c,
    struct pl_configuration_changes *out)
{
	struct pl_configuration_change *change = add(out);
	bool ok = true;

	if (change == NULL)
		return pl_fail_memory(ctx);
	change->action = copy(pl_change_action_names[pl_configuration_action(p)], &ok);
	change->kind = copy(pl_sections[p->section].noun->name, &ok);
	change->name = copy(pl_configuration_name(p->section, p->before != NULL ? p->before : p->after), &ok);
	if (c != NULL) {
		change->property = copy(c->name, &ok);
		change->before = value_text(c, p->before, &ok);
		change->after = value_text(c, p->after, &ok);
	}
	return ok ? PL_OK : pl_fail_memory(ctx);
}

/* The link that Path is leads elsewhere now: of this the document's text says nothing. */
static bool
is_program_moved(const struct pl_configuration_pair *p)
{
	const struct pl_configuration_task *before = p->before, *after = p->after;

	return p->section == PL_SECTION_TASKS && after->definition != NULL &&
	    strcmp(or_empty(before->definition), after->definition) != 0;
}

enum pl_status
pl_configuration_differ(struct pl_ctx *ctx, const struct pl_configuration_pair *pair,
    struct pl_configuration_changes *out, bool *differs)
{
	const size_t count = out->count;
	const struct pl_column *c = pl_sections[pair->section].noun->columns, *handed = NULL;
	enum pl_status st = PL_OK;

	*differs = true;
	if (pair->before == NULL || pair->after == NULL)
		return note(ctx, pair, NULL, out);
	for (; c->name != NULL && st == PL_OK; c++) {
		if ((c->flags & PL_COL_HANDED) && handed == NULL)
			handed = c;
		if ((c->flags & (PL_COL_ID | PL_COL_HANDED)) == 0 && !is_same(c, pair->before, pair->after))
			st = note(ctx, pair, c, out);
	}
	if (st == PL_OK && out->count == count && is_program_moved(pair))
		st = note(ctx, pair, handed, out);
	*differs = out->count > count;
	return st;
}
