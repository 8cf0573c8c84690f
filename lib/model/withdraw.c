/* withdraw.c - pending requests that their requestors change or withdraw, or whose policy goes */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/request.h"

#include "pamlite/chain.h"
#include "pamlite/list.h"
#include "pamlite/notification.h"
#include "pamlite/operation.h"
#include "pamlite/policy.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"

#include "model/request_internal.h"
#include "model/sql.h"

/* Is the request the caller's own? */
static enum pl_status
check_own(struct pl_ctx *ctx, const char *id)
{
	struct pl_stmt q;
	bool own;

	pl_stmt_open(&q, ctx, "SELECT 1 FROM request r WHERE r.id = :id AND " SQL_REQUESTED_BY_ME);
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

/*
 * Who changes a request has a part in it: an approver who can `su alice` must not
 * lengthen hers and then approve it. A request holds one login beside the uid, so a
 * third person's is refused.
 */
static enum pl_status
check_login(struct pl_ctx *ctx, const char *id)
{
	struct pl_stmt q;
	bool third;

	pl_stmt_open(&q, ctx, "SELECT 1 FROM request r WHERE r.id = :id AND NOT r.asserted AND NOT :asserted"
	    " AND :login_uid <> r.requestor_uid AND r.requestor_login_uid NOT IN (r.requestor_uid, :login_uid)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	third = pl_stmt_step(&q);
	if (pl_stmt_close(&q) != PL_OK || !third)
		return q.status;
	pl_fail(ctx, PL_ERR_NOT_REQUESTOR, "request %s was made from another login", id);
	pl_target(ctx, id);
	return pl_hint(ctx, "withdraw it with: stop-elevated-access-request %s, and ask again", id);
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
		st = check_login(ctx, out->identity);
	if (st == PL_OK)
		st = check_change(ctx, spec, out);
	if (st != PL_OK)
		return st;
	snprintf(id, sizeof(id), "%s", out->identity);
	pl_stmt_open(&q, ctx,
	    "UPDATE request SET reason = coalesce(:reason, reason), ticket = nullif(coalesce(:ticket, ticket), ''),"
	    " duration_s = coalesce(:duration, duration_s), revision = revision + 1, updated_at = :now,"
	    " requestor_login_uid = CASE WHEN :asserted OR :login_uid = requestor_uid THEN requestor_login_uid"
	    " ELSE coalesce(:login_uid, requestor_login_uid) END"
	    " WHERE id = :id AND state = 'Pending' AND expires_at > :now");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":reason", spec->reason);
	pl_stmt_bind_text(&q, ":ticket", spec->ticket);
	pl_stmt_bind_int(&q, ":duration", spec->duration_s != 0 ? spec->duration_s : PL_NULL);
	if (pl_stmt_run(&q) != 1 && q.status == PL_OK)
		pl_stmt_fail(&q, pl_request_not_pending(ctx, out));
	st = pl_stmt_close(&q);
	if (st == PL_OK)
		st = void_approvals(ctx, id);
	/* The approvers were told of something else. */
	if (st == PL_OK)
		st = pl_notify_request(ctx, PL_MESSAGE_PENDING, id);
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
	if (pl_stmt_close(&q) != PL_OK || !*done)
		return q.status;
	return pl_notify_request(ctx, PL_MESSAGE_CANCELED, id);
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
	if (st == PL_OK)
		pl_record_text(pl_op_record(ctx), "RequestStatus", "Canceled");
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

/* One past its time is written down as that: were it left, a clock that goes back made it pending without a policy. */
static enum pl_status
cancel_one(struct pl_ctx *ctx, const char *id)
{
	struct pl_record r;
	enum pl_status st;
	bool done;

	st = cancel(ctx, id, &done);
	if (st == PL_OK && !done)
		return pl_request_expire(ctx, id, &done);
	if (st != PL_OK)
		return st;
	pl_record_init(&r, "Stop-ElevatedAccessRequest", PL_RECORD_REQUEST, id);
	pl_record_text(&r, "Cause", pl_op_record(ctx)->operation);
	pl_record_text(&r, "RequestStatus", "Canceled");
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
	    "SELECT id FROM request WHERE (:policy IS NULL OR policy_id = :policy) AND state = 'Pending'"
	    " ORDER BY created_at, id");
	pl_stmt_bind_text(&q, ":policy", policy);
	st = pl_stmt_close_list(&q, &list);
	at = list.text;
	while (st == PL_OK && pl_list_next(&at, &it)) {
		snprintf(id, sizeof(id), "%.*s", (int)it.len, it.text);
		st = cancel_one(ctx, id);
	}
	pl_buf_clear(&list);
	return st;
}
