/* listing.c - lists of stored objects: in order, in pages, and never long under the lock */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/query.h"

#include "pamlite/elapsed.h"
#include "pamlite/name.h"
#include "pamlite/operation.h"
#include "pamlite/statement.h"

#include "model/query_internal.h"

enum { PAGE = 250, WINDOW_MIN = 5, WINDOW_FIRST = 20, WINDOW_MAX = 250, LONG_MS = 20 };

/* A place in the order: the values of the columns that it goes by. */
struct key {
	bool set;
	char *by_text, *id_text;
	int64_t by_int, id_int;
};

/*
 * A listing under way. Who may see little has the database look at much for
 * each row that he gets, so the order is walked in windows: the lock is held for
 * one at a time, however few rows come out of it. A window is as wide as can be looked
 * at in a moment: with a pattern that is dear that may be a few rows, and behind cheap rows there may be dear ones.
 */
struct order {
	const struct pl_column *by, *id;
	bool descending;
	bool windows;
	int window;
	struct key last;         /* what was handed out or looked at so far */
	struct key end;          /* where the window ends; not set: at the end of all */
};

static bool
is_text(const struct pl_column *c)
{
	return c->type == PL_TYPE_TEXT || c->type == PL_TYPE_LIST || c->type == PL_TYPE_MAP;
}

static bool
is_indexed(const struct pl_column *c)
{
	return (c->flags & PL_COL_INDEXED) != 0;
}

static enum pl_status
choose_order(struct pl_query *q, struct order *o)
{
	const struct pl_list_options *list = &q->ctx->list;

	memset(o, 0, sizeof(*o));
	o->window = WINDOW_FIRST;
	o->id = pl_column_id(q->noun);
	o->by = pl_column_find(q->noun, list->sort_by != NULL ? list->sort_by : q->noun->newest);
	o->descending = list->sort_by != NULL ? list->descending : !q->oldest_first;
	if (o->by != NULL) {
		o->windows = !q->selective && q->noun->base != NULL && is_indexed(o->by);
		return PL_OK;
	}
	pl_fail(q->ctx, PL_ERR_SORT_NOT_POSSIBLE, "%s has no property '%s' to sort by", q->noun->name, list->sort_by);
	pl_target(q->ctx, list->sort_by);
	return pl_query_hint_properties(q);
}

static void
key_clear(struct key *k)
{
	free(k->by_text);
	free(k->id_text);
	memset(k, 0, sizeof(*k));
}

static void
key_move(struct key *to, struct key *from)
{
	key_clear(to);
	*to = *from;
	memset(from, 0, sizeof(*from));
}

static enum pl_status
key_of_row(struct pl_ctx *ctx, const struct order *o, const void *row, struct key *k)
{
	key_clear(k);
	k->set = true;
	if (is_text(o->by))
		k->by_text = strdup(pl_row_text(o->by, row) != NULL ? pl_row_text(o->by, row) : "");
	else
		k->by_int = o->by->type == PL_TYPE_BOOL ? pl_row_bool(o->by, row) : pl_row_int(o->by, row);
	if (is_text(o->id))
		k->id_text = strdup(pl_row_text(o->id, row));
	else
		k->id_int = pl_row_int(o->id, row);
	return (is_text(o->by) && k->by_text == NULL) || (is_text(o->id) && k->id_text == NULL) ? pl_fail_memory(ctx)
	    : PL_OK;
}

#define SQL_LEAST "-9223372036854775807 - 1"

/* Null sorts as the empty text or the smallest number, so that a key can continue behind it. */
static void
order_key(struct pl_buf *sql, const struct pl_column *c)
{
	if (is_indexed(c))
		pl_buf_text(sql, c->sql);
	else
		pl_buf_printf(sql, "coalesce(%s, %s)%s", c->sql, is_text(c) ? "''" : SQL_LEAST,
		    is_text(c) ? " COLLATE NOCASE" : "");
}

