/* activity_lanes.c - the timeline: what the most active people held and ran in each step of the period */

#include <stdlib.h>
#include <string.h>

#include "pamlite/operation.h"

#include "model/activity_internal.h"

static int64_t
step_of(const struct pl_activity *a, int64_t time)
{
	int64_t length = a->end - a->start + 1;

	return time <= a->start ? 0 : time > a->end ? PL_ACTIVITY_STEPS - 1
	    : (time - a->start) * PL_ACTIVITY_STEPS / length;
}

static struct pl_lane *
lane_of(struct pl_activity *a, const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < a->active.shown; i++)
		if (strcmp(a->active.entries[i]->name, name) == 0)
			return &a->lanes[i];
	return NULL;
}

static void
add(uint32_t counts[PL_ACTIVITY_STEPS], uint32_t *most, int64_t first, int64_t last)
{
	int64_t i;

	for (i = first; i <= last; i++)
		if (++counts[i] > *most)
			*most = counts[i];
}

static void
take_grant(struct pl_activity *a, struct pl_stmt *q)
{
	int64_t start = pl_stmt_int(q, 3), end = pl_stmt_int(q, 4), first = step_of(a, start),
	    last = step_of(a, end > start ? end - 1 : end);
	struct pl_lane *lane = lane_of(a, pl_stmt_text(q, 2));

	/* Revoked before it began, or to begin after the period. */
	if (end <= start || start > a->end)
		return;
	add(a->everybody.grants, &a->everybody.most_grants, first, last);
	if (lane != NULL)
		add(lane->grants, &lane->most_grants, first, last);
}

static void
take_run(struct pl_activity *a, struct pl_stmt *q)
{
	int64_t at = step_of(a, pl_stmt_int(q, 0));
	struct pl_lane *lane = lane_of(a, pl_stmt_text(q, 2));

	add(a->everybody.runs, &a->everybody.most_runs, at, at);
	if (lane != NULL)
		add(lane->runs, &lane->most_runs, at, at);
}

enum pl_status
pl_activity_draw(struct pl_ctx *ctx, struct pl_activity *a)
{
	static const struct pl_activity_stream grants = { .take = take_grant, .sql = pl_activity_grants },
	    runs = { .take = take_run, .sql = pl_activity_runs };
	enum pl_status st;

	st = pl_activity_read(ctx, a, &grants);
	return st == PL_OK ? pl_activity_read(ctx, a, &runs) : st;
}
