/* decision.c - approving and denying requests */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/request.h"

#include "pamlite/group.h"
#include "pamlite/list.h"
#include "pamlite/notification.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"

#include "model/request_internal.h"
#include "model/sql.h"

/* What a decision needs to know of the request's policy and requestor. */
struct facts {
	char group[PL_ID_LEN + 1];    /* the approver group; "" = none */
	char eligible[PL_ID_LEN + 1]; /* the eligible group; "" = everybody */
	int64_t needed, maximum_s;
	bool same_person;             /* the caller is the requestor */
	bool may_decide;
	bool bind_parameters;
};

/*
 * Is the person of a row (columns: name, uid, login uid, asserted) the caller?
 * Asserted names are whole identities. Otherwise the sets {uid, login uid where
 * set} must be disjoint, so that `su bob` does not make a second person. Listings ask
 * with SQL_IS_SAME_PERSON; what decides knows every form of a name.
 */
static bool
is_caller(struct pl_stmt *q, int first)
{
	const struct pl_ctx *ctx = q->ctx;
	const struct pl_caller *who = &ctx->caller;
	char a[PL_ACCOUNT_MAX + 1];
	const char *name = pl_stmt_text(q, first);
	int64_t uid = pl_stmt_int(q, first + 1), login = pl_stmt_int(q, first + 2);
	bool login_set = who->login_uid != PL_LOGIN_UNSET;

	if (name != NULL && strcmp(pl_principal_short(ctx, name, a), pl_op_rights(ctx)->me) == 0)
		return true;
	if (pl_stmt_bool(q, first + 3) || who->asserted)
		return false;
	return uid == (int64_t)who->uid || login == (int64_t)who->uid ||
	    (login_set && (uid == (int64_t)who->login_uid || login == (int64_t)who->login_uid));
}

static enum pl_status
load_facts(struct pl_ctx *ctx, const char *id, struct facts *f)
{
	struct pl_stmt q;

	memset(f, 0, sizeof(*f));
	f->maximum_s = PL_NULL;
	pl_stmt_open(&q, ctx,
	    "SELECT r.requestor, r.requestor_uid, r.requestor_login_uid, r.asserted, coalesce(" SQL_APPROVER_GROUP ","
	    " ''), coalesce(p.min_approvals, 1), p.max_duration_s, coalesce(" SQL_MAY_DECIDE ", 0),"
	    " coalesce(p.eligible_group, ''), coalesce(p.bind_parameters, 0)"
	    " FROM request r LEFT JOIN policy p ON p.id = r.policy_id WHERE r.id = :id");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 4) != NULL) {
		f->same_person = is_caller(&q, 0);
		snprintf(f->group, sizeof(f->group), "%s", pl_stmt_text(&q, 4));
		f->needed = pl_stmt_int(&q, 5);
		f->maximum_s = pl_stmt_int(&q, 6);
		f->may_decide = pl_stmt_bool(&q, 7);
		pl_text_copy(f->eligible, sizeof(f->eligible), pl_stmt_text(&q, 8));
		f->bind_parameters = pl_stmt_bool(&q, 9);
	}
	return pl_stmt_close(&q);
}

static enum pl_status
check_comment(struct pl_ctx *ctx, const struct pl_decision_spec *spec)
{
	struct pl_stmt q;
	bool required;

	if (spec->comment != NULL)
		return PL_OK;
	pl_stmt_open(&q, ctx, "SELECT require_comment FROM control");
	required = pl_stmt_step(&q) && pl_stmt_bool(&q, 0);
	if (pl_stmt_close(&q) != PL_OK || !required)
		return q.status;
	return pl_fail(ctx, PL_ERR_COMMENT_REQUIRED, "a decision needs a -Comment");
}