/* " AND (by, id) behind the key :NAME, :NAME_id"; or, for the end of a window, not behind it. */
static void
add_bound(struct pl_buf *sql, const struct order *o, const char *name, bool behind)
{
	const char *beyond = o->descending == behind ? "<" : ">";
	bool plain = is_text(o->by) || is_indexed(o->by);

	pl_buf_text(sql, " AND ");
	order_key(sql, o->by);
	if (o->by == o->id) {
		pl_buf_printf(sql, " %s%s %s", beyond, behind ? "" : "=", name);
		return;
	}
	/* Where null is bound as null, it is the least. */
	pl_buf_printf(sql, " %s= %s%s%s AND (", beyond, plain ? "" : "coalesce(", name,
	    plain ? "" : ", " SQL_LEAST ")");
	order_key(sql, o->by);
	pl_buf_printf(sql, " %s %s%s%s OR %s %s %s_id)", beyond, plain ? "" : "coalesce(", name,
	    plain ? "" : ", " SQL_LEAST ")", o->id->sql, behind ? ">" : "<=", name);
}

static void
add_order(struct pl_buf *sql, const struct order *o)
{
	pl_buf_text(sql, " ORDER BY ");
	order_key(sql, o->by);
	pl_buf_text(sql, o->descending ? " DESC" : "");
	if (o->by != o->id)
		pl_buf_printf(sql, ", %s", o->id->sql);
}

static void
bind_value(struct pl_stmt *s, const char *name, const struct pl_column *c, const char *text, int64_t number)
{
	if (is_text(c))
		pl_stmt_offer_text(s, name, text);
	else
		pl_stmt_offer_int(s, name, number);
}

static void
bind_keys(struct pl_stmt *s, const struct order *o)
{
	bind_value(s, ":last", o->by, o->last.by_text, o->last.by_int);
	bind_value(s, ":last_id", o->id, o->last.id_text, o->last.id_int);
	bind_value(s, ":end", o->by, o->end.by_text, o->end.by_int);
	bind_value(s, ":end_id", o->id, o->end.id_text, o->end.id_int);
}

static void
bind_values(struct pl_query *q, struct pl_stmt *s)
{
	char name[16];
	int i;

	pl_op_offer_facts(s);
	for (i = 0; i < q->count; i++) {
		snprintf(name, sizeof(name), ":v%d", i + 1);
		if (q->values[i].text != NULL)
			pl_stmt_bind_text(s, name, q->values[i].text);
		else
			pl_stmt_bind_int(s, name, q->values[i].number);
	}
}

/* Sorting without an index holds all rows: refuse where that would take the memory of a large result. */
static enum pl_status
check_sortable(struct pl_query *q, const struct order *o)
{
	struct pl_buf text;
	struct pl_stmt s;
	int64_t count;

	if (is_indexed(o->by))
		return PL_OK;
	pl_buf_init(&text);
	pl_buf_printf(&text, "SELECT count(*) FROM (SELECT 1 FROM %s WHERE (%s)%s LIMIT %d)", q->noun->from,
	    q->noun->visible, q->where.text, PL_QUERY_UNINDEXED_MAX + 1);
	pl_stmt_open(&s, q->ctx, text.text);
	bind_values(q, &s);
	count = pl_stmt_step(&s) ? pl_stmt_int(&s, 0) : 0;
	pl_buf_clear(&text);
	if (pl_stmt_close(&s) != PL_OK || count <= PL_QUERY_UNINDEXED_MAX)
		return s.status;
	pl_fail(q->ctx, PL_ERR_SORT_NOT_POSSIBLE, "more than %d results cannot be sorted by %s", PL_QUERY_UNINDEXED_MAX,
	    o->by->name);
	pl_column_names(q->noun, PL_COL_INDEXED, &text);
	pl_hint(q->ctx, "narrow it with -Filter, or sort by %s", text.text);
	pl_buf_clear(&text);
	return pl_target(q->ctx, o->by->name);
}

/* A page of rows in one block. */
struct page {
	char *rows;
	int count;
};

static void *
row_at(const struct pl_noun *noun, const struct page *p, int i)
{
	return p->rows + (size_t)i * noun->row_size;
}

static void
page_clear(const struct pl_noun *noun, struct page *p)
{
	int i;

	for (i = 0; i < p->count; i++)
		pl_row_clear(noun, row_at(noun, p, i));
	p->count = 0;
}

