/* request.c - requests: asking, changing, withdrawing, listing, waiting */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/request.h"

#include "pamlite/audit.h"
#include "pamlite/group.h"
#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/policy.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"
#include "pamlite/typed.h"
#include "pamlite/uuid.h"

#include "model/request_internal.h"
#include "model/sql.h"

enum { START_TOLERANCE_S = 300, LOOK_AGAIN_MS = 5000 };

const char *const pl_request_states[] = { "Pending", "Approved", "Denied", "Expired", "Canceled", NULL };
const char *const pl_request_final_states[] = { "Approved", "Denied", "Expired", "Canceled", NULL };

#define COL(NAME, TYPE, member, SQL, FLAGS) PL_COLUMN(struct pl_request, NAME, TYPE, member, SQL, FLAGS)
#define DECIDERS(verdict) "(SELECT group_concat(principal || char(10), '') FROM (SELECT principal FROM decision" \
	" WHERE request_id = r.id AND verdict = " verdict " ORDER BY decided_at, principal))"

static const struct pl_column columns[] = {
	COL("Identity", TEXT, identity, "r.id", PL_COL_TABLE | PL_COL_ID | PL_COL_EXACT),
	COL("RequestorUPN", TEXT, requestor, SQL_UPN("r.requestor"), PL_COL_TABLE | PL_COL_ACCOUNT),
	COL("Service", TEXT, service, "substr(r.access, 1, instr(r.access, '\\') - 1)", 0),
	COL("RequestedAccess", TEXT, access, "r.access", PL_COL_TABLE),
	COL("RequestStatus", TEXT, state, SQL_REQUEST_STATE, PL_COL_TABLE),
	COL("Context", TEXT, context, "r.context", 0),
	COL("Reason", TEXT, reason, "r.reason", 0),
	COL("Type", TEXT, type, "r.type", 0),
	COL("DurationHours", HOURS, duration_s, "r.duration_s", PL_COL_TABLE),
	COL("Parameters", MAP, parameters, "r.parameters", 0),
	COL("Ticket", TEXT, ticket, "r.ticket", 0),
	COL("ApproverGroup", TEXT, approver_group, "CASE WHEN p.id IS NOT NULL THEN"
	    " (SELECT name FROM approver_group WHERE id = " SQL_APPROVER_GROUP ") END", 0),
	COL("Approvals", LIST, approvals, DECIDERS("'Approved'"), 0),
	COL("ApprovalsNeeded", INT, approvals_needed,
	    "CASE p.approval_type WHEN 'Auto' THEN 0 ELSE p.min_approvals END", 0),
	COL("DecidedBy", LIST, decided_by,
	    "CASE WHEN r.state IN ('Approved', 'Denied') THEN " DECIDERS("r.state") " END", 0),
	COL("DecisionComment", TEXT, decision_comment,
	    "CASE WHEN r.state IN ('Approved', 'Denied') THEN (SELECT comment"
	    " FROM decision WHERE request_id = r.id AND verdict = r.state ORDER BY decided_at DESC, principal LIMIT 1)"
	    " END", 0),
	COL("DecisionDateTimeUtc", TIME, decided_at,
	    "CASE WHEN r.state IN ('Approved', 'Denied') THEN r.decided_at END", 0),
	COL("StartTimeUtc", TIME, start_at, "r.start_at", 0),
	COL("ExpirationDateTimeUtc", TIME, expires_at, "r.expires_at", 0),
	COL("AuthorizationIdentity", TEXT, authorization,
	    "(SELECT a.id FROM authorization a WHERE a.request_id = r.id)", PL_COL_EXACT),
	COL("PolicyIdentity", TEXT, policy, "r.policy_id", PL_COL_EXACT),
	/* Whatever an approver decides about: the request, its policy, its task. */
	COL("Version", TEXT, version, "r.revision || '-' || coalesce(substr(p.digest, 1, 16), 'none') || '-' ||"
	    " coalesce((SELECT substr(t.digest, 1, 16) FROM task t WHERE t.name = r.access), 'none')", 0),
	COL("DateCreatedUtc", TIME, created_at, "r.created_at", PL_COL_TABLE | PL_COL_INDEXED),
	COL("DateUpdatedUtc", TIME, updated_at, "r.updated_at", 0),
	{ 0 }
};

