/* activity_internal.h - how the database is read for a report */
#ifndef PAMLITE_MODEL_ACTIVITY_INTERNAL_H
#define PAMLITE_MODEL_ACTIVITY_INTERNAL_H

#include "pamlite/activity.h"
#include "pamlite/statement.h"

/*
 * Rows in the order of an index. Columns 0 and 1 are a row's place in it, from which the next page goes
 * on: SQL has :last and :last_id for it, as text, and may use :start, :end, :start_text and :end_text.
 */
struct pl_activity_stream {
	const char *sql;
	const char *first, *first_id;   /* where it begins; NULL = at the period's end */
	void (*take)(struct pl_activity *a, struct pl_stmt *q);
};

/* Read all of it; the lock is let go between pages. */
enum pl_status pl_activity_read(struct pl_ctx *ctx, struct pl_activity *a, const struct pl_activity_stream *s);

/* Grants and runs are read twice: who was active most is known only at the end. Columns:
 * place, place, holder, start, end, was revoked; place (its start), place, user, is without a grant. */
extern const char pl_activity_grants[], pl_activity_runs[];

/* What a part of the reading needs the database for: one operation, without paging. */
typedef enum pl_status pl_activity_fn(struct pl_ctx *ctx, struct pl_activity *a);
enum pl_status pl_activity_look(struct pl_ctx *ctx, struct pl_activity *a, pl_activity_fn *look);

/* The lanes of those who were active most, which is known by then. */
enum pl_status pl_activity_draw(struct pl_ctx *ctx, struct pl_activity *a);

#endif
