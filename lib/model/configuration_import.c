/* configuration_import.c - a document made the configuration, in one operation that consists of the single ones */

#include <stdlib.h>
#include <string.h>

#include "model/configuration_internal.h"

#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"

/* What the record, and the mail made of it, tells one by one, beside the number of each kind. */
enum { TOLD_MAX = 100 };

/* Who decides and who is exempt must not be hidden behind a hundred new groups: these kinds are told first. */
static const enum pl_section told_first[] = { PL_SECTION_CONTROL, PL_SECTION_ACCOUNTS, PL_SECTION_POLICIES,
	PL_SECTION_GROUPS, PL_SECTION_TASKS };

struct import {
	struct pl_ctx *ctx;
	struct pl_configuration *doc;
	bool prune;
	struct pl_configuration_changes *changes;
	size_t counts[PL_SECTIONS][PL_CHANGE_ACTIONS];   /* objects that change */
	size_t objects;                                  /* of all kinds */
};

/* One object: compare, and where it differs do it. */
static enum pl_status
make_so(struct import *m, const struct pl_configuration_pair *pair)
{
	enum pl_status st;
	bool differs;

	st = pl_configuration_differ(m->ctx, pair, m->changes, &differs);
	if (st != PL_OK || !differs)
		return st;
	m->counts[pair->section][pl_configuration_action(pair)]++;
	m->objects++;
	return pl_configuration_apply(m->ctx, pair);
}

/* With the stored object of that name, if there is one. */
static enum pl_status
put_row(struct import *m, enum pl_section s, const void *row)
{
	const struct pl_noun *noun = pl_sections[s].noun;
	struct pl_configuration_pair pair = { s, NULL, row };
	union {
		struct pl_group group;
		struct pl_system_account account;
		struct pl_configuration_task task;
		struct pl_policy policy;
	} before;
	enum pl_status st;

	st = pl_find_any(m->ctx, noun, pl_configuration_name(s, row), &before);
	if (st == PL_OK)
		pair.before = &before;
	/* An exclusion that has ended is none, and gives way to a new one. */
	if (st == PL_OK && s == PL_SECTION_ACCOUNTS && before.account.expires_at != PL_NULL &&
	    before.account.expires_at <= m->ctx->clock.now)
		pair.before = NULL;
	if (st == PL_OK || st == PL_E_NOT_FOUND)
		st = make_so(m, &pair);
	pl_row_clear(noun, &before);
	return st;
}

/* The repository need not forget an exclusion on the day on which it ends. */
static bool
is_over(struct import *m, enum pl_section s, const void *row)
{
	const struct pl_system_account *a = row;

	if (s != PL_SECTION_ACCOUNTS || a->expires_at == PL_NULL || a->expires_at > m->ctx->clock.now)
		return false;
	pl_note(m->ctx, PL_NOTE_VERBOSE, "the exclusion of %s has ended: it is not there any more", a->identity);
	return true;
}

/* Only the tasks of that type; NULL = whatever is in the section. */
static enum pl_status
put_section(struct import *m, enum pl_section s, const char *type)
{
	const size_t count = m->doc->sections[s].count;
	enum pl_status st = PL_OK;
	size_t i;

	for (i = 0; i < count && st == PL_OK; i++) {
		const void *row = pl_configuration_row(m->doc, s, i);
		const struct pl_configuration_task *task = row;

		if ((type != NULL && strcmp(task->task.type, type) != 0) || is_over(m, s, row))
			continue;
		st = put_row(m, s, row);
		if (st != PL_OK)
			st = pl_fail_at(m->ctx, "%s[%zu] (%s)", pl_sections[s].name, i, pl_configuration_name(s, row));
	}
	return st;
}

/* A role finds its tasks registered, and a role group its roles. */
static enum pl_status
put_tasks(struct import *m)
{
	enum pl_status st = PL_OK;
	size_t i;

	for (i = 0; pl_task_types[i] != NULL && st == PL_OK; i++)
		st = put_section(m, PL_SECTION_TASKS, pl_task_types[i]);
	return st;
}

static enum pl_status
remove_object(struct import *m, enum pl_section s, const char *name)
{
	const struct pl_noun *noun = pl_sections[s].noun;
	struct pl_configuration stored = { 0 };
	void *row = pl_configuration_add(&stored, s);
	enum pl_status st = row != NULL ? pl_find_any(m->ctx, noun, name, row) : pl_fail_memory(m->ctx);

	if (st == PL_OK)
		st = make_so(m, &(struct pl_configuration_pair){ s, row, NULL });
	pl_configuration_clear(&stored);
	return st == PL_OK ? st : pl_fail_at(m->ctx, "%s without %s", pl_sections[s].name, name);
}