/* Who decided already does not count a second time, under no name. */
static enum pl_status
check_first_decision(struct pl_ctx *ctx, const char *id)
{
	struct pl_stmt q;
	bool again = false;

	pl_stmt_open(&q, ctx, "SELECT principal, uid, login_uid, asserted FROM decision WHERE request_id = :id");
	pl_stmt_bind_text(&q, ":id", id);
	while (!again && pl_stmt_step(&q))
		again = is_caller(&q, 0);
	if (pl_stmt_close(&q) != PL_OK || !again)
		return q.status;
	pl_fail(ctx, PL_ERR_ALREADY_APPROVED, "%s has approved request %s already; somebody else must",
	    ctx->caller.name, id);
	return pl_target(ctx, id);
}

/* The rules are looked at in the order in which they give away least. */
static enum pl_status
check_decider(struct pl_ctx *ctx, const struct pl_decision_spec *spec, const struct pl_request *r,
    const struct facts *f)
{
	if (f->same_person) {
		pl_fail(ctx, PL_ERR_SELF_APPROVAL, "%s cannot decide request %s, which is his or her own",
		    ctx->caller.name, r->identity);
		pl_target(ctx, r->identity);
		return pl_hint(ctx, "withdraw it with: stop-elevated-access-request %s", r->identity);
	}
	if (!f->may_decide && strcmp(r->state, "Pending") == 0) {
		pl_fail(ctx, PL_ERR_NOT_APPROVER, "%s may not decide request %s: only members of %s may",
		    ctx->caller.name,
		    r->identity, r->approver_group != NULL ? r->approver_group : "its approver group");
		return pl_target(ctx, r->identity);
	}
	if (strcmp(r->state, "Pending") != 0)
		return pl_request_not_pending(ctx, r);
	if (spec->version != NULL && strcmp(spec->version, r->version) != 0) {
		pl_fail(ctx, PL_ERR_REQUEST_CHANGED, "request %s, its policy or its task changed since you saw it",
		    r->identity);
		pl_target(ctx, r->identity);
		return pl_hint(ctx, "look again: get-elevated-access-request %s", r->identity);
	}
	return check_first_decision(ctx, r->identity);
}

/* Everything before the decision itself; the record gets the request. */
static enum pl_status
prepare(struct pl_ctx *ctx, const struct pl_decision_spec *spec, struct pl_request *r, struct facts *f)
{
	struct pl_record *rec = pl_op_record(ctx);
	enum pl_status st;

	pl_record_text(rec, "Comment", spec->comment);
	pl_record_text(rec, "RequestContext", spec->context);
	pl_record_text(rec, "RequestVersion", spec->version);
	st = pl_require_enabled(ctx);
	if (st == PL_OK)
		st = pl_request_find(ctx, spec->request, r);
	if (st != PL_OK)
		return st;
	pl_record_object(rec, r->identity);
	pl_record_text(rec, "RequestorUPN", r->requestor);
	pl_record_text(rec, "RequestedAccess", r->access);
	pl_record_text(rec, "DecidedVersion", r->version);
	st = load_facts(ctx, r->identity, f);
	if (st == PL_OK)
		st = check_decider(ctx, spec, r, f);
	return st == PL_OK ? check_comment(ctx, spec) : st;
}

static enum pl_status
insert_decision(struct pl_ctx *ctx, const struct pl_decision_spec *spec, const char *id, const char *verdict)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "INSERT INTO decision (request_id, principal, uid, login_uid, asserted, verdict, comment, context,"
	    " decided_at) VALUES (:id, :me, :uid, :login_uid, :asserted, :verdict, :comment, :context, :now)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":verdict", verdict);
	pl_stmt_bind_text(&q, ":comment", spec->comment);
	pl_stmt_bind_text(&q, ":context", spec->context);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

/*
 * Whether the request is still pending is tested by the UPDATE itself, not by a
 * SELECT before it, so that two deciders can never both win.
 */
