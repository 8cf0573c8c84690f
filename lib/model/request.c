/* request.c - requests as objects: finding, listing, waiting for one */

#include <string.h>

#include "pamlite/request.h"

#include "pamlite/chain.h"
#include "pamlite/list.h"
#include "pamlite/notification.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"

#include "model/request_internal.h"
#include "model/sql.h"

enum { LOOK_AGAIN_MS = 5000 };

const char *const pl_request_states[] = { "Pending", "Approved", "Denied", "Expired", "Canceled", NULL };
const char *const pl_request_final_states[] = { "Approved", "Denied", "Expired", "Canceled", NULL };

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) PL_COLUMN(struct pl_request, NAME, TYPE, member, SQL, FLAGS, HELP)
#define DECIDERS(verdict) "(SELECT group_concat(principal || char(10), '') FROM (SELECT principal FROM decision" \
	" WHERE request_id = r.id AND verdict = " verdict " ORDER BY decided_at, principal))"

static const struct pl_column columns[] = {
	COL("Identity", TEXT, identity, "r.id", PL_COL_TABLE | PL_COL_ID | PL_COL_EXACT, "id of the request, a UUID"),
	COL("RequestorUPN", TEXT, requestor, SQL_UPN("r.requestor"), PL_COL_TABLE | PL_COL_ACCOUNT,
	    "who asks; with the domain where the control has one"),
	COL("Service", TEXT, service, "substr(r.access, 1, instr(r.access, '\\') - 1)", 0,
	    "the scope of what is asked for"),
	COL("RequestedAccess", TEXT, access, "r.access", PL_COL_TABLE,
	    "the task, role or role group, as Scope\\Name"),
	COL("RequestStatus", TEXT, state, SQL_REQUEST_STATE, PL_COL_TABLE,
	    "Pending, Approved, Denied, Expired or Canceled"),
	COL("Context", TEXT, context, "r.context", 0,
	    "where it belongs, as the requestor says; null if nothing was said"),
	COL("Reason", TEXT, reason, "r.reason", 0, "why, as the requestor says"),
	COL("Type", TEXT, type, "r.type", 0, "Task, Role or RoleGroup"),
	COL("DurationHours", HOURS, duration_s, "r.duration_s", PL_COL_TABLE, "how long the grant lasts, in hours"),
	COL("Parameters", MAP, parameters, "r.parameters", 0,
	    "names and values of the task's parameters; null without"),
	COL("Ticket", TEXT, ticket, "r.ticket", 0, "ticket that it is for; null without"),
	COL("ApproverGroup", TEXT, approver_group, "CASE WHEN p.id IS NOT NULL THEN"
	    " (SELECT name FROM approver_group WHERE id = " SQL_APPROVER_GROUP ") END", 0,
	    "the group that decides; null when the policy is gone"),
	COL("Approvals", LIST, approvals, DECIDERS("'Approved'"), 0, "who has approved so far, in the order of time"),
	COL("ApprovalsNeeded", INT, approvals_needed,
	    "CASE p.approval_type WHEN 'Auto' THEN 0 ELSE p.min_approvals END", 0,
	    "how many approvals the policy demands; 0 under an Auto policy, null when it is gone"),
	COL("DecidedBy", LIST, decided_by,
	    "CASE WHEN r.state IN ('Approved', 'Denied') THEN " DECIDERS("r.state") " END", 0,
	    "whose approvals or denial made it Approved or Denied; empty before, and under an Auto policy"),
	COL("DecisionComment", TEXT, decision_comment,
	    "CASE WHEN r.state IN ('Approved', 'Denied') THEN (SELECT comment"
	    " FROM decision WHERE request_id = r.id AND verdict = r.state ORDER BY decided_at DESC, principal LIMIT 1)"
	    " END", 0,
	    "comment of the last who decided; null without"),
	COL("DecisionDateTimeUtc", TIME, decided_at,
	    "CASE WHEN r.state IN ('Approved', 'Denied') THEN r.decided_at END", 0,
	    "when it became Approved or Denied; null before"),
	COL("StartTimeUtc", TIME, start_at, "r.start_at", 0,
	    "when the grant is to begin; null for the moment of the approval"),
	COL("ExpirationDateTimeUtc", TIME, expires_at, "r.expires_at", 0, "until when it can be decided"),
	COL("AuthorizationIdentity", TEXT, authorization,
	    "(SELECT a.id FROM authorization a WHERE a.request_id = r.id)", PL_COL_EXACT,
	    "id of the grant; null until it is approved"),
	COL("PolicyIdentity", TEXT, policy, "r.policy_id", PL_COL_EXACT, "id of the policy that it was asked under"),
	/* Whatever an approver decides about: the request, its policy, its task. */
	COL("Version", TEXT, version, "r.revision || '-' || coalesce(substr(p.digest, 1, 16), 'none') || '-' ||"
	    " coalesce((SELECT substr(t.digest, 1, 16) FROM task t WHERE t.name = r.access), 'none')", 0,
	    "changes with whatever an approver decides about: the request, its policy and its task"),
	COL("DateCreatedUtc", TIME, created_at, "r.created_at", PL_COL_TABLE | PL_COL_INDEXED, "when it was asked"),
	COL("DateUpdatedUtc", TIME, updated_at, "r.updated_at", 0, "when it was changed last"),
	{ 0 }
};