const struct pl_noun pl_request_noun = {
	.name = "Request",
	.columns = columns,
	.row_size = sizeof(struct pl_request),
	.from = "request r LEFT JOIN policy p ON p.id = r.policy_id",
	.visible = ":all OR " SQL_IS_ME("r.requestor") " OR " SQL_MAY_DECIDE,
	.newest = "DateCreatedUtc",
};

enum pl_status
pl_request_find(struct pl_ctx *ctx, const char *id, struct pl_request *out)
{
	enum pl_status st = pl_find(ctx, &pl_request_noun, id, out);

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

/* Everything that is stored of a new request beside the caller. */
struct draft {
	char id[PL_ID_LEN + 1];
	const char *type, *access;
	int64_t duration_s;
	struct pl_buf parameters;
	bool parametrised;
};

static const char *
spec_access(const struct pl_request_spec *spec)
{
	return spec->task != NULL ? spec->task : spec->role != NULL ? spec->role : spec->role_group;
}

/* A retry whose first answer was lost gets the request that was made then. */
static enum pl_status
find_by_token(struct pl_ctx *ctx, const char *token, char id[PL_ID_LEN + 1])
{
	struct pl_stmt q;

	id[0] = '\0';
	if (token == NULL)
		return PL_OK;
	pl_stmt_open(&q, ctx, "SELECT id FROM request WHERE requestor = :me AND client_token = :token");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":token", token);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL)
		snprintf(id, PL_ID_LEN + 1, "%s", pl_stmt_text(&q, 0));
	return pl_stmt_close(&q);
}

static enum pl_status
find_policy(struct pl_ctx *ctx, const struct draft *d, struct pl_policy *policy)
{
	enum pl_status st = pl_policy_of_access(ctx, d->access, policy);

	if (st != PL_OK && st != PL_E_NOT_FOUND)
		return st;
	if (st == PL_OK && strcmp(policy->type, d->type) == 0)
		return PL_OK;
	pl_fail(ctx, PL_ERR_POLICY_NOT_FOUND, "no approval policy covers %s '%s', or you may not see it", d->type,
	    d->access);
	pl_target(ctx, d->access);
	return pl_hint(ctx, "get-elevated-access-approval-policy lists what can be requested");
}

static enum pl_status
check_eligible(struct pl_ctx *ctx, const struct pl_policy *policy)
{
	struct pl_stmt q;
	bool eligible;

	pl_stmt_open(&q, ctx, "SELECT 1 FROM policy p WHERE p.id = :id AND"
	    " (p.eligible_group IS NULL OR p.eligible_group IN " SQL_MY_GROUPS ")");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", policy->identity);
	eligible = pl_stmt_step(&q);
	if (pl_stmt_close(&q) != PL_OK || eligible)
		return q.status;
	pl_fail(ctx, PL_ERR_NOT_ELIGIBLE, "%s may not request '%s': only members of %s may", ctx->caller.name,
	    policy->access, policy->eligible_group);
	return pl_target(ctx, policy->access);
}

enum pl_status
pl_request_check_duration(struct pl_ctx *ctx, const char *access, int64_t duration_s, int64_t maximum_s)
{
	struct pl_buf b;

	if (maximum_s == PL_NULL || duration_s <= maximum_s)
		return PL_OK;
	pl_buf_init(&b);
	pl_hours_format(&b, maximum_s);
	pl_fail(ctx, PL_ERR_DURATION_EXCEEDED, "the policy for '%s' allows at most %s hours", access, b.text);
	pl_buf_clear(&b);
	return pl_target(ctx, access);
}

static enum pl_status
choose_duration(struct pl_ctx *ctx, const struct pl_request_spec *spec, const struct pl_policy *policy, struct draft *d)
{
	struct pl_stmt q;

	d->duration_s = spec->duration_s;
	if (d->duration_s != 0)
		return pl_request_check_duration(ctx, d->access, d->duration_s, policy->max_duration_s);
	pl_stmt_open(&q, ctx, "SELECT default_duration_s FROM control");
	if (pl_stmt_step(&q))
		d->duration_s = pl_stmt_int(&q, 0);
	if (policy->max_duration_s != PL_NULL && policy->max_duration_s < d->duration_s)
		d->duration_s = policy->max_duration_s;
	return pl_stmt_close(&q);
}

