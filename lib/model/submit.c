/* submit.c - asking for elevated access */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/request.h"

#include "pamlite/group.h"
#include "pamlite/list.h"
#include "pamlite/notification.h"
#include "pamlite/operation.h"
#include "pamlite/policy.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/typed.h"
#include "pamlite/uuid.h"

#include "model/request_internal.h"
#include "model/sql.h"

enum { START_TOLERANCE_S = 300 };

/* Everything that is stored of a new request beside the caller. */
struct draft {
	char id[PL_ID_LEN + 1];
	const char *type, *access;
	int64_t duration_s;
	struct pl_buf parameters;
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
	pl_stmt_open(&q, ctx, "SELECT r.id FROM request r WHERE " SQL_REQUESTED_BY_ME " AND r.client_token = :token");
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
bind_declared(struct pl_ctx *ctx, const char *access, const char *given, bool complete, struct pl_buf *out)
{
	const char *declared = NULL;
	struct pl_buf why;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT coalesce(parameters, '') FROM task WHERE name = :name");
	pl_stmt_bind_text(&q, ":name", access);
	if (pl_stmt_step(&q))
		declared = pl_stmt_text(&q, 0);
	pl_buf_init(&why);
	if (!pl_typed_bind(declared, given, complete, out, &why))
		pl_stmt_fail(&q, parameter_failure(ctx, access, why.text));
	pl_buf_clear(&why);
	if (pl_buf_failed(out))
		pl_stmt_fail(&q, pl_fail_memory(ctx));
	return pl_stmt_close(&q);
}

enum pl_status
pl_request_check_parameters(struct pl_ctx *ctx, const char *access, const char *parameters)
{
	struct pl_buf bound;
	enum pl_status st;

	pl_buf_init(&bound);
	st = bind_declared(ctx, access, parameters, true, &bound);
	pl_buf_clear(&bound);
	return st;
}

static enum pl_status
bind_parameters(struct pl_ctx *ctx, const struct pl_request_spec *spec, const struct pl_policy *policy, struct draft *d)
{
	if (strcmp(d->type, "Task") == 0)
		return bind_declared(ctx, d->access, spec->parameters, policy->bind_parameters, &d->parameters);
	if (pl_list_count(spec->parameters) > 0)
		return parameter_failure(ctx, d->access, "a role takes no parameters");
	return PL_OK;
}

static enum pl_status
check_not_pending(struct pl_ctx *ctx, const struct draft *d)
{
	struct pl_stmt q;
	int64_t count = 0;

	pl_stmt_open(&q, ctx, "SELECT r.id FROM request r WHERE " SQL_REQUESTED_BY_ME " AND r.access = :access"
	    " AND r.state = 'Pending' AND r.expires_at > :now AND coalesce(r.parameters, '') = :parameters");
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
	    "SELECT count(*) FROM request r WHERE " SQL_REQUESTED_BY_ME " AND r.state = 'Pending'"
	    " AND r.expires_at > :now");
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
		st = pl_group_others(ctx, group, pl_op_rights(ctx)->me, policy->min_approvals, &others);
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
	    " expires_at, decided_at, approver_group)"
	    " SELECT :id, :me, :uid, :login_uid, :asserted, :type, :access, :policy, :state, :context, :reason,"
	    " :duration, :parameters, :ticket, :token, :start, :now, :now, :now + request_lifetime_s,"
	    " CASE :state WHEN 'Pending' THEN NULL ELSE :now END,"
	    " coalesce((SELECT approver_group FROM policy WHERE id = :policy), admin_group) FROM control");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", d->id);
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

/* What a refused request was about, as it was given. */
static void
record_asked(struct pl_record *r, const struct pl_request_spec *spec)
{
	pl_record_hours(r, "DurationHours", spec->duration_s != 0 ? spec->duration_s : PL_NULL);
	pl_record_asked(r, spec->parameters);
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
	if (st == PL_OK)
		st = pl_request_record_rules(ctx, policy->identity, d->access);
	if (st == PL_OK && automatic)
		st = pl_authorization_grant(ctx, d->id, "Auto", grant);
	return st == PL_OK ? pl_notify_request(ctx, automatic ? PL_MESSAGE_APPROVED : PL_MESSAGE_PENDING, d->id) : st;
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
	if (st != PL_OK)
		record_asked(r, spec);
	pl_row_clear(&pl_policy_noun, &policy);
	pl_buf_clear(&d.parameters);
	if (st == PL_OK)
		st = pl_find_any(ctx, &pl_request_noun, d.id, out);
	if (st == PL_OK) {
		pl_record_text(r, "RequestorUPN", out->requestor);
		pl_record_time(r, "ExpirationDateTimeUtc", out->expires_at);
	}
	return st;
}

enum pl_status
pl_request_submit(struct pl_ctx *ctx, const struct pl_request_spec *spec, struct pl_request *out)
{
	enum pl_status st;

	pl_row_init(&pl_request_noun, out);
	st = pl_op_begin(ctx, "New-ElevatedAccessRequest", PL_RECORD_REQUEST, spec_access(spec));
	return st == PL_OK ? pl_op_end(ctx, submit(ctx, spec, out)) : st;
}
