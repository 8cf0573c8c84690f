/* statement.h - one SQL statement, with one check at its end */
#ifndef PAMLITE_STATEMENT_H
#define PAMLITE_STATEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"

/*
 * Sticky: after the first failure further calls do nothing and pl_stmt_close()
 * reports it. Binding is by name and a wrong name fails, as does text after the
 * first statement. Every open is closed once.
 *
 *     pl_stmt_open(&q, ctx, "SELECT name FROM task WHERE type = :type");
 *     pl_stmt_bind_text(&q, ":type", type);
 *     while (pl_stmt_step(&q)) ... pl_stmt_text(&q, 0) ...
 *     if (pl_stmt_close(&q) != PL_OK) return q.status;
 */
struct pl_stmt {
	struct pl_ctx *ctx;
	void *handle;            /* lib/store's */
	enum pl_status status;
};

/*
 * `sql` is a string literal or was put together from literals, never from input.
 * Compiled statements are kept by their text until the database is closed.
 */
void pl_stmt_open(struct pl_stmt *q, struct pl_ctx *ctx, const char *sql);
enum pl_status pl_stmt_close(struct pl_stmt *q);

/* Note a failure found by the caller, so that close reports it. */
void pl_stmt_fail(struct pl_stmt *q, enum pl_status status);

void pl_stmt_bind_text(struct pl_stmt *q, const char *name, const char *value);   /* NULL = null; copied */
void pl_stmt_bind_int(struct pl_stmt *q, const char *name, int64_t value);        /* PL_NULL = null */
/* Has the statement that parameter? */
bool pl_stmt_takes(struct pl_stmt *q, const char *name);
/* Bind only if the statement has that parameter: for facts that every query may use. */
void pl_stmt_offer_text(struct pl_stmt *q, const char *name, const char *value);
void pl_stmt_offer_int(struct pl_stmt *q, const char *name, int64_t value);

/* The next row; false at the end and on failure. */
bool pl_stmt_step(struct pl_stmt *q);
/* Run to the end; the number of rows changed, 0 on failure. */
int64_t pl_stmt_run(struct pl_stmt *q);

/* Columns of the current row, from 0. Text is borrowed until the next step. */
const char *pl_stmt_text(struct pl_stmt *q, int column);     /* NULL = null, or failure */
int64_t pl_stmt_int(struct pl_stmt *q, int column);          /* PL_NULL = null */
bool pl_stmt_bool(struct pl_stmt *q, int column);
char *pl_stmt_dup(struct pl_stmt *q, int column);            /* the caller frees */

/* Step to the end, append the first column of every row to a list, and close. PL_E_OS without memory. */
enum pl_status pl_stmt_close_list(struct pl_stmt *q, struct pl_buf *list);

#endif
