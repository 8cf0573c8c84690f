/* activity.c - what happened in a period, counted for a report */

#include <stdlib.h>
#include <string.h>

#include "pamlite/activity.h"

#include "pamlite/operation.h"
#include "pamlite/request.h"
#include "pamlite/store.h"
#include "pamlite/text.h"

#include "model/activity_internal.h"

static void
take_request(struct pl_activity *a, struct pl_stmt *q)
{
	const char *access = pl_stmt_text(q, 2), *state = pl_stmt_text(q, 3);
	int i;

	for (i = 0; i < PL_ACTIVITY_STATES && state != NULL; i++)
		if (strcmp(pl_request_states[i], state) == 0) {
			a->states[i]++;
			if (access != NULL)
				pl_tally_add(&a->tasks, access, i, 1);
		}
	if (pl_stmt_int(q, 4) != PL_NULL)
		pl_spread_add(&a->decisions, pl_stmt_int(q, 4));
	a->requests++;
}

static bool
is_longer(const struct pl_long_grant *a, const struct pl_long_grant *b)
{
	int64_t a_length = a->end_at - a->start_at, b_length = b->end_at - b->start_at;

	if (a_length != b_length)
		return a_length > b_length;
	return a->start_at != b->start_at ? a->start_at < b->start_at : strcmp(a->id, b->id) < 0;
}

static void
keep_longest(struct pl_activity *a, const struct pl_long_grant *grant)
{
	size_t i = a->longest_count;

	if (i == PL_ACTIVITY_LONGEST && !is_longer(grant, &a->longest[--i]))
		return;
	for (; i > 0 && is_longer(grant, &a->longest[i - 1]); i--)
		a->longest[i] = a->longest[i - 1];
	a->longest[i] = *grant;
	if (a->longest_count < PL_ACTIVITY_LONGEST)
		a->longest_count++;
}

static void
take_grant(struct pl_activity *a, struct pl_stmt *q)
{
	struct pl_long_grant grant = { .start_at = pl_stmt_int(q, 3), .end_at = pl_stmt_int(q, 4) };
	bool revoked = pl_stmt_bool(q, 5);
	const char *holder = pl_stmt_text(q, 2);

	pl_text_copy(grant.id, sizeof(grant.id), pl_stmt_text(q, 1));
	grant.end = revoked ? PL_GRANT_REVOKED : grant.end_at > a->end ? PL_GRANT_IN_FORCE : PL_GRANT_ENDED;
	if (holder != NULL)
		pl_tally_add(&a->persons, holder, PL_PERSON_GRANTS, 1);
	keep_longest(a, &grant);
	a->grants++;
}

static void
take_run(struct pl_activity *a, struct pl_stmt *q)
{
	const char *user = pl_stmt_text(q, 2);
	bool exempt = pl_stmt_bool(q, 3);

	a->runs++;
	a->exempt_runs += exempt;
	if (user == NULL)
		return;
	pl_tally_add(&a->persons, user, PL_PERSON_RUNS, 1);
	pl_tally_add(&a->persons, user, PL_PERSON_EXEMPT_RUNS, exempt);
}

static void
take_record(struct pl_activity *a, struct pl_stmt *q)
{
	const char *error = pl_stmt_text(q, 3), *user;

	a->records++;
	if (!pl_stmt_bool(q, 2))
		return;
	a->refused++;
	pl_tally_add(&a->errors, error != NULL ? error : "", PL_ERROR_REFUSALS, 1);
	user = pl_stmt_text(q, 4);
	if (user != NULL)
		pl_tally_add(&a->persons, user, PL_PERSON_REFUSALS, 1);
}

static void
take_exempt(struct pl_activity *a, struct pl_stmt *q)
{
	const char *name = pl_stmt_text(q, 1);

	if (name != NULL)
		pl_tally_add(&a->persons, name, PL_PERSON_EXEMPT, 1);
}

const char pl_activity_grants[] =
    "SELECT a.created_at, a.id, a.holder, a.start_at,"
    " CASE WHEN a.revoked_at <= :end THEN min(a.revoked_at, a.end_at) ELSE a.end_at END,"
    " coalesce(a.revoked_at <= :end AND a.revoked_at < a.end_at, 0) FROM authorization a"
    " WHERE a.created_at >= :start AND a.created_at <= CAST(:last AS INTEGER)"
    " AND (a.created_at < CAST(:last AS INTEGER) OR a.id > :last_id)"
    " ORDER BY a.created_at DESC, a.id LIMIT :page";