static enum pl_status
parameter_failure(struct pl_ctx *ctx, const char *access, const char *why)
{
	pl_fail(ctx, PL_ERR_PARAMETER_INVALID, "'%s': %s", access, why);
	return pl_target(ctx, access);
}

/*
 * What a registered task declares is checked and put into its order; what is
 * not registered takes any parameters, since another program will read them.
 */
static enum pl_status
bind_parameters(struct pl_ctx *ctx, const struct pl_request_spec *spec, const struct pl_policy *policy, struct draft *d)
{
	const char *declared = NULL;
	struct pl_buf why;
	struct pl_stmt q;
	bool registered;

	d->parametrised = pl_list_count(spec->parameters) > 0;
	if (strcmp(d->type, "Task") != 0)
		return d->parametrised ? parameter_failure(ctx, d->access, "a role takes no parameters") : PL_OK;
	pl_stmt_open(&q, ctx, "SELECT coalesce(parameters, '') FROM task WHERE name = :name");
	pl_stmt_bind_text(&q, ":name", d->access);
	registered = pl_stmt_step(&q) && (declared = pl_stmt_text(&q, 0)) != NULL;
	pl_buf_init(&why);
	if (!registered)
		pl_buf_text(&d->parameters, spec->parameters);
	else if (!pl_typed_bind(declared, spec->parameters, policy->bind_parameters, &d->parameters, &why))
		pl_stmt_fail(&q, parameter_failure(ctx, d->access, why.text));
	pl_buf_clear(&why);
	if (pl_buf_failed(&d->parameters))
		pl_stmt_fail(&q, pl_fail_memory(ctx));
	return pl_stmt_close(&q);
}

static enum pl_status
check_not_pending(struct pl_ctx *ctx, const struct draft *d)
{
	struct pl_stmt q;
	int64_t count = 0;

	pl_stmt_open(&q, ctx, "SELECT id FROM request WHERE requestor = :me AND access = :access AND state = 'Pending'"
	    " AND expires_at > :now AND coalesce(parameters, '') = :parameters");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":access", d->access);
	pl_stmt_bind_text(&q, ":parameters", d->parameters.text);
	if (pl_stmt_step(&q)) {
		pl_fail(ctx, PL_ERR_REQUEST_EXISTS, "%s has a pending request for '%s' already: %s", ctx->caller.name,
		    d->access, pl_stmt_text(&q, 0));
		pl_stmt_fail(&q, pl_target(ctx, pl_stmt_text(&q, 0)));
	}
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	pl_stmt_open(&q, ctx,
	    "SELECT count(*) FROM request WHERE requestor = :me AND state = 'Pending' AND expires_at > :now");
	pl_op_offer_facts(&q);
	if (pl_stmt_step(&q))
		count = pl_stmt_int(&q, 0);
	if (pl_stmt_close(&q) != PL_OK || count < PL_REQUESTS_PENDING_MAX)
		return q.status;
	pl_fail(ctx, PL_ERR_TOO_MANY_REQUESTS, "%s has %d pending requests, which is the limit", ctx->caller.name,
	    PL_REQUESTS_PENDING_MAX);
	return pl_hint(ctx, "withdraw one with: stop-elevated-access-request ID");
}

/* The requestor never counts; a Unix group counts as somebody. */
static enum pl_status
check_approvers(struct pl_ctx *ctx, const struct pl_policy *policy)
{
	char group[PL_ID_LEN + 1] = "";
	int64_t others = 0;
	struct pl_stmt q;
	enum pl_status st;

	pl_stmt_open(&q, ctx, "SELECT coalesce(" SQL_APPROVER_GROUP ", '') FROM policy p WHERE p.id = :id");
	pl_stmt_bind_text(&q, ":id", policy->identity);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL)
		snprintf(group, sizeof(group), "%s", pl_stmt_text(&q, 0));
	st = pl_stmt_close(&q);
	if (st == PL_OK && group[0] != '\0')
		st = pl_group_others(ctx, group, pl_op_rights(ctx)->me, &others);
	if (st != PL_OK || others >= policy->min_approvals)
		return st;
	pl_fail(ctx, PL_ERR_NO_APPROVER, "nobody could approve a request of %s for '%s': %lld of %lld approvers",
	    ctx->caller.name, policy->access, (long long)others, (long long)policy->min_approvals);
	pl_target(ctx, policy->access);
	return pl_hint(ctx, "an administrator adds approvers with: set-elevated-access-approver-group %s -AddMember"
	    " NAME", policy->approver_group != NULL ? policy->approver_group : "GROUP");
}