static enum pl_status
finish(struct pl_ctx *ctx, const struct pl_request *r, const char *state)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "UPDATE request SET state = :state, decided_at = :now, updated_at = :now"
	    " WHERE id = :id AND state = 'Pending' AND expires_at > :now");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":state", state);
	pl_stmt_bind_text(&q, ":id", r->identity);
	if (pl_stmt_run(&q) != 1 && q.status == PL_OK)
		pl_stmt_fail(&q, pl_request_not_pending(ctx, r));
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	pl_record_text(pl_op_record(ctx), "RequestStatus", state);
	return pl_request_record_rules(ctx, r->policy, r->access);
}

/* An approver who left the group before the quorum is complete no longer counts. */
static enum pl_status
count_approvals(struct pl_ctx *ctx, const char *id, const char *group, int64_t *count, struct pl_buf *names)
{
	char short_name[PL_ACCOUNT_MAX + 1];
	enum pl_status st = PL_OK;
	const char *who;
	struct pl_stmt q;
	bool still;

	*count = 0;
	pl_stmt_open(&q, ctx, "SELECT principal FROM decision WHERE request_id = :id AND verdict = 'Approved'"
	    " ORDER BY decided_at, principal");
	pl_stmt_bind_text(&q, ":id", id);
	while (st == PL_OK && pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL) {
		who = pl_principal_short(ctx, pl_stmt_text(&q, 0), short_name);
		st = pl_group_has(ctx, group, who, &still);
		if (st != PL_OK || !still)
			continue;
		pl_buf_printf(names, "%s%s", *count > 0 ? ", " : "", who);
		(*count)++;
	}
	pl_stmt_fail(&q, st);
	if (pl_stmt_close(&q) == PL_OK && pl_buf_failed(names))
		return pl_fail_memory(ctx);
	return q.status;
}

static enum pl_status
complete(struct pl_ctx *ctx, const struct pl_request *r, const char *names, struct pl_authorization *grant,
    bool *granted)
{
	char id[PL_ID_LEN + 1];
	enum pl_status st;

	st = finish(ctx, r, "Approved");
	if (st == PL_OK)
		st = pl_authorization_grant(ctx, r->identity, names, id);
	if (st == PL_OK)
		st = pl_find_any(ctx, &pl_authorization_noun, id, grant);
	/* Nothing is live without the record of its approval, and that is written at the end of the operation. */
	grant->active = st == PL_OK && grant->start_at <= ctx->clock.now;
	if (st == PL_OK)
		st = pl_notify_request(ctx, PL_MESSAGE_APPROVED, r->identity);
	*granted = st == PL_OK;
	return st;
}

static enum pl_status
touch(struct pl_ctx *ctx, const char *id)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "UPDATE request SET updated_at = :now WHERE id = :id");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

/*
 * The policy and the task as they are now, not as they were when the request
 * was made: its duration, its requestor, its parameters.
 */
static enum pl_status
check_still_allowed(struct pl_ctx *ctx, const struct pl_request *r, const struct facts *f)
{
	bool eligible = true;
	enum pl_status st;

	st = pl_request_check_duration(ctx, r->access, r->duration_s, f->maximum_s);
	if (st == PL_OK && f->eligible[0] != '\0')
		st = pl_group_has(ctx, f->eligible, r->requestor, &eligible);
	if (st == PL_OK && !eligible) {
		pl_fail(ctx, PL_ERR_NOT_ELIGIBLE, "%s may no longer request '%s'", r->requestor, r->access);
		st = pl_target(ctx, r->identity);
	}
	if (st == PL_OK && f->bind_parameters && strcmp(r->type, "Task") == 0)
		st = pl_request_check_parameters(ctx, r->access, r->parameters);
	return st;
}

