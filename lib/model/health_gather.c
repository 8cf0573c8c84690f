/* health_gather.c - what the rows and the log say to monitoring */

#include <inttypes.h>
#include <stdio.h>

#include "pamlite/audit_check.h"
#include "pamlite/clock.h"
#include "pamlite/operation.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"
#include "pamlite/text.h"
#include "pamlite/uuid.h"

#include "model/health_internal.h"
#include "model/sql.h"

/* Whatever has piled up: so many rows are looked at, and no more. */
#define ROWS_MAX "50000"

enum { UNUSED_S = 90 * PL_DAY_S };

/* What waits: how many, and the oldest. */
struct waiting {
	int64_t count, since;
	char oldest[512];
};

/* One more. Is it the oldest so far? */
static bool
wait_on(struct waiting *w, int64_t since)
{
	w->count++;
	if (w->count > 1 && since >= w->since)
		return false;
	w->since = since;
	return true;
}

static int64_t
waiting_s(const struct pl_ctx *ctx, const struct waiting *w)
{
	return w->count > 0 && ctx->clock.now > w->since ? ctx->clock.now - w->since : 0;
}

static const char *
text_of(struct pl_stmt *q, int column)
{
	const char *text = pl_stmt_text(q, column);

	return text != NULL ? text : "";
}

/* What is said of the first of some, and where there is none. */
struct words {
	const char *first, *before, *behind, *none;
};

static void
say(struct pl_health_report *report, enum pl_health_check check, int64_t value, const struct words *w)
{
	if (w->first[0] != '\0')
		pl_health_say(report, check, value, "%s%s%s", w->before, w->first, w->behind);
	else
		pl_health_say(report, check, value, "%s", w->none);
}

static void
say_control(struct pl_ctx *ctx, struct pl_health_report *report)
{
	if (pl_op_rights(ctx)->enabled)
		pl_health_say(report, PL_HEALTH_CONTROL, 1, "the control is enabled");
	else
		pl_health_say(report, PL_HEALTH_CONTROL, 0,
		    "the control is not enabled: nothing can be requested, decided or run");
}

/* While the control is off nobody can decide anything, and that is told once. */
static enum pl_status
look_at_pending(struct pl_ctx *ctx, struct pl_health_report *report)
{
	struct waiting pending = { 0 }, stuck = { 0 };
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT r.id, r.requestor, r.access, r.created_at, g.unix_group IS NOT NULL OR EXISTS"
	    " (SELECT 1 FROM group_member m WHERE m.group_id = g.id AND m.member <> r.requestor)"
	    " FROM request r LEFT JOIN policy p ON p.id = r.policy_id"
	    " LEFT JOIN approver_group g ON g.id = " SQL_APPROVER_GROUP
	    " WHERE r.state = 'Pending' AND r.expires_at > :now AND (SELECT enabled FROM control)"
	    " LIMIT " ROWS_MAX);
	pl_op_offer_facts(&q);
	while (pl_stmt_step(&q)) {
		struct waiting *w = pl_stmt_bool(&q, 4) ? &pending : &stuck;

		if (wait_on(w, pl_stmt_int(&q, 3)))
			(void)snprintf(w->oldest, sizeof(w->oldest), "request %s of %s for %s", text_of(&q, 0),
			    text_of(&q, 1), text_of(&q, 2));
	}
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	pl_health_say(report, PL_HEALTH_PENDING, pending.count + stuck.count, "pending requests: %" PRId64,
	    pending.count + stuck.count);
	say(report, PL_HEALTH_PENDING_AGE, waiting_s(ctx, &pending),
	    &(struct words){ pending.oldest, "", " waits for a decision", "no request waits for a decision" });
	say(report, PL_HEALTH_PENDING_STUCK, stuck.count, &(struct words){ stuck.oldest, "nobody can decide ",
	    ": its group has no other member", "each request has a group with somebody else in it" });
	return PL_OK;
}

static enum pl_status
look_at_queue(struct pl_ctx *ctx, struct pl_health_report *report)
{
	struct waiting queued = { 0 };
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT created_at, recipient, last_error FROM notification WHERE state = 'Queued'"
	    " LIMIT " ROWS_MAX);
	while (pl_stmt_step(&q)) {
		const char *error = text_of(&q, 2);

		if (wait_on(&queued, pl_stmt_int(&q, 0)))
			(void)snprintf(queued.oldest, sizeof(queued.oldest), "to %s%s%s", text_of(&q, 1),
			    error[0] != '\0' ? ": " : ", which nobody has tried to send", error);
	}
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	pl_health_say(report, PL_HEALTH_QUEUE, queued.count, "notifications to be delivered: %" PRId64, queued.count);
	say(report, PL_HEALTH_QUEUE_AGE, waiting_s(ctx, &queued),
	    &(struct words){ queued.oldest, "a notification waits ", "", "no notification waits" });
	return PL_OK;
}