static enum pl_status
insert(struct pl_ctx *ctx, const struct pl_request_spec *spec, const struct pl_policy *policy, const struct draft *d,
    const char *state)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "INSERT INTO request (id, requestor, requestor_uid, requestor_login_uid, asserted, type, access, policy_id,"
	    " state, context, reason, duration_s, parameters, ticket, client_token, start_at, created_at, updated_at,"
	    " expires_at, decided_at)"
	    " SELECT :id, :me, :uid, :login_uid, :asserted, :type, :access, :policy, :state, :context, :reason,"
	    " :duration, :parameters, :ticket, :token, :start, :now, :now, :now + request_lifetime_s,"
	    " CASE :state WHEN 'Pending' THEN NULL ELSE :now END FROM control");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", d->id);
	pl_stmt_bind_int(&q, ":login_uid", ctx->caller.login_uid == PL_LOGIN_UNSET ? PL_NULL : ctx->caller.login_uid);
	pl_stmt_bind_text(&q, ":type", d->type);
	pl_stmt_bind_text(&q, ":access", policy->access);
	pl_stmt_bind_text(&q, ":policy", policy->identity);
	pl_stmt_bind_text(&q, ":state", state);
	pl_stmt_bind_text(&q, ":context", spec->context);
	pl_stmt_bind_text(&q, ":reason", spec->reason);
	pl_stmt_bind_int(&q, ":duration", d->duration_s);
	pl_stmt_bind_text(&q, ":parameters", d->parameters.len > 0 ? d->parameters.text : NULL);
	pl_stmt_bind_text(&q, ":ticket", spec->ticket);
	pl_stmt_bind_text(&q, ":token", spec->client_token);
	pl_stmt_bind_int(&q, ":start", spec->start_at != 0 ? spec->start_at : PL_NULL);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static void
record_draft(struct pl_record *r, const struct pl_request_spec *spec, const struct pl_policy *policy,
    const struct draft *d, const char *state)
{
	pl_record_object(r, d->id);
	pl_record_text(r, "RequestStatus", state);
	pl_record_text(r, "PolicyIdentity", policy->identity);
	pl_record_hours(r, "DurationHours", d->duration_s);
	pl_record_map(r, "Parameters", d->parameters.len > 0 ? d->parameters.text : NULL);
	pl_record_time(r, "StartTimeUtc", spec->start_at != 0 ? spec->start_at : PL_NULL);
}

static enum pl_status
check_rules(struct pl_ctx *ctx, const struct pl_request_spec *spec, const struct pl_policy *policy, struct draft *d)
{
	enum pl_status st = check_eligible(ctx, policy);

	if (st == PL_OK)
		st = choose_duration(ctx, spec, policy, d);
	if (st == PL_OK && policy->require_ticket && (spec->ticket == NULL || spec->ticket[0] == '\0')) {
		pl_fail(ctx, PL_ERR_TICKET_REQUIRED, "a request for '%s' needs a -Ticket", d->access);
		st = pl_target(ctx, d->access);
	}
	if (st == PL_OK && spec->start_at != 0 && spec->start_at < ctx->clock.now - START_TOLERANCE_S)
		st = pl_fail(ctx, PL_ERR_TIME_PAST, "StartTimeUtc lies in the past");
	if (st == PL_OK)
		st = bind_parameters(ctx, spec, policy, d);
	if (st == PL_OK)
		st = check_not_pending(ctx, d);
	return st;
}