const char pl_activity_runs[] =
    "SELECT e.started_at, e.id, e.user, e.authorization_id IS NULL FROM execution e"
    " WHERE e.started_at >= :start AND e.started_at <= CAST(:last AS INTEGER)"
    " AND (e.started_at < CAST(:last AS INTEGER) OR e.id > :last_id)"
    " ORDER BY e.started_at DESC, e.id LIMIT :page";

/* What was decided or revoked after the period had not happened at its end. */
static const struct pl_activity_stream requests = { .take = take_request, .sql =
    "SELECT r.created_at, r.id, r.access,"
    " CASE WHEN r.decided_at <= :end THEN r.state WHEN r.expires_at <= :end THEN 'Expired' ELSE 'Pending' END,"
    " CASE WHEN r.decided_at <= :end AND r.state IN ('Approved', 'Denied')"
    "  AND EXISTS (SELECT 1 FROM decision d WHERE d.request_id = r.id) THEN r.decided_at - r.created_at END"
    " FROM request r WHERE r.created_at >= :start AND r.created_at <= CAST(:last AS INTEGER)"
    " AND (r.created_at < CAST(:last AS INTEGER) OR r.id > :last_id)"
    " ORDER BY r.created_at DESC, r.id LIMIT :page" };
static const struct pl_activity_stream grants = { .take = take_grant, .sql = pl_activity_grants };
static const struct pl_activity_stream runs = { .take = take_run, .sql = pl_activity_runs };
/* Every record is looked at: a page of refusals alone could have the lock held over all of a long log. */
static const struct pl_activity_stream records = { .take = take_record, .first = "", .first_id = "0", .sql =
    "SELECT a.time, CAST(a.sequence AS TEXT), a.record_type = 'Refusal',"
    " CASE WHEN a.record_type = 'Refusal' AND json_valid(a.data) THEN json_extract(a.data, '$.ErrorId') END, a.user"
    " FROM audit a WHERE a.time >= max(:start_text, :last) AND a.time <= :end_text"
    " AND (a.time > :last OR a.sequence > CAST(:last_id AS INTEGER)) ORDER BY a.time, a.sequence LIMIT :page" };
static const struct pl_activity_stream accounts = { .take = take_exempt, .first = "9223372036854775807", .sql =
    "SELECT s.created_at, s.name FROM system_account s WHERE s.created_at <= CAST(:last AS INTEGER)"
    " AND (s.created_at < CAST(:last AS INTEGER) OR s.name > :last_id) ORDER BY s.created_at DESC, s.name"
    " LIMIT :page" };

static enum pl_status
look_at_period(struct pl_ctx *ctx, struct pl_activity *a)
{
	int64_t first = 0, last = 0;
	struct pl_stmt q;

	a->is_system = pl_store_is_system(ctx);
	pl_stmt_open(&q, ctx, "SELECT (SELECT time FROM audit ORDER BY time, sequence LIMIT 1),"
	    " (SELECT time FROM audit ORDER BY time DESC, sequence DESC LIMIT 1),"
	    " (SELECT CASE WHEN json_valid(data) THEN json_extract(data, '$.Host') END FROM audit"
	    "  ORDER BY sequence DESC LIMIT 1)");
	/* What somebody has edited into no time at all is the chain's to tell. */
	if (pl_stmt_step(&q)) {
		if (pl_stmt_text(&q, 0) != NULL)
			(void)pl_time_parse(pl_stmt_text(&q, 0), &first);
		if (pl_stmt_text(&q, 1) != NULL)
			(void)pl_time_parse(pl_stmt_text(&q, 1), &last);
		a->host = pl_stmt_dup(&q, 2);
	}
	if (a->end == 0 || a->end > ctx->clock.now)
		a->end = last;
	if (a->start == 0)
		a->start = first < a->end ? first : a->end;
	if (a->end < a->start)
		a->end = a->start;
	return pl_stmt_close(&q);
}