static enum pl_status
remove_listed(struct import *m, enum pl_section s, const char *names)
{
	enum pl_status st = PL_OK;
	struct pl_item it;
	char *name;

	while (st == PL_OK && pl_list_next(&names, &it)) {
		name = pl_item_dup(&it);
		st = name != NULL ? remove_object(m, s, name) : pl_fail_memory(m->ctx);
		free(name);
	}
	return st;
}

static void
warn_beside(struct import *m, enum pl_section s, const char *names)
{
	enum { NAMED = 10 };
	struct pl_item it;
	struct pl_buf text;
	size_t count = 0;

	pl_buf_init(&text);
	while (pl_list_next(&names, &it))
		if (count++ < NAMED)
			pl_buf_printf(&text, "%s%.*s", count > 1 ? ", " : "", (int)it.len, it.text);
	if (count > 0)
		pl_note(m->ctx, PL_NOTE_WARNING, "not in the document, and left as it is: %s %s%s (-Prune removes it)",
		    pl_sections[s].noun->name, text.text, count > NAMED ? ", and more" : "");
	pl_buf_clear(&text);
}

/* A name, and the section that says how names are compared. */
struct sought {
	enum pl_section section;
	const char *name;
};

static int
compare_sought(const void *key, const void *element)
{
	const struct sought *k = key;

	return pl_configuration_compare(k->section, k->name,
	    pl_configuration_name(k->section, *(const void *const *)element));
}

/* The names of a given section's kind that are stored and not in the document. */
static enum pl_status
find_beside(struct import *m, enum pl_section s, struct pl_buf *out)
{
	const void **index = pl_configuration_index(m->doc, s);
	const char *name;
	struct pl_stmt q;

	if (index == NULL)
		return pl_fail_memory(m->ctx);
	pl_stmt_open(&q, m->ctx, pl_sections[s].names);
	pl_op_offer_facts(&q);
	while (pl_stmt_step(&q) && (name = pl_stmt_text(&q, 0)) != NULL)
		if (bsearch(&(struct sought){ s, name }, index, m->doc->sections[s].count, sizeof *index,
		    compare_sought) == NULL)
			pl_list_add(out, name);
	free(index);
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	return pl_buf_failed(out) ? pl_fail_memory(m->ctx) : PL_OK;
}

static enum pl_status
end_section(struct import *m, enum pl_section s)
{
	struct pl_buf names;
	enum pl_status st;

	if (!m->doc->sections[s].given)
		return PL_OK;
	pl_buf_init(&names);
	st = find_beside(m, s, &names);
	if (st == PL_OK && m->prune)
		st = remove_listed(m, s, names.text);
	else if (st == PL_OK)
		warn_beside(m, s, names.text);
	pl_buf_clear(&names);
	return st;
}

/* What the document says of the control, over what is stored; borrows from both. */
static void
merge_control(const struct pl_configuration *doc, const struct pl_control *before, struct pl_control *out)
{
	const struct pl_column *c = pl_sections[PL_SECTION_CONTROL].noun->columns;
	const char *from = pl_configuration_row(doc, PL_SECTION_CONTROL, 0);
	unsigned bit;

	*out = *before;
	for (bit = 1; c->name != NULL; c++, bit <<= 1) {
		const size_t size = c->type == PL_TYPE_TEXT ? sizeof(char *)
		    : c->type == PL_TYPE_BOOL ? sizeof(bool) : sizeof(int64_t);

		if (doc->control_given & bit)
			memcpy((char *)out + c->offset, from + c->offset, size);
	}
}

static enum pl_status
put_control(struct import *m)
{
	const struct pl_noun *noun = pl_sections[PL_SECTION_CONTROL].noun;
	struct pl_control before, after;
	enum pl_status st;

	if (m->doc->sections[PL_SECTION_CONTROL].count == 0)
		return PL_OK;
	st = pl_find_any(m->ctx, noun, NULL, &before);
	if (st == PL_OK) {
		merge_control(m->doc, &before, &after);
		st = make_so(m, &(struct pl_configuration_pair){ PL_SECTION_CONTROL, &before, &after });
	}
	pl_row_clear(noun, &before);
	return st == PL_OK ? st : pl_fail_at(m->ctx, "%s", pl_sections[PL_SECTION_CONTROL].name);
}

/* As one element of a list: a value that is a list itself has its elements behind each other. */
static void
add_value(const char *value, struct pl_buf *list)
{
	for (; value != NULL && *value != '\0'; value++)
		pl_buf_char(list, *value == '\n' ? ' ' : *value);
}