static enum pl_status
submit_draft(struct pl_ctx *ctx, const struct pl_request_spec *spec, const struct pl_policy *policy, struct draft *d)
{
	bool automatic = strcmp(policy->approval_type, "Auto") == 0;
	const char *state = automatic ? "Approved" : "Pending";
	char grant[PL_ID_LEN + 1];
	enum pl_status st;

	st = check_rules(ctx, spec, policy, d);
	if (st == PL_OK && !automatic)
		st = check_approvers(ctx, policy);
	if (st != PL_OK)
		return st;
	pl_uuid_make(d->id);
	record_draft(pl_op_record(ctx), spec, policy, d, state);
	st = insert(ctx, spec, policy, d, state);
	if (st == PL_OK && automatic)
		st = pl_authorization_grant(ctx, d->id, "Auto", grant);
	return st;
}

static enum pl_status
submit(struct pl_ctx *ctx, const struct pl_request_spec *spec, struct pl_request *out)
{
	struct draft d = {
		.type = spec->task != NULL ? "Task" : spec->role != NULL ? "Role" : "RoleGroup",
		.access = spec_access(spec),
	};
	struct pl_record *r = pl_op_record(ctx);
	struct pl_policy policy;
	enum pl_status st;

	pl_record_text(r, "Type", d.type);
	pl_record_text(r, "RequestedAccess", d.access);
	pl_record_text(r, "Reason", spec->reason);
	pl_record_text(r, "Context", spec->context);
	pl_record_text(r, "Ticket", spec->ticket);
	pl_record_text(r, "ClientToken", spec->client_token);
	st = pl_require_enabled(ctx);
	if (st == PL_OK)
		st = find_by_token(ctx, spec->client_token, d.id);
	if (st != PL_OK)
		return st;
	if (d.id[0] != '\0') {
		pl_op_nothing_done(ctx);
		return pl_find_any(ctx, &pl_request_noun, d.id, out);
	}
	pl_buf_init(&d.parameters);
	st = find_policy(ctx, &d, &policy);
	if (st == PL_OK)
		st = submit_draft(ctx, spec, &policy, &d);
	pl_row_clear(&pl_policy_noun, &policy);
	pl_buf_clear(&d.parameters);
	return st == PL_OK ? pl_find_any(ctx, &pl_request_noun, d.id, out) : st;
}

enum pl_status
pl_request_submit(struct pl_ctx *ctx, const struct pl_request_spec *spec, struct pl_request *out)
{
	struct pl_wait_spec wait = { .timeout_s = spec->timeout_s };
	enum pl_status st;

	pl_row_init(&pl_request_noun, out);
	st = pl_op_begin(ctx, "New-ElevatedAccessRequest", PL_RECORD_REQUEST, spec_access(spec));
	if (st == PL_OK)
		st = pl_op_end(ctx, submit(ctx, spec, out));
	if (st != PL_OK || !spec->wait || ctx->what_if)
		return st;
	wait.request = strdup(out->identity);
	pl_row_clear(&pl_request_noun, out);
	st = wait.request != NULL ? pl_request_wait(ctx, &wait, out) : pl_fail_memory(ctx);
	free(wait.request);
	return st;
}

/* Is the request the caller's own? */
static enum pl_status
check_own(struct pl_ctx *ctx, const char *id)
{
	struct pl_stmt q;
	bool own;

	pl_stmt_open(&q, ctx, "SELECT 1 FROM request r WHERE r.id = :id AND " SQL_IS_ME("r.requestor")
	    " AND (r.asserted OR :asserted OR r.requestor_uid = :uid)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	own = pl_stmt_step(&q);
	if (pl_stmt_close(&q) != PL_OK || own)
		return q.status;
	pl_fail(ctx, PL_ERR_NOT_REQUESTOR, "request %s is not a request of %s", id, ctx->caller.name);
	return pl_target(ctx, id);
}

/* Find it, see that it is the caller's and pending; the record gets its id. */
static enum pl_status
find_own_pending(struct pl_ctx *ctx, const char *id, struct pl_request *out)
{
	enum pl_status st = pl_request_find(ctx, id, out);

	if (st != PL_OK)
		return st;
	pl_record_object(pl_op_record(ctx), out->identity);
	st = check_own(ctx, out->identity);
	if (st == PL_OK && strcmp(out->state, "Pending") != 0)
		st = pl_request_not_pending(ctx, out);
	return st;
}

/* Approvals were given to what the request said before. */
static enum pl_status
void_approvals(struct pl_ctx *ctx, const char *id)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "DELETE FROM decision WHERE request_id = :id");
	pl_stmt_bind_text(&q, ":id", id);
	pl_record_int(pl_op_record(ctx), "VoidedApprovals", pl_stmt_run(&q));
	return pl_stmt_close(&q);
}

