/* query.c - find and list stored objects by the columns of their noun */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/query.h"

#include "pamlite/name.h"
#include "pamlite/operation.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"
#include "pamlite/text.h"

enum { PAGE = 250 };

static void
add_columns(struct pl_buf *sql, const struct pl_noun *noun)
{
	const struct pl_column *c;

	pl_buf_text(sql, "SELECT ");
	for (c = noun->columns; c->name != NULL; c++) {
		pl_buf_text(sql, c == noun->columns ? "" : ", ");
		pl_buf_text(sql, c->sql);
	}
	pl_buf_text(sql, " FROM ");
	pl_buf_text(sql, noun->from);
	pl_buf_text(sql, " WHERE ");
}

/* Fill the row's members from the statement's columns, which stand in the noun's order. */
static enum pl_status
load(struct pl_stmt *s, const struct pl_noun *noun, void *row)
{
	const struct pl_column *c;
	int i = 0;

	for (c = noun->columns; c->name != NULL; c++, i++) {
		char *at = (char *)row + c->offset;

		switch (c->type) {
		case PL_TYPE_TEXT:
		case PL_TYPE_LIST:
		case PL_TYPE_MAP:
			*(char **)(void *)at = pl_stmt_dup(s, i);
			break;
		case PL_TYPE_BOOL:
			*(bool *)(void *)at = pl_stmt_bool(s, i);
			break;
		default:
			*(int64_t *)(void *)at = pl_stmt_int(s, i);
			break;
		}
	}
	return s->status;
}

static enum pl_status
find(struct pl_ctx *ctx, const struct pl_noun *noun, const char *id, void *row, const char *visible)
{
	struct pl_buf sql;
	struct pl_stmt s;
	bool found;

	pl_row_init(noun, row);
	pl_buf_init(&sql);
	add_columns(&sql, noun);
	pl_buf_printf(&sql, "(%s)", visible);
	if (id != NULL)
		pl_buf_printf(&sql, " AND %s = :id", pl_column_id(noun)->sql);
	if (pl_buf_failed(&sql)) {
		pl_buf_clear(&sql);
		return pl_fail_memory(ctx);
	}
	pl_stmt_open(&s, ctx, sql.text);
	pl_buf_clear(&sql);
	pl_op_offer_facts(&s);
	if (id != NULL)
		pl_stmt_bind_text(&s, ":id", id);
	found = pl_stmt_step(&s) && load(&s, noun, row) == PL_OK;
	if (pl_stmt_close(&s) != PL_OK)
		return s.status;
	return found ? PL_OK : PL_E_NOT_FOUND;
}

enum pl_status
pl_find(struct pl_ctx *ctx, const struct pl_noun *noun, const char *id, void *row)
{
	return find(ctx, noun, id, row, noun->visible);
}

enum pl_status
pl_find_any(struct pl_ctx *ctx, const struct pl_noun *noun, const char *id, void *row)
{
	return find(ctx, noun, id, row, "1");
}

/* How a listing is ordered, and where the next page begins. */
struct order {
	const struct pl_column *by, *id;
	bool descending;
	bool started;            /* the keys below are those of the last row */
	char *by_text, *id_text;
	int64_t by_int, id_int;
};

static bool
is_text(const struct pl_column *c)
{
	return c->type == PL_TYPE_TEXT || c->type == PL_TYPE_LIST || c->type == PL_TYPE_MAP;
}

static enum pl_status
choose_order(struct pl_query *q, struct order *o)
{
	const struct pl_list_options *list = &q->ctx->list;

	memset(o, 0, sizeof(*o));
	o->id = pl_column_id(q->noun);
	o->by = pl_column_find(q->noun, list->sort_by != NULL ? list->sort_by : q->noun->newest);
	o->descending = list->sort_by != NULL ? list->descending : !list->descending;
	if (o->by != NULL)
		return PL_OK;
	pl_fail(q->ctx, PL_ERR_SORT_NOT_POSSIBLE, "%s has no property '%s' to sort by", q->noun->name, list->sort_by);
	pl_target(q->ctx, list->sort_by);
	return pl_query_hint_properties(q);
}

static void
key_free(struct order *o)
{
	free(o->by_text);
	free(o->id_text);
	o->by_text = o->id_text = NULL;
}

static enum pl_status
key_keep(struct pl_ctx *ctx, struct order *o, const void *row)
{
	key_free(o);
	o->started = true;
	if (is_text(o->by))
		o->by_text = strdup(pl_row_text(o->by, row) != NULL ? pl_row_text(o->by, row) : "");
	else
		o->by_int = o->by->type == PL_TYPE_BOOL ? pl_row_bool(o->by, row) : pl_row_int(o->by, row);
	if (is_text(o->id))
		o->id_text = strdup(pl_row_text(o->id, row));
	else
		o->id_int = pl_row_int(o->id, row);
	return (is_text(o->by) && o->by_text == NULL) || (is_text(o->id) && o->id_text == NULL) ? pl_fail_memory(ctx)
	    : PL_OK;
}

#define SQL_LEAST "-9223372036854775807 - 1"

/* Null sorts as the empty text or the smallest number, so that a key can continue behind it. */
static void
order_key(struct pl_buf *sql, const struct pl_column *c)
{
	if ((c->flags & PL_COL_INDEXED) != 0)
		pl_buf_text(sql, c->sql);
	else
		pl_buf_printf(sql, "coalesce(%s, %s)%s", c->sql, is_text(c) ? "''" : SQL_LEAST,
		    is_text(c) ? " COLLATE NOCASE" : "");
}