static enum pl_status
approve(struct pl_ctx *ctx, const struct pl_decision_spec *spec, struct pl_request *out, struct pl_authorization *grant,
    bool *granted)
{
	char id[PL_ID_LEN + 1];
	struct pl_buf names;
	struct facts f;
	enum pl_status st;
	int64_t count = 0;

	st = prepare(ctx, spec, out, &f);
	if (st == PL_OK)
		st = check_still_allowed(ctx, out, &f);
	if (st == PL_OK)
		st = insert_decision(ctx, spec, out->identity, "Approved");
	if (st != PL_OK)
		return st;
	snprintf(id, sizeof(id), "%s", out->identity);
	pl_buf_init(&names);
	st = count_approvals(ctx, id, f.group, &count, &names);
	pl_record_int(pl_op_record(ctx), "Approvals", count);
	pl_record_int(pl_op_record(ctx), "ApprovalsNeeded", f.needed);
	if (st == PL_OK && count >= f.needed)
		st = complete(ctx, out, names.text, grant, granted);
	else if (st == PL_OK)
		st = touch(ctx, id);
	pl_buf_clear(&names);
	pl_row_clear(&pl_request_noun, out);
	return st == PL_OK && !*granted ? pl_find_any(ctx, &pl_request_noun, id, out) : st;
}

enum pl_status
pl_request_approve(struct pl_ctx *ctx, const struct pl_decision_spec *spec, struct pl_request *out,
    struct pl_authorization *grant, bool *granted)
{
	enum pl_status st;

	pl_row_init(&pl_request_noun, out);
	pl_row_init(&pl_authorization_noun, grant);
	*granted = false;
	st = pl_op_begin(ctx, "Approve-ElevatedAccessRequest", PL_RECORD_DECISION, spec->request);
	return st == PL_OK ? pl_op_end(ctx, approve(ctx, spec, out, grant, granted)) : st;
}

static enum pl_status
deny(struct pl_ctx *ctx, const struct pl_decision_spec *spec, struct pl_request *out)
{
	char id[PL_ID_LEN + 1];
	struct facts f;
	enum pl_status st;

	st = prepare(ctx, spec, out, &f);
	if (st == PL_OK)
		st = insert_decision(ctx, spec, out->identity, "Denied");
	if (st == PL_OK)
		st = finish(ctx, out, "Denied");
	if (st == PL_OK)
		st = pl_notify_request(ctx, PL_MESSAGE_DENIED, out->identity);
	if (st != PL_OK)
		return st;
	snprintf(id, sizeof(id), "%s", out->identity);
	pl_row_clear(&pl_request_noun, out);
	return pl_find_any(ctx, &pl_request_noun, id, out);
}

enum pl_status
pl_request_deny(struct pl_ctx *ctx, const struct pl_decision_spec *spec, struct pl_request *out)
{
	enum pl_status st;

	pl_row_init(&pl_request_noun, out);
	st = pl_op_begin(ctx, "Deny-ElevatedAccessRequest", PL_RECORD_DECISION, spec->request);
	return st == PL_OK ? pl_op_end(ctx, deny(ctx, spec, out)) : st;
}

static void
describe(const struct pl_request *r, struct pl_buf *text)
{
	const char *at = r->parameters;
	struct pl_item it;

	pl_buf_printf(text, "%s: %s", r->requestor, r->access);
	while (pl_list_next(&at, &it))
		pl_buf_printf(text, " %.*s", (int)it.len, it.text);
	pl_buf_text(text, ", for ");
	pl_hours_format(text, r->duration_s);
	pl_buf_printf(text, " h, reason: %s", r->reason);
}

enum pl_status
pl_request_preview(struct pl_ctx *ctx, struct pl_decision_spec *spec, struct pl_buf *text)
{
	struct pl_request r;
	enum pl_status st;

	pl_row_init(&pl_request_noun, &r);
	st = pl_op_begin_read(ctx, "Get-ElevatedAccessRequest", spec->request);
	if (st == PL_OK)
		st = pl_op_end(ctx, pl_request_find(ctx, spec->request, &r));
	if (st == PL_OK) {
		describe(&r, text);
		if (spec->version == NULL && (spec->version = strdup(r.version)) == NULL)
			st = pl_fail_memory(ctx);
	}
	pl_row_clear(&pl_request_noun, &r);
	return st;
}