const struct pl_noun pl_request_noun = {
	.name = "Request",
	.columns = columns,
	.row_size = sizeof(struct pl_request),
	.from = "request r LEFT JOIN policy p ON p.id = r.policy_id",
	.base = "request r",
	.visible = SQL_REQUEST_VISIBLE,
	.newest = "DateCreatedUtc",
};

enum pl_status
pl_request_expire(struct pl_ctx *ctx, const char *id, bool *done)
{
	struct pl_record r;
	struct pl_stmt q;
	enum pl_status st;

	pl_stmt_open(&q, ctx, "UPDATE request SET state = 'Expired', decided_at = expires_at, updated_at = :now"
	    " WHERE id = :id AND state = 'Pending' AND expires_at <= :now");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	*done = pl_stmt_run(&q) == 1;
	st = pl_stmt_close(&q);
	if (st == PL_OK && *done)
		st = pl_notify_request(ctx, PL_MESSAGE_EXPIRED, id);
	if (st != PL_OK || !*done)
		return st;
	pl_record_init(&r, "Expire-ElevatedAccessRequest", PL_RECORD_MAINTENANCE, id);
	pl_record_text(&r, "RequestStatus", "Expired");
	st = pl_audit_append(ctx, &r);
	pl_record_clear(&r);
	return st;
}

/*
 * Expired is written, so that it stays if the clock goes back: by the first
 * operation that meets it, before anything else of that operation.
 */
static enum pl_status
expire(struct pl_ctx *ctx, const char *id)
{
	bool done = false;
	enum pl_status st = PL_OK;

	if (ctx->operation->writes && !ctx->what_if)
		st = pl_request_expire(ctx, id, &done);
	if (done)
		pl_op_keep(ctx);
	return st;
}

enum pl_status
pl_request_find(struct pl_ctx *ctx, const char *id, struct pl_request *out)
{
	enum pl_status st = pl_find(ctx, &pl_request_noun, id, out);

	if (st == PL_OK && strcmp(out->state, "Expired") == 0)
		return expire(ctx, id);
	if (st != PL_E_NOT_FOUND)
		return st;
	pl_fail(ctx, PL_ERR_REQUEST_NOT_FOUND, "there is no request '%s', or you may not see it", id);
	return pl_target(ctx, id);
}

enum pl_status
pl_request_not_pending(struct pl_ctx *ctx, const struct pl_request *r)
{
	struct pl_buf who;
	struct pl_item it;
	const char *at = r->decided_by;

	if (strcmp(r->state, "Approved") != 0 && strcmp(r->state, "Denied") != 0) {
		pl_fail(ctx, PL_ERR_NOT_PENDING, "request %s is not pending: it is %s", r->identity, r->state);
		return pl_target(ctx, r->identity);
	}
	pl_buf_init(&who);
	while (pl_list_next(&at, &it))
		pl_buf_printf(&who, "%s%.*s", who.len > 0 ? ", " : "", (int)it.len, it.text);
	pl_fail(ctx, PL_ERR_NOT_PENDING, "request %s is not pending: it was %s by %s", r->identity,
	    strcmp(r->state, "Denied") == 0 ? "denied" : "approved", who.len > 0 ? who.text : "its policy");
	pl_buf_clear(&who);
	return pl_target(ctx, r->identity);
}