static enum pl_status
check_change(struct pl_ctx *ctx, const struct pl_request_change *spec, const struct pl_request *old)
{
	struct pl_policy policy;
	enum pl_status st;

	if (spec->reason == NULL && spec->ticket == NULL && spec->duration_s == 0)
		return pl_fail(ctx, PL_ERR_NOTHING_TO_CHANGE, "nothing to change in request %s", old->identity);
	st = pl_find_any(ctx, &pl_policy_noun, old->policy, &policy);
	if (st == PL_OK && spec->duration_s != 0)
		st = pl_request_check_duration(ctx, old->access, spec->duration_s, policy.max_duration_s);
	if (st == PL_OK && policy.require_ticket && spec->ticket != NULL && spec->ticket[0] == '\0')
		st = pl_fail(ctx, PL_ERR_TICKET_REQUIRED, "a request for '%s' needs a -Ticket", old->access);
	pl_row_clear(&pl_policy_noun, &policy);
	return st;
}

static enum pl_status
change(struct pl_ctx *ctx, const struct pl_request_change *spec, struct pl_request *out)
{
	struct pl_record *r = pl_op_record(ctx);
	char id[PL_ID_LEN + 1];
	struct pl_stmt q;
	enum pl_status st;

	pl_record_text(r, "Reason", spec->reason);
	pl_record_text(r, "Ticket", spec->ticket);
	pl_record_hours(r, "DurationHours", spec->duration_s != 0 ? spec->duration_s : PL_NULL);
	st = pl_require_enabled(ctx);
	if (st == PL_OK)
		st = find_own_pending(ctx, spec->request, out);
	if (st == PL_OK)
		st = check_change(ctx, spec, out);
	if (st != PL_OK)
		return st;
	snprintf(id, sizeof(id), "%s", out->identity);
	pl_stmt_open(&q, ctx,
	    "UPDATE request SET reason = coalesce(:reason, reason), ticket = nullif(coalesce(:ticket, ticket), ''),"
	    " duration_s = coalesce(:duration, duration_s), revision = revision + 1, updated_at = :now"
	    " WHERE id = :id AND state = 'Pending' AND expires_at > :now");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":reason", spec->reason);
	pl_stmt_bind_text(&q, ":ticket", spec->ticket);
	pl_stmt_bind_int(&q, ":duration", spec->duration_s != 0 ? spec->duration_s : PL_NULL);
	if (pl_stmt_run(&q) != 1)
		pl_stmt_fail(&q, pl_request_not_pending(ctx, out));
	st = pl_stmt_close(&q);
	if (st == PL_OK)
		st = void_approvals(ctx, id);
	pl_row_clear(&pl_request_noun, out);
	return st == PL_OK ? pl_find_any(ctx, &pl_request_noun, id, out) : st;
}

enum pl_status
pl_request_change(struct pl_ctx *ctx, const struct pl_request_change *spec, struct pl_request *out)
{
	enum pl_status st;

	pl_row_init(&pl_request_noun, out);
	st = pl_op_begin(ctx, "Set-ElevatedAccessRequest", PL_RECORD_REQUEST, spec->request);
	return st == PL_OK ? pl_op_end(ctx, change(ctx, spec, out)) : st;
}

static enum pl_status
cancel(struct pl_ctx *ctx, const char *id, bool *done)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "UPDATE request SET state = 'Canceled', decided_at = :now, updated_at = :now"
	    " WHERE id = :id AND state = 'Pending' AND expires_at > :now");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	*done = pl_stmt_run(&q) == 1;
	return pl_stmt_close(&q);
}

