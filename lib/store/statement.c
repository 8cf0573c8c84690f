/* statement.c - sticky statements over SQLite, compiled once a database */

#include <stdlib.h>
#include <string.h>

#include "pamlite/statement.h"

#include "pamlite/list.h"

#include "store/internal.h"

static sqlite3_stmt *
handle(struct pl_stmt *q)
{
	return q->handle;
}

static void
fail(struct pl_stmt *q, const char *doing)
{
	if (q->status == PL_OK)
		q->status = pl_store_fail(q->ctx, q->ctx->store->db, doing);
}

static void
fail_wrong(struct pl_stmt *q, const char *what, const char *name)
{
	if (q->status == PL_OK)
		q->status = pl_fail(q->ctx, PL_ERR_INTERNAL, "%s %s in a statement", what, name);
}

static struct pl_cached *
cache_find(struct pl_store *s, const char *sql)
{
	size_t i;

	for (i = 0; i < s->cached; i++)
		if (!s->cache[i].used && strcmp(s->cache[i].sql, sql) == 0)
			return &s->cache[i];
	return NULL;
}

/* Keep the statement if there is room; without, it is finalised when closed. */
static void
cache_add(struct pl_store *s, const char *sql, sqlite3_stmt *stmt)
{
	struct pl_cached *c;

	if (s->cached == PL_STMT_CACHE)
		return;
	c = &s->cache[s->cached];
	c->sql = strdup(sql);
	if (c->sql == NULL)
		return;
	c->stmt = stmt;
	c->used = true;
	s->cached++;
}

void
pl_cache_clear(struct pl_store *s)
{
	size_t i;

	for (i = 0; i < s->cached; i++) {
		sqlite3_finalize(s->cache[i].stmt);
		free(s->cache[i].sql);
	}
	s->cached = 0;
}

void
pl_stmt_open(struct pl_stmt *q, struct pl_ctx *ctx, const char *sql)
{
	struct pl_store *s = ctx->store;
	struct pl_cached *c = cache_find(s, sql);
	sqlite3_stmt *stmt = NULL;
	const char *tail = NULL;

	q->ctx = ctx;
	q->handle = NULL;
	q->status = PL_OK;
	if (c != NULL) {
		c->used = true;
		q->handle = c->stmt;
		return;
	}
	if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &tail) != SQLITE_OK) {
		fail(q, "compiling a statement");
		return;
	}
	q->handle = stmt;
	if (tail != NULL && tail[strspn(tail, " ;\n\t")] != '\0')
		fail_wrong(q, "text after", sql);
	cache_add(s, sql, stmt);
}

enum pl_status
pl_stmt_close(struct pl_stmt *q)
{
	struct pl_store *s = q->ctx->store;
	sqlite3_stmt *stmt = handle(q);
	size_t i;

	q->handle = NULL;
	if (stmt == NULL)
		return q->status;
	for (i = 0; i < s->cached; i++) {
		if (s->cache[i].stmt != stmt)
			continue;
		sqlite3_reset(stmt);
		sqlite3_clear_bindings(stmt);
		s->cache[i].used = false;
		return q->status;
	}
	sqlite3_finalize(stmt);
	return q->status;
}

void
pl_stmt_fail(struct pl_stmt *q, enum pl_status status)
{
	if (q->status == PL_OK)
		q->status = status;
}

static void
bind_text(struct pl_stmt *q, int at, const char *value)
{
	int rc = value == NULL ? sqlite3_bind_null(handle(q), at)
	    : sqlite3_bind_text(handle(q), at, value, -1, SQLITE_TRANSIENT);

	if (rc != SQLITE_OK)
		fail(q, "binding a value");
}

static void
bind_int(struct pl_stmt *q, int at, int64_t value)
{
	int rc = value == PL_NULL ? sqlite3_bind_null(handle(q), at) : sqlite3_bind_int64(handle(q), at, value);

	if (rc != SQLITE_OK)
		fail(q, "binding a value");
}

/* 0 if the statement has no such parameter. */
static int
parameter(struct pl_stmt *q, const char *name)
{
	return q->status == PL_OK ? sqlite3_bind_parameter_index(handle(q), name) : 0;
}

bool
pl_stmt_takes(struct pl_stmt *q, const char *name)
{
	return parameter(q, name) != 0;
}

void
pl_stmt_offer_text(struct pl_stmt *q, const char *name, const char *value)
{
	int at = parameter(q, name);

	if (at != 0)
		bind_text(q, at, value);
}

void
pl_stmt_offer_int(struct pl_stmt *q, const char *name, int64_t value)
{
	int at = parameter(q, name);

	if (at != 0)
		bind_int(q, at, value);
}

void
pl_stmt_bind_text(struct pl_stmt *q, const char *name, const char *value)
{
	int at = parameter(q, name);

	if (at != 0)
		bind_text(q, at, value);
	else
		fail_wrong(q, "no parameter", name);
}

void
pl_stmt_bind_int(struct pl_stmt *q, const char *name, int64_t value)
{
	int at = parameter(q, name);

	if (at != 0)
		bind_int(q, at, value);
	else
		fail_wrong(q, "no parameter", name);
}

bool
pl_stmt_step(struct pl_stmt *q)
{
	int rc;

	if (q->status != PL_OK)
		return false;
	rc = sqlite3_step(handle(q));
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		fail(q, "reading or writing");
	return rc == SQLITE_ROW;
}

int64_t
pl_stmt_run(struct pl_stmt *q)
{
	while (pl_stmt_step(q))
		continue;
	return q->status == PL_OK ? sqlite3_changes64(q->ctx->store->db) : 0;
}

const char *
pl_stmt_text(struct pl_stmt *q, int column)
{
	const char *text;

	if (q->status != PL_OK || sqlite3_column_type(handle(q), column) == SQLITE_NULL)
		return NULL;
	text = (const char *)sqlite3_column_text(handle(q), column);
	if (text == NULL)
		fail(q, "reading text");
	/* A NUL inside is nothing that we wrote. */
	else if (strlen(text) != (size_t)sqlite3_column_bytes(handle(q), column)) {
		q->status = pl_fail(q->ctx, PL_ERR_DATABASE_DAMAGED, "database %s is damaged: NUL in text",
		    q->ctx->store->path);
		text = NULL;
	}
	return text;
}

int64_t
pl_stmt_int(struct pl_stmt *q, int column)
{
	if (q->status != PL_OK || sqlite3_column_type(handle(q), column) == SQLITE_NULL)
		return PL_NULL;
	return sqlite3_column_int64(handle(q), column);
}

bool
pl_stmt_bool(struct pl_stmt *q, int column)
{
	return pl_stmt_int(q, column) > 0;
}

char *
pl_stmt_dup(struct pl_stmt *q, int column)
{
	const char *text = pl_stmt_text(q, column);
	size_t len;
	char *copy;

	if (text == NULL)
		return NULL;
	len = (size_t)sqlite3_column_bytes(handle(q), column);
	copy = malloc(len + 1);
	if (copy != NULL)
		memcpy(copy, text, len + 1);
	else
		q->status = pl_fail_memory(q->ctx);
	return copy;
}

enum pl_status
pl_stmt_close_list(struct pl_stmt *q, struct pl_buf *list)
{
	const char *text;

	while (pl_stmt_step(q))
		if ((text = pl_stmt_text(q, 0)) != NULL)
			pl_list_add(list, text);
	if (pl_stmt_close(q) == PL_OK && pl_buf_failed(list))
		return pl_fail_memory(q->ctx);
	return q->status;
}