/* The key of the last row, where null is bound as null. */
static const char *
last_key(const struct pl_column *c)
{
	return is_text(c) || (c->flags & PL_COL_INDEXED) != 0 ? ":by" : "coalesce(:by, " SQL_LEAST ")";
}

static void
add_order(struct pl_buf *sql, const struct order *o)
{
	const char *beyond = o->descending ? "<" : ">";

	if (o->started && o->by == o->id) {
		pl_buf_text(sql, " AND ");
		order_key(sql, o->by);
		pl_buf_printf(sql, " %s :by", beyond);
	} else if (o->started) {
		pl_buf_text(sql, " AND ");
		order_key(sql, o->by);
		pl_buf_printf(sql, " %s= %s AND (", beyond, last_key(o->by));
		order_key(sql, o->by);
		pl_buf_printf(sql, " %s %s OR %s > :by_id)", beyond, last_key(o->by), o->id->sql);
	}
	pl_buf_text(sql, " ORDER BY ");
	order_key(sql, o->by);
	pl_buf_text(sql, o->descending ? " DESC" : "");
	if (o->by != o->id)
		pl_buf_printf(sql, ", %s", o->id->sql);
}

static void
bind_key(struct pl_stmt *s, const char *name, const struct pl_column *c, const char *text, int64_t number)
{
	if (is_text(c))
		pl_stmt_offer_text(s, name, text);
	else
		pl_stmt_offer_int(s, name, number);
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

	if ((o->by->flags & PL_COL_INDEXED) != 0)
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

/* Inside the operation: read at most `want` rows behind the last key. */
static enum pl_status
read_page(struct pl_query *q, const struct order *o, int want, struct page *p)
{
	struct pl_buf sql;
	struct pl_stmt s;

	pl_buf_init(&sql);
	add_columns(&sql, q->noun);
	pl_buf_printf(&sql, "(%s)%s", q->noun->visible, q->where.text);
	add_order(&sql, o);
	pl_buf_text(&sql, " LIMIT :limit");
	if (pl_buf_failed(&sql) || pl_buf_failed(&q->where)) {
		pl_buf_clear(&sql);
		return pl_fail_memory(q->ctx);
	}
	pl_stmt_open(&s, q->ctx, sql.text);
	pl_buf_clear(&sql);
	bind_values(q, &s);
	pl_stmt_bind_int(&s, ":limit", want);
	if (o->started) {
		bind_key(&s, ":by", o->by, o->by_text, o->by_int);
		bind_key(&s, ":by_id", o->id, o->id_text, o->id_int);
	}
	while (p->count < want && pl_stmt_step(&s)) {
		void *row = row_at(q->noun, p, p->count++);

		pl_row_init(q->noun, row);
		if (load(&s, q->noun, row) != PL_OK)
			break;
	}
	return pl_stmt_close(&s);
}

/* One page: locked while it is read, unlocked while it is handed out. */
static enum pl_status
next_page(struct pl_query *q, struct order *o, const char *operation, int want, struct page *p)
{
	enum pl_status st;

	st = pl_op_begin_read(q->ctx, operation, NULL);
	if (st != PL_OK)
		return st;
	if (!o->started)
		st = check_sortable(q, o);
	if (st == PL_OK)
		st = read_page(q, o, want, p);
	if (st == PL_OK && p->count > 0)
		st = key_keep(q->ctx, o, row_at(q->noun, p, p->count - 1));
	return pl_op_end(q->ctx, st);
}

static enum pl_status
hand_out(struct pl_query *q, struct order *o, const char *operation, pl_row_fn *each, void *arg, struct page *p)
{
	int64_t limit = q->ctx->list.limit, given = 0;
	enum pl_status st = PL_OK;
	int want, i;

	do {
		/* One more than the limit, to know whether there is more. */
		want = limit != 0 && limit - given + 1 < PAGE ? (int)(limit - given + 1) : PAGE;
		st = next_page(q, o, operation, want, p);
		for (i = 0; i < p->count && st == PL_OK && (limit == 0 || given < limit); i++, given++)
			st = each(arg, row_at(q->noun, p, i));
		if (st == PL_OK && i < p->count) {
			if (q->ctx->list.warn_when_cut)
				pl_note(q->ctx, PL_NOTE_WARNING,
				    "there are more than %lld results; -ResultSize Unlimited shows all",
				    (long long)limit);
			want = PAGE + 1;   /* the end */
		}
		i = p->count;
		page_clear(q->noun, p);
	} while (st == PL_OK && i == want);
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
	key_free(&o);
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

enum pl_status
pl_query_get(struct pl_query *q, const char *operation, const char *identity, enum pl_error missing, pl_row_fn *each,
    void *arg)
{
	struct counter counter = { each, arg, 0 };
	struct pl_ctx *ctx = q->ctx;
	enum pl_status st;

	st = pl_query_each(q, operation, count_row, &counter);
	if (st != PL_OK || counter.count > 0 || identity == NULL || pl_name_is_pattern(identity))
		return st;
	/* Another pass, in which the refusal is recorded. */
	st = pl_op_begin_read(ctx, operation, identity);
	if (st != PL_OK)
		return st;
	pl_fail(ctx, missing, "'%s' does not exist, or you may not see it", identity);
	pl_target(ctx, identity);
	return pl_op_end(ctx, ctx->failure.status);
}