static enum pl_status
withdraw(struct pl_ctx *ctx, const struct pl_withdrawal_spec *spec, struct pl_request *out)
{
	char id[PL_ID_LEN + 1];
	enum pl_status st;
	bool done = false;

	pl_record_text(pl_op_record(ctx), "Comment", spec->comment);
	st = find_own_pending(ctx, spec->request, out);
	if (st != PL_OK)
		return st;
	snprintf(id, sizeof(id), "%s", out->identity);
	st = cancel(ctx, id, &done);
	if (st == PL_OK && !done)
		st = pl_request_not_pending(ctx, out);
	pl_row_clear(&pl_request_noun, out);
	return st == PL_OK ? pl_find_any(ctx, &pl_request_noun, id, out) : st;
}

enum pl_status
pl_request_withdraw(struct pl_ctx *ctx, const struct pl_withdrawal_spec *spec, struct pl_request *out)
{
	enum pl_status st;

	pl_row_init(&pl_request_noun, out);
	st = pl_op_begin(ctx, "Stop-ElevatedAccessRequest", PL_RECORD_REQUEST, spec->request);
	return st == PL_OK ? pl_op_end(ctx, withdraw(ctx, spec, out)) : st;
}

static enum pl_status
cancel_one(struct pl_ctx *ctx, const char *id)
{
	struct pl_record r;
	enum pl_status st;
	bool done;

	st = cancel(ctx, id, &done);
	if (st != PL_OK || !done)
		return st;
	pl_record_init(&r, "Stop-ElevatedAccessRequest", PL_RECORD_REQUEST, id);
	pl_record_text(&r, "Cause", pl_op_record(ctx)->operation);
	st = pl_audit_append(ctx, &r);
	pl_record_clear(&r);
	return st;
}

enum pl_status
pl_request_cancel_pending(struct pl_ctx *ctx, const char *policy)
{
	char id[PL_ID_LEN + 1];
	struct pl_buf list;
	struct pl_item it;
	struct pl_stmt q;
	const char *at;
	enum pl_status st;

	pl_buf_init(&list);
	pl_stmt_open(&q, ctx,
	    "SELECT id FROM request WHERE policy_id = :policy AND state = 'Pending' ORDER BY created_at, id");
	pl_stmt_bind_text(&q, ":policy", policy);
	while (pl_stmt_step(&q))
		pl_list_add(&list, pl_stmt_text(&q, 0));
	st = pl_stmt_close(&q);
	if (st == PL_OK && pl_buf_failed(&list))
		st = pl_fail_memory(ctx);
	at = list.text;
	while (st == PL_OK && pl_list_next(&at, &it)) {
		snprintf(id, sizeof(id), "%.*s", (int)it.len, it.text);
		st = cancel_one(ctx, id);
	}
	pl_buf_clear(&list);
	return st;
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
	pl_fail(ctx, PL_ERR_WAIT_TIMEOUT, "request %s is still pending after %lld seconds", out->identity,
	    (long long)spec->timeout_s);
	return pl_target(ctx, out->identity);
}

enum pl_status
pl_request_list(struct pl_ctx *ctx, const struct pl_request_filter *filter, pl_row_fn *each, void *arg)
{
	static const char *const names[] = { "Identity", NULL };
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_request_noun);
	pl_query_name(&q, names, filter->identity);
	if (filter->state != NULL) {
		if (strcmp(filter->state, "Pending") == 0)
			pl_query_where(&q, "r.state = 'Pending'");   /* says again what an index knows */
		pl_query_compare(&q, "RequestStatus", "=", filter->state);
	}
	if (filter->mine)
		pl_query_where(&q, SQL_IS_ME("r.requestor"));
	if (filter->to_approve)
		pl_query_where(&q, "r.state = 'Pending' AND r.expires_at > :now AND " SQL_MAY_DECIDE
		    " AND NOT " SQL_IS_ME("r.requestor")
		    " AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.request_id = r.id AND d.principal = :me)");
	if (filter->created_after != 0)
		pl_query_compare_int(&q, "DateCreatedUtc", ">=", filter->created_after);
	return pl_query_get(&q, "Get-ElevatedAccessRequest", filter->identity, PL_ERR_REQUEST_NOT_FOUND, each, arg);
}