/* Inside the operation: how far the next window goes; no end is set if it goes to the end of all. */
static enum pl_status
find_window(struct pl_query *q, struct order *o)
{
	struct pl_buf sql;
	struct pl_stmt s;

	key_clear(&o->end);
	if (!o->windows)
		return PL_OK;
	pl_buf_init(&sql);
	pl_buf_printf(&sql, "SELECT %s, %s FROM %s WHERE 1", o->by->sql, o->id->sql, q->noun->base);
	if (o->last.set)
		add_bound(&sql, o, ":last", true);
	add_order(&sql, o);
	pl_buf_printf(&sql, " LIMIT 1 OFFSET %d", o->window - 1);
	pl_stmt_open(&s, q->ctx, sql.text);
	pl_buf_clear(&sql);
	bind_keys(&s, o);
	if (pl_stmt_step(&s)) {
		o->end.set = true;
		if (is_text(o->by))
			o->end.by_text = pl_stmt_dup(&s, 0);
		else
			o->end.by_int = pl_stmt_int(&s, 0);
		if (is_text(o->id))
			o->end.id_text = pl_stmt_dup(&s, 1);
		else
			o->end.id_int = pl_stmt_int(&s, 1);
	}
	return pl_stmt_close(&s);
}

/* Inside the operation: read at most `want` rows behind the last key, within the window. */
static enum pl_status
read_page(struct pl_query *q, const struct order *o, int want, struct page *p)
{
	struct pl_buf sql;
	struct pl_stmt s;

	pl_buf_init(&sql);
	pl_query_columns(&sql, q->noun);
	pl_buf_printf(&sql, "(%s)%s", q->noun->visible, q->where.text);
	if (o->last.set)
		add_bound(&sql, o, ":last", true);
	if (o->end.set)
		add_bound(&sql, o, ":end", false);
	add_order(&sql, o);
	pl_buf_text(&sql, " LIMIT :limit");
	if (pl_buf_failed(&sql) || pl_buf_failed(&q->where)) {
		pl_buf_clear(&sql);
		return pl_fail_memory(q->ctx);
	}
	pl_stmt_open(&s, q->ctx, sql.text);
	pl_buf_clear(&sql);
	bind_values(q, &s);
	bind_keys(&s, o);
	pl_stmt_bind_int(&s, ":limit", want);
	while (p->count < want && pl_stmt_step(&s)) {
		void *row = row_at(q->noun, p, p->count++);

		pl_row_init(q->noun, row);
		if (pl_query_load(&s, q->noun, row) != PL_OK)
			break;
	}
	return pl_stmt_close(&s);
}

/* Inside the operation: a page, and the place from which the next one goes on. *end: there is none. */
static enum pl_status
next_rows(struct pl_query *q, struct order *o, int want, struct page *p, bool *end)
{
	enum pl_status st = PL_OK;

	if (!o->last.set)
		st = check_sortable(q, o);
	if (st == PL_OK)
		st = find_window(q, o);
	if (st == PL_OK)
		st = read_page(q, o, want, p);
	if (st != PL_OK)
		return st;
	*end = p->count < want && !o->end.set;
	if (p->count == want)
		st = key_of_row(q->ctx, o, row_at(q->noun, p, p->count - 1), &o->last);
	else if (o->end.set)
		key_move(&o->last, &o->end);
	return st;
}

static void
fit_window(struct order *o, int64_t took_ms)
{
	if (took_ms > LONG_MS)
		o->window = o->window / 4 > WINDOW_MIN ? o->window / 4 : WINDOW_MIN;
	else if (took_ms <= LONG_MS / 4)
		o->window = o->window * 2 < WINDOW_MAX ? o->window * 2 : WINDOW_MAX;
}

/* One page: locked while it is read, unlocked while it is handed out. */
static enum pl_status
next_page(struct pl_query *q, struct order *o, const char *operation, int want, struct page *p, bool *end)
{
	enum pl_status st = pl_op_begin_read(q->ctx, operation, NULL);
	int64_t began = pl_elapsed_ms();

	if (st != PL_OK)
		return st;
	st = pl_op_end(q->ctx, next_rows(q, o, want, p, end));
	fit_window(o, pl_elapsed_ms() - began);
	return st;
}

