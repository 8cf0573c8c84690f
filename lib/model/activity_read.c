/* activity_read.c - reading the database for a report in pages, so that nobody waits for it */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/operation.h"

#include "model/activity_internal.h"

enum { PAGE = 2500 };

static const char operation[] = "Show-ElevatedAccessReport";

struct place {
	char *last, *last_id;
};

static void
place_clear(struct place *p)
{
	free(p->last);
	free(p->last_id);
	memset(p, 0, sizeof(*p));
}

static enum pl_status
place_first(struct pl_ctx *ctx, const struct pl_activity *a, const struct pl_activity_stream *s, struct place *p)
{
	char end[24];

	snprintf(end, sizeof(end), "%lld", (long long)a->end);
	p->last = strdup(s->first != NULL ? s->first : end);
	p->last_id = strdup(s->first_id != NULL ? s->first_id : "");
	return p->last != NULL && p->last_id != NULL ? PL_OK : pl_fail_memory(ctx);
}

static void
bind(struct pl_stmt *q, const struct pl_activity *a, const struct place *p)
{
	char text[PL_TIME_LEN + 1];

	pl_stmt_offer_int(q, ":start", a->start);
	pl_stmt_offer_int(q, ":end", a->end);
	pl_time_format(a->start, false, text);
	pl_stmt_offer_text(q, ":start_text", text);
	pl_time_format(a->end, false, text);
	pl_stmt_offer_text(q, ":end_text", text);
	pl_stmt_bind_text(q, ":last", p->last);
	pl_stmt_bind_text(q, ":last_id", p->last_id);
	pl_stmt_bind_int(q, ":page", PAGE);
}

static enum pl_status
read_page(struct pl_ctx *ctx, struct pl_activity *a, const struct pl_activity_stream *s, struct place *at, int *count)
{
	struct place next = { NULL, NULL };
	struct pl_stmt q;

	*count = 0;
	pl_stmt_open(&q, ctx, s->sql);
	bind(&q, a, at);
	while (pl_stmt_step(&q)) {
		s->take(a, &q);
		if (++*count == PAGE) {
			next.last = pl_stmt_dup(&q, 0);
			next.last_id = pl_stmt_dup(&q, 1);
		}
	}
	place_clear(at);
	*at = next;
	return pl_stmt_close(&q);
}

enum pl_status
pl_activity_look(struct pl_ctx *ctx, struct pl_activity *a, pl_activity_fn *look)
{
	enum pl_status st = pl_op_begin_read(ctx, operation, NULL);

	if (st != PL_OK)
		return st;
	st = pl_require_see_all(ctx);
	return pl_op_end(ctx, st == PL_OK ? look(ctx, a) : st);
}

enum pl_status
pl_activity_read(struct pl_ctx *ctx, struct pl_activity *a, const struct pl_activity_stream *s)
{
	struct place at = { NULL, NULL };
	int count = PAGE;
	enum pl_status st;

	st = place_first(ctx, a, s, &at);
	while (st == PL_OK && count == PAGE) {
		st = pl_op_begin_read(ctx, operation, NULL);
		if (st != PL_OK)
			break;
		st = pl_require_see_all(ctx);
		if (st == PL_OK)
			st = read_page(ctx, a, s, &at, &count);
		st = pl_op_end(ctx, st);
	}
	place_clear(&at);
	return st;
}