/* How many, and the newest of them. */
static enum pl_status
look_at_failed(struct pl_ctx *ctx, struct pl_health_report *report)
{
	char newest[512] = "";
	int64_t count = 0;
	struct pl_stmt q;

	/* The condition twice: by its first form the index is known to have them. */
	pl_stmt_open(&q, ctx, "SELECT recipient, last_error FROM notification WHERE state <> 'Sent'"
	    " AND state = 'Failed' AND created_at >= :now - 7 * 86400 ORDER BY created_at DESC, id LIMIT " ROWS_MAX);
	pl_op_offer_facts(&q);
	while (pl_stmt_step(&q)) {
		if (count++ == 0)
			(void)snprintf(newest, sizeof(newest), "to %s: %s", text_of(&q, 0), text_of(&q, 1));
	}
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	say(report, PL_HEALTH_QUEUE_FAILED, count,
	    &(struct words){ newest, "a notification was given up ", "", "no notification was given up" });
	return PL_OK;
}

static enum pl_status
look_at_exclusions(struct pl_ctx *ctx, struct pl_health_report *report)
{
	char endless[PL_ACCOUNT_MAX + 1] = "", unused[PL_ACCOUNT_MAX + 1] = "";
	int64_t without_end = 0, without_use = 0;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT name, expires_at IS NULL, coalesce(last_used_at, created_at) < :now - :unused"
	    " FROM system_account WHERE expires_at IS NULL OR expires_at > :now ORDER BY name LIMIT " ROWS_MAX);
	pl_op_offer_facts(&q);
	pl_stmt_bind_int(&q, ":unused", UNUSED_S);
	while (pl_stmt_step(&q)) {
		if (pl_stmt_bool(&q, 1) && without_end++ == 0)
			(void)snprintf(endless, sizeof(endless), "%s", text_of(&q, 0));
		if (pl_stmt_bool(&q, 2) && without_use++ == 0)
			(void)snprintf(unused, sizeof(unused), "%s", text_of(&q, 0));
	}
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	say(report, PL_HEALTH_EXCLUSIONS_ENDLESS, without_end, &(struct words){ endless,
	    "the exclusion of system account ", " has no end", "each exclusion has an end" });
	say(report, PL_HEALTH_EXCLUSIONS_UNUSED, without_use, &(struct words){ unused, "system account ",
	    " was not used for 90 days", "each excluded account was used within 90 days" });
	return PL_OK;
}

/* Those that the maintenance has marked, of the last day and the newest; and those that it will. */
static enum pl_status
look_at_runs(struct pl_ctx *ctx, struct pl_health_report *report)
{
	char newest[PL_ID_LEN + 1] = "";
	int64_t count = 0;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT id FROM (SELECT id, started_at, end_reason FROM execution"
	    "  WHERE started_at >= :now - 86400 ORDER BY started_at DESC, id LIMIT 10000) WHERE end_reason = 'Unknown'"
	    " UNION ALL SELECT id FROM (SELECT e.id FROM execution e WHERE " SQL_LOST " LIMIT 10000)");
	pl_op_offer_facts(&q);
	while (pl_stmt_step(&q)) {
		if (count++ == 0)
			pl_text_copy(newest, sizeof(newest), text_of(&q, 0));
	}
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	say(report, PL_HEALTH_RUNS_UNKNOWN, count,
	    &(struct words){ newest, "nobody knows the end of run ", "", "the end of each run is known" });
	return PL_OK;
}

static enum pl_status
look_at_rows(struct pl_ctx *ctx, struct pl_health_report *report)
{
	static enum pl_status (*const looks[])(struct pl_ctx *ctx, struct pl_health_report *report) = {
		look_at_pending, look_at_queue, look_at_failed, look_at_exclusions, look_at_runs,
		pl_health_look_at_notes,
	};
	enum pl_status st;
	size_t i;

	st = pl_op_begin_read(ctx, "Get-ElevatedAccessStatus", NULL);
	if (st != PL_OK)
		return st;
	st = pl_require_see_all(ctx);
	if (st == PL_OK)
		say_control(ctx, report);
	for (i = 0; i < sizeof(looks) / sizeof(looks[0]) && st == PL_OK; i++)
		st = looks[i](ctx, report);
	return pl_op_end(ctx, st);
}

/* Broken or not, it is known. */
static enum pl_status
look_at_chain(struct pl_ctx *ctx, struct pl_health_report *report)
{
	struct pl_audit_check chain;
	enum pl_status st;
	struct pl_buf text;

	st = pl_audit_verify_newest(ctx, &chain);
	pl_buf_init(&text);
	if (st == PL_OK && !chain.valid)
		pl_audit_check_say(&chain, &text);
	if (st == PL_OK && chain.valid)
		pl_health_say(report, PL_HEALTH_CHAIN, 0, "the newest %" PRId64 " records of the audit log are whole",
		    chain.records);
	else if (st == PL_OK)
		pl_health_say(report, PL_HEALTH_CHAIN, 1, "%s", text.len > 0 ? text.text : "the audit log is broken");
	pl_buf_clear(&text);
	pl_row_clear(&pl_audit_check_noun, &chain);
	return st;
}

enum pl_status
pl_health_gather(struct pl_ctx *ctx, struct pl_health_report *report)
{
	enum pl_status st;

	pl_store_patience(ctx, PL_HEALTH_PATIENCE_MS);
	st = look_at_rows(ctx, report);
	if (st == PL_OK)
		st = look_at_chain(ctx, report);
	if (st == PL_OK)
		pl_health_look_at_host(ctx, report);
	return st;
}