static void
tell_changes(const struct pl_configuration_changes *all, const char *action, enum pl_section s, size_t *told,
    struct pl_buf *list)
{
	const struct pl_configuration_change *c;
	size_t i;

	for (i = 0; i < all->count && *told < TOLD_MAX; i++) {
		c = &all->all[i];
		if (strcmp(c->action, action) != 0 || strcmp(c->kind, pl_sections[s].noun->name) != 0)
			continue;
		++*told;
		pl_buf_printf(list, "%s %s %s", c->action, c->kind, c->name);
		if (c->property != NULL) {
			pl_buf_printf(list, " %s: ", c->property);
			add_value(c->before, list);
			pl_buf_text(list, " -> ");
			add_value(c->after, list);
		}
		pl_buf_char(list, '\n');
	}
}

/* "Change Policy: 3" for each kind, then the changes themselves. */
static void
list_changes(const struct import *m, struct pl_buf *list)
{
	enum pl_change_action action;
	enum pl_section s;
	size_t i, told = 0;

	for (i = 0; i < PL_SECTIONS; i++)
		for (action = 0, s = told_first[i]; action < PL_CHANGE_ACTIONS; action++)
			if (m->counts[s][action] > 0)
				pl_buf_printf(list, "%s %s: %zu\n", pl_change_action_names[action],
				    pl_sections[s].noun->name, m->counts[s][action]);
	for (i = 0; i < PL_SECTIONS; i++)
		for (action = 0; action < PL_CHANGE_ACTIONS; action++)
			tell_changes(m->changes, pl_change_action_names[action], told_first[i], &told, list);
	if (m->changes->count > told)
		pl_buf_printf(list, "and %zu more\n", m->changes->count - told);
}

static enum pl_status
record(struct import *m)
{
	struct pl_record *r = pl_op_record(m->ctx);
	enum pl_status st = PL_OK;
	struct pl_buf list;

	pl_buf_init(&list);
	list_changes(m, &list);
	pl_record_text(r, "Sha256", m->doc->digest);
	pl_record_bool(r, "Prune", m->prune);
	pl_record_int(r, "Objects", (int64_t)m->objects);
	pl_record_list(r, "Changes", list.text);
	if (pl_buf_failed(&list))
		st = pl_fail_memory(m->ctx);
	pl_buf_clear(&list);
	return st;
}

/*
 * What is referred to comes first, and goes last: a policy finds its groups, and a group that nothing uses any more
 * can be removed. The control is switched on when all is in its place.
 */
static enum pl_status
make_all_so(struct import *m)
{
	enum pl_status st;

	st = put_section(m, PL_SECTION_GROUPS, NULL);
	if (st == PL_OK)
		st = put_section(m, PL_SECTION_ACCOUNTS, NULL);
	if (st == PL_OK)
		st = put_tasks(m);
	if (st == PL_OK)
		st = put_section(m, PL_SECTION_POLICIES, NULL);
	if (st == PL_OK)
		st = end_section(m, PL_SECTION_POLICIES);
	if (st == PL_OK)
		st = end_section(m, PL_SECTION_TASKS);
	if (st == PL_OK)
		st = end_section(m, PL_SECTION_ACCOUNTS);
	if (st == PL_OK)
		st = put_control(m);
	return st == PL_OK ? end_section(m, PL_SECTION_GROUPS) : st;
}

static enum pl_status
import(struct import *m)
{
	enum pl_status st;

	st = pl_require_configure(m->ctx);
	if (st == PL_OK)
		st = pl_configuration_settle(m->ctx, m->doc);
	if (st == PL_OK)
		st = make_all_so(m);
	if (st != PL_OK)
		return st;
	if (m->objects > 0)
		return record(m);
	pl_op_nothing_done(m->ctx);
	pl_note(m->ctx, PL_NOTE_VERBOSE, "everything is as the document says: nothing was changed");
	return PL_OK;
}

enum pl_status
pl_configuration_import(struct pl_ctx *ctx, struct pl_configuration *doc, bool prune,
    struct pl_configuration_changes *out)
{
	struct import m = { .ctx = ctx, .doc = doc, .prune = prune, .changes = out };
	enum pl_status st;

	*out = (struct pl_configuration_changes){ 0 };
	st = pl_op_begin(ctx, "Import-ElevatedAccessConfiguration", PL_RECORD_CONFIGURATION,
	    PL_CONFIGURATION_OBJECT);
	if (st != PL_OK)
		return st;
	return pl_op_end(ctx, import(&m));
}