static enum pl_status
hand_out(struct pl_query *q, struct order *o, const char *operation, pl_row_fn *each, void *arg, struct page *p)
{
	int64_t limit = q->ctx->list.limit, given = 0;
	enum pl_status st = PL_OK;
	bool end = false;
	int want, i;

	while (st == PL_OK && !end) {
		/* One more than the limit, to know whether there is more. */
		want = limit != 0 && limit - given + 1 < PAGE ? (int)(limit - given + 1) : PAGE;
		st = next_page(q, o, operation, want, p, &end);
		for (i = 0; i < p->count && st == PL_OK && (limit == 0 || given < limit); i++, given++)
			st = each(arg, row_at(q->noun, p, i));
		if (st == PL_OK && i < p->count) {
			end = true;
			if (q->ctx->list.warn_when_cut)
				pl_note(q->ctx, PL_NOTE_WARNING,
				    "there are more than %lld results; -ResultSize Unlimited shows all",
				    (long long)limit);
		}
		page_clear(q->noun, p);
	}
	return st;
}

enum pl_status
pl_query_each(struct pl_query *q, const char *operation, pl_row_fn *each, void *arg)
{
	struct page p = { NULL, 0 };
	struct order o;
	enum pl_status st;

	if (q->ctx->list.filter != NULL)
		pl_query_filter(q, q->ctx->list.filter);
	memset(&o, 0, sizeof(o));
	st = q->status == PL_OK ? choose_order(q, &o) : q->status;
	if (st == PL_OK) {
		p.rows = calloc(PAGE, q->noun->row_size);
		st = p.rows == NULL ? pl_fail_memory(q->ctx) : hand_out(q, &o, operation, each, arg, &p);
	}
	key_clear(&o.last);
	key_clear(&o.end);
	free(p.rows);
	pl_query_clear(q);
	return st;
}

/* Counts on the way what goes through. */
struct counter {
	pl_row_fn *each;
	void *arg;
	int64_t count;
};

static enum pl_status
count_row(void *arg, const void *row)
{
	struct counter *c = arg;

	c->count++;
	return c->each(c->arg, row);
}

/* Inside the operation: is there such an object that the caller may see? */
static enum pl_status
is_there(struct pl_ctx *ctx, const struct pl_named *named, bool *there)
{
	struct pl_query q;
	struct pl_buf sql;
	struct pl_stmt s;

	*there = false;
	pl_query_init(&q, ctx, named->noun);
	pl_query_name(&q, named->columns, named->name);
	pl_buf_init(&sql);
	pl_buf_printf(&sql, "SELECT 1 FROM %s WHERE (%s)%s LIMIT 1", q.noun->from, q.noun->visible, q.where.text);
	pl_stmt_open(&s, ctx, sql.text);
	pl_buf_clear(&sql);
	bind_values(&q, &s);
	*there = pl_stmt_step(&s);
	pl_query_clear(&q);
	return pl_stmt_close(&s);
}

enum pl_status
pl_query_get(struct pl_query *q, const char *operation, const struct pl_named *named, pl_row_fn *each, void *arg)
{
	struct counter counter = { each, arg, 0 };
	struct pl_ctx *ctx = q->ctx;
	enum pl_status st;
	bool there;

	st = pl_query_each(q, operation, count_row, &counter);
	if (st != PL_OK || counter.count > 0 || named->name == NULL || pl_name_is_pattern(named->name))
		return st;
	/* Another pass: does it not exist, or does it only not match? A refusal is recorded in it. */
	st = pl_op_begin_read(ctx, operation, named->name);
	if (st != PL_OK)
		return st;
	st = is_there(ctx, named, &there);
	if (st == PL_OK && !there) {
		pl_fail(ctx, named->missing, "'%s' does not exist, or you may not see it", named->name);
		st = pl_target(ctx, named->name);
	}
	return pl_op_end(ctx, st);
}