static enum pl_status
look_at_longest(struct pl_ctx *ctx, struct pl_activity *a)
{
	char reason[PL_ACTIVITY_REASON_MAX + 1];
	enum pl_status st = PL_OK;
	struct pl_stmt q;
	size_t i;

	for (i = 0; i < a->longest_count && st == PL_OK; i++) {
		struct pl_long_grant *grant = &a->longest[i];

		pl_stmt_open(&q, ctx, "SELECT a.holder, a.access, a.authorized_by, r.reason FROM authorization a"
		    " LEFT JOIN request r ON r.id = a.request_id WHERE a.id = :id");
		pl_stmt_bind_text(&q, ":id", grant->id);
		if (pl_stmt_step(&q)) {
			grant->holder = pl_stmt_dup(&q, 0);
			grant->access = pl_stmt_dup(&q, 1);
			grant->authorized_by = pl_stmt_dup(&q, 2);
			pl_text_copy(reason, sizeof(reason), pl_stmt_text(&q, 3));
			grant->reason = strdup(reason);
			if (grant->reason == NULL)
				pl_stmt_fail(&q, pl_fail_memory(ctx));
		}
		st = pl_stmt_close(&q);
	}
	return st;
}

static enum pl_status
look_at_exempt(struct pl_ctx *ctx, struct pl_activity *a)
{
	enum pl_status st = PL_OK;
	struct pl_stmt q;
	size_t i;

	for (i = 0; i < a->top_exempt.shown && st == PL_OK; i++) {
		struct pl_exempt_account *account = &a->exempt[i];

		account->expires_at = PL_NULL;
		pl_stmt_open(&q, ctx, "SELECT reason, expires_at FROM system_account WHERE name = :name");
		pl_stmt_bind_text(&q, ":name", a->top_exempt.entries[i]->name);
		if (pl_stmt_step(&q)) {
			account->reason = pl_stmt_dup(&q, 0);
			account->expires_at = pl_stmt_int(&q, 1);
		}
		st = pl_stmt_close(&q);
	}
	return st;
}

static enum pl_status
find_tops(struct pl_ctx *ctx, struct pl_activity *a)
{
	pl_tally_top(&a->persons, 1U << PL_PERSON_GRANTS | 1U << PL_PERSON_RUNS, &a->active);
	pl_tally_top(&a->persons, 1U << PL_PERSON_REFUSALS, &a->refused_persons);
	pl_tally_top(&a->persons, 1U << PL_PERSON_EXEMPT_RUNS | 1U << PL_PERSON_EXEMPT, &a->top_exempt);
	pl_tally_top(&a->tasks, (1U << PL_ACTIVITY_STATES) - 1, &a->top_tasks);
	pl_tally_top(&a->errors, 1U << PL_ERROR_REFUSALS, &a->top_errors);
	return a->persons.failed || a->tasks.failed || a->errors.failed ? pl_fail_memory(ctx) : PL_OK;
}

enum pl_status
pl_activity_gather(struct pl_ctx *ctx, int64_t start, int64_t end, struct pl_activity *out)
{
	const struct pl_activity_stream *const streams[] = { &requests, &grants, &runs, &records, &accounts };
	enum pl_status st;
	size_t i;

	memset(out, 0, sizeof(*out));
	pl_row_init(&pl_audit_check_noun, &out->chain);
	out->start = start;
	out->end = end;
	out->tasks.folded = true;
	if (!pl_spread_init(&out->decisions))
		return pl_fail_memory(ctx);
	st = pl_activity_look(ctx, out, look_at_period);
	if (st == PL_OK)
		st = pl_audit_verify(ctx, 0, &out->chain);
	for (i = 0; i < sizeof(streams) / sizeof(streams[0]) && st == PL_OK; i++)
		st = pl_activity_read(ctx, out, streams[i]);
	if (st == PL_OK)
		st = find_tops(ctx, out);
	if (st == PL_OK)
		st = pl_activity_draw(ctx, out);
	if (st == PL_OK)
		st = pl_activity_look(ctx, out, look_at_longest);
	if (st == PL_OK)
		st = pl_activity_look(ctx, out, look_at_exempt);
	return st;
}

void
pl_activity_clear(struct pl_activity *a)
{
	size_t i;

	pl_row_clear(&pl_audit_check_noun, &a->chain);
	free(a->host);
	pl_tally_clear(&a->persons);
	pl_tally_clear(&a->tasks);
	pl_tally_clear(&a->errors);
	pl_spread_clear(&a->decisions);
	for (i = 0; i < a->longest_count; i++) {
		free(a->longest[i].holder);
		free(a->longest[i].access);
		free(a->longest[i].authorized_by);
		free(a->longest[i].reason);
	}
	for (i = 0; i < a->top_exempt.shown; i++)
		free(a->exempt[i].reason);
	memset(a, 0, sizeof(*a));
}