enum pl_status
pl_request_check_duration(struct pl_ctx *ctx, const char *access, int64_t duration_s, int64_t maximum_s)
{
	struct pl_buf b;

	if (maximum_s == PL_NULL || duration_s <= maximum_s)
		return PL_OK;
	pl_buf_init(&b);
	pl_hours_format(&b, maximum_s);
	pl_fail(ctx, PL_ERR_DURATION_EXCEEDED, "the policy for '%s' allows at most %s hour%s", access, b.text,
	    maximum_s == PL_HOUR_S ? "" : "s");
	pl_buf_clear(&b);
	return pl_target(ctx, access);
}

static enum pl_status
look(struct pl_ctx *ctx, const char *id, struct pl_request *out)
{
	enum pl_status st;

	pl_row_init(&pl_request_noun, out);
	st = pl_op_begin_read(ctx, "Wait-ElevatedAccessRequest", id);
	return st == PL_OK ? pl_op_end(ctx, pl_request_find(ctx, id, out)) : st;
}

/* Sleep until something may have happened: a change, the expiry, the end of the wait. */
static void
sleep_until_change(struct pl_ctx *ctx, const struct pl_request *r, int64_t deadline_ms)
{
	int64_t ms = LOOK_AGAIN_MS, expiry_ms = (r->expires_at - ctx->clock.now) * 1000;

	if (expiry_ms < ms)
		ms = expiry_ms;
	if (deadline_ms != 0 && deadline_ms - ctx->clock.boot_time_ms < ms)
		ms = deadline_ms - ctx->clock.boot_time_ms;
	if (ms > 0)
		pl_store_wait(ctx, (int)ms);
}

enum pl_status
pl_request_wait(struct pl_ctx *ctx, const struct pl_wait_spec *spec, struct pl_request *out)
{
	const char *wanted = spec->state != NULL ? spec->state : "Approved";
	int64_t deadline_ms = 0;
	enum pl_status st;

	for (;;) {
		st = look(ctx, spec->request, out);
		if (st != PL_OK || strcmp(out->state, wanted) == 0)
			return st;
		if (strcmp(out->state, "Pending") != 0)
			return PL_FALSE;
		if (deadline_ms == 0 && spec->timeout_s != 0)
			deadline_ms = ctx->clock.boot_time_ms + spec->timeout_s * 1000;
		if (deadline_ms != 0 && ctx->clock.boot_time_ms >= deadline_ms)
			break;
		sleep_until_change(ctx, out, deadline_ms);
		pl_row_clear(&pl_request_noun, out);
	}
	pl_fail(ctx, PL_ERR_WAIT_TIMEOUT, "request %s is still pending after %lld second%s", out->identity,
	    (long long)spec->timeout_s, spec->timeout_s == 1 ? "" : "s");
	return pl_target(ctx, out->identity);
}

enum pl_status
pl_request_list(struct pl_ctx *ctx, const struct pl_request_filter *filter, pl_row_fn *each, void *arg)
{
	static const char *const names[] = { "Identity", NULL };
	const struct pl_named named = { &pl_request_noun, names, filter->identity, PL_ERR_REQUEST_NOT_FOUND };
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_request_noun);
	pl_query_name(&q, names, filter->identity);
	if (filter->state != NULL) {
		if (strcmp(filter->state, "Pending") == 0)
			pl_query_where(&q, "r.state = 'Pending'");   /* says again what an index knows */
		pl_query_compare(&q, "RequestStatus", "=", filter->state);
	}
	if (filter->mine)
		pl_query_where(&q, SQL_REQUESTED_BY_ME);
	if (filter->to_approve)
		pl_query_where(&q, "r.state = 'Pending' AND r.expires_at > :now AND " SQL_MAY_DECIDE
		    " AND NOT " SQL_IS_SAME_PERSON("r.requestor", "r.requestor_uid", "r.requestor_login_uid",
		    "r.asserted")
		    " AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.request_id = r.id AND"
		    " " SQL_IS_SAME_PERSON("d.principal", "d.uid", "d.login_uid", "d.asserted") ")");
	if (filter->created_after != 0)
		pl_query_compare_int(&q, "DateCreatedUtc", ">=", filter->created_after);
	q.selective = q.selective || filter->mine || filter->to_approve;
	return pl_query_get(&q, "Get-ElevatedAccessRequest", &named, each, arg);
}
