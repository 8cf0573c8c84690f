/* authorization.c - grants: making, listing and revoking them */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/authorization.h"

#include "pamlite/chain.h"
#include "pamlite/list.h"
#include "pamlite/notification.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/request.h"
#include "pamlite/statement.h"
#include "pamlite/task.h"

#include "model/sql.h"

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) \
	PL_COLUMN(struct pl_authorization, NAME, TYPE, member, SQL, FLAGS, HELP)

/* Microsoft's properties come first, in Microsoft's order. */
static const struct pl_column columns[] = {
	COL("AuthorizedBy", TEXT, authorized_by, "a.authorized_by", PL_COL_TABLE | PL_COL_ACCOUNT,
	    "whose approval completed it; Auto under an Auto policy"),
	COL("Type", TEXT, type, "a.type", 0, "Task, Role or RoleGroup"),
	COL("AuthorizedAccess", TEXT, access, "a.access", PL_COL_TABLE,
	    "the task, role or role group that is granted, as Scope\\Name"),
	COL("StartTimeUtc", TIME, start_at, "a.start_at", PL_COL_TABLE, "when it begins"),
	COL("EndTimeUtc", TIME, end_at, "a.end_at", PL_COL_TABLE, "when it ends"),
	COL("Revoked", BOOL, revoked, "a.revoked_at IS NOT NULL", PL_COL_TABLE,
	    "whether it was revoked or given back"),
	COL("RevocationDateTimeUtc", TIME, revoked_at, "a.revoked_at", 0, "when it was revoked; null if it was not"),
	COL("RevokedBy", TEXT, revoked_by, "a.revoked_by", PL_COL_ACCOUNT, "who revoked it; null if nobody did"),
	COL("RevocationComment", TEXT, revocation_comment, "a.revocation_comment", 0,
	    "why, as said then; null without"),
	COL("Identity", TEXT, identity, "a.id", PL_COL_TABLE | PL_COL_ID | PL_COL_EXACT, "id of the grant, a UUID"),
	COL("DateCreatedUtc", TIME, created_at, "a.created_at", PL_COL_INDEXED, "when it was given"),
	COL("DateUpdatedUtc", TIME, updated_at, "a.updated_at", 0, "when it was changed last"),
	COL("RequestIdentity", TEXT, request, "a.request_id", PL_COL_EXACT, "id of the request that it comes from"),
	COL("AuthorizedTo", TEXT, holder, SQL_UPN("a.holder"), PL_COL_TABLE | PL_COL_ACCOUNT,
	    "who holds it; with the domain where the control has one"),
	COL("Parameters", MAP, parameters, "a.parameters", 0, "names and values that it covers; null for any"),
	COL("Active", BOOL, active, SQL_LIVE " AND (SELECT enabled FROM control)", 0, "whether it can be used now"),
	COL("UseCount", INT, use_count, "a.use_count", 0, "how often it was used"),
	COL("MaxUses", INT, max_uses, "a.max_uses", 0, "how often it can be used; null for no limit"),
	COL("LastUsedUtc", TIME, last_used_at, "a.last_used_at", 0, "when it was used last; null if never"),
	{ 0 }
};

#define VISIBLE "(:all OR " SQL_HELD_BY_ME " OR coalesce(" SQL_MAY_DECIDE ", 0))"

const struct pl_noun pl_authorization_noun = {
	.name = "Authorization",
	.columns = columns,
	.row_size = sizeof(struct pl_authorization),
	.from = "authorization a LEFT JOIN policy p ON p.id = a.policy_id",
	.base = "authorization a",
	.visible = VISIBLE,
	.newest = "DateCreatedUtc",
};

/*
 * The clock starts at the approval that completes the request, or at the
 * requested start if that is later. The boot-time clock gets the same limit.
 */
enum pl_status
pl_authorization_grant(struct pl_ctx *ctx, const char *request, const char *authorized_by, char id[PL_ID_LEN + 1])
{
	struct pl_record *r = pl_op_record(ctx);
	struct pl_stmt q;

	pl_uuid_make(id);
	pl_stmt_open(&q, ctx,
	    "INSERT INTO authorization (id, request_id, policy_id, holder, holder_uid, asserted, type, access,"
	    " parameters,"
	    " bound, definition, authorized_by, start_at, end_at, granted_at, boot_id, boot_end_ms, max_uses,"
	    " created_at, updated_at)"
	    " SELECT :id, r.id, r.policy_id, r.requestor, r.requestor_uid, r.asserted, r.type, r.access,"
	    " CASE WHEN r.type = 'Task' AND p.bind_parameters THEN coalesce(r.parameters, '') END,"
	    " r.type = 'Task' AND p.bind_parameters, (SELECT digest FROM task WHERE name = r.access), :by,"
	    " max(:now, coalesce(r.start_at, :now)), max(:now, coalesce(r.start_at, :now)) + r.duration_s, :now,"
	    " :boot_id, :boot_time + 1000 * (max(0, coalesce(r.start_at, :now) - :now) + r.duration_s), p.max_uses,"
	    " :now, :now FROM request r JOIN policy p ON p.id = r.policy_id WHERE r.id = :request");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":request", request);
	pl_stmt_bind_text(&q, ":by", authorized_by);
	if (pl_stmt_run(&q) != 1 && q.status == PL_OK)
		pl_stmt_fail(&q, pl_fail(ctx, PL_ERR_INTERNAL, "no grant could be made for request %s", request));
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	pl_stmt_open(&q, ctx,
	    "SELECT start_at, end_at, definition, max_uses, holder FROM authorization WHERE id = :id");
	pl_stmt_bind_text(&q, ":id", id);
	if (pl_stmt_step(&q)) {
		pl_record_open(r, "Authorization");
		pl_record_text(r, "Identity", id);
		pl_record_text(r, "AuthorizedBy", authorized_by);
		pl_record_text(r, "AuthorizedTo", pl_stmt_text(&q, 4));
		pl_record_time(r, "StartTimeUtc", pl_stmt_int(&q, 0));
		pl_record_time(r, "EndTimeUtc", pl_stmt_int(&q, 1));
		pl_record_text(r, "Definition", pl_stmt_text(&q, 2));
		pl_record_int(r, "MaxUses", pl_stmt_int(&q, 3));
		pl_record_close(r);
	}
	return pl_stmt_close(&q);
}

/* Whether it is still live is tested by the UPDATE itself. The holder is told. */
static enum pl_status
mark_revoked(struct pl_ctx *ctx, const char *id, const char *comment, bool *done)
{
	char request[PL_ID_LEN + 1] = "";
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "UPDATE authorization AS a SET revoked_at = :now, revoked_by = :me, revocation_comment = :comment,"
	    " updated_at = :now WHERE a.id = :id AND a.revoked_at IS NULL AND " SQL_NOT_OVER " RETURNING request_id");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":comment", comment);
	*done = pl_stmt_step(&q);
	if (*done)
		pl_text_copy(request, sizeof(request), pl_stmt_text(&q, 0));
	if (pl_stmt_close(&q) != PL_OK || !*done)
		return q.status;
	return pl_notify_request(ctx, PL_MESSAGE_REVOKED, request);
}

/* The grant that an id of either kind means, if it may be seen. */
static enum pl_status
find_either(struct pl_ctx *ctx, const char *id, struct pl_authorization *out)
{
	char own[PL_ID_LEN + 1] = "";
	struct pl_stmt q;

	pl_row_init(&pl_authorization_noun, out);
	pl_stmt_open(&q, ctx, "SELECT id FROM authorization WHERE id = :id OR request_id = :id");
	pl_stmt_bind_text(&q, ":id", id);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL)
		snprintf(own, sizeof(own), "%s", pl_stmt_text(&q, 0));
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	return own[0] != '\0' ? pl_find(ctx, &pl_authorization_noun, own, out) : PL_E_NOT_FOUND;
}

/* Those who may decide it, configurers, and the holder; who only audits may look. */
static enum pl_status
check_revoker(struct pl_ctx *ctx, const char *id)
{
	struct pl_stmt q;
	bool may = pl_op_rights(ctx)->configure;

	if (may)
		return PL_OK;
	pl_stmt_open(&q, ctx,
	    "SELECT 1 FROM authorization a LEFT JOIN policy p ON p.id = a.policy_id WHERE a.id = :id AND ("
	    SQL_HELD_BY_ME " OR " SQL_MAY_DECIDE ")");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	may = pl_stmt_step(&q);
	if (pl_stmt_close(&q) != PL_OK || may)
		return q.status;
	pl_fail(ctx, PL_ERR_NOT_REVOKER, "%s may not revoke authorization %s", ctx->caller.name, id);
	return pl_target(ctx, id);
}

static enum pl_status
revoke(struct pl_ctx *ctx, const struct pl_revocation_spec *spec, struct pl_authorization *out)
{
	struct pl_record *r = pl_op_record(ctx);
	char id[PL_ID_LEN + 1];
	enum pl_status st;
	bool done = false;

	pl_record_text(r, "Comment", spec->comment);
	st = find_either(ctx, spec->request, out);
	if (st == PL_E_NOT_FOUND) {
		pl_fail(ctx, PL_ERR_AUTHORIZATION_NOT_FOUND, "there is no authorization '%s', or you may not see it",
		    spec->request);
		return pl_target(ctx, spec->request);
	}
	if (st != PL_OK)
		return st;
	snprintf(id, sizeof(id), "%s", out->identity);
	pl_record_object(r, id);
	pl_record_text(r, "RequestIdentity", out->request);
	st = check_revoker(ctx, id);
	if (st == PL_OK)
		st = mark_revoked(ctx, id, spec->comment, &done);
	if (st == PL_OK && !done) {
		pl_fail(ctx, PL_ERR_AUTHORIZATION_OVER, "authorization %s is %s", id,
		    out->revoked ? "revoked already" : "past its end");
		return pl_target(ctx, id);
	}
	pl_row_clear(&pl_authorization_noun, out);
	return st == PL_OK ? pl_find_any(ctx, &pl_authorization_noun, id, out) : st;
}

enum pl_status
pl_authorization_revoke(struct pl_ctx *ctx, const struct pl_revocation_spec *spec, struct pl_authorization *out)
{
	enum pl_status st;

	pl_row_init(&pl_authorization_noun, out);
	st = pl_op_begin(ctx, "Revoke-ElevatedAccessAuthorization", PL_RECORD_DECISION, spec->request);
	return st == PL_OK ? pl_op_end(ctx, revoke(ctx, spec, out)) : st;
}

static enum pl_status
revoke_one(struct pl_ctx *ctx, const char *id, const char *comment)
{
	struct pl_record r;
	enum pl_status st;
	bool done;

	st = mark_revoked(ctx, id, comment, &done);
	if (st != PL_OK || !done)
		return st;
	pl_record_init(&r, "Revoke-ElevatedAccessAuthorization", PL_RECORD_DECISION, id);
	pl_record_text(&r, "Comment", comment);
	pl_record_text(&r, "Cause", pl_op_record(ctx)->operation);
	st = pl_audit_append(ctx, &r);
	pl_record_clear(&r);
	return st;
}

enum pl_status
pl_authorization_revoke_live(struct pl_ctx *ctx, const char *policy, const char *comment)
{
	char id[PL_ID_LEN + 1];
	struct pl_buf list;
	struct pl_item it;
	struct pl_stmt q;
	const char *at;
	enum pl_status st;

	pl_buf_init(&list);
	pl_stmt_open(&q, ctx, "SELECT a.id FROM authorization a WHERE a.revoked_at IS NULL AND a.end_at > :now"
	    " AND (:policy IS NULL OR a.policy_id = :policy) ORDER BY a.created_at, a.id");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":policy", policy);
	st = pl_stmt_close_list(&q, &list);
	at = list.text;
	while (st == PL_OK && pl_list_next(&at, &it)) {
		snprintf(id, sizeof(id), "%.*s", (int)it.len, it.text);
		st = revoke_one(ctx, id, comment);
	}
	pl_buf_clear(&list);
	return st;
}

enum pl_status
pl_authorization_revocable(struct pl_ctx *ctx, char **ids)
{
	struct pl_buf list;
	struct pl_stmt q;
	enum pl_status st;

	*ids = NULL;
	st = pl_op_begin_read(ctx, "Revoke-ElevatedAccessAuthorization", "All");
	if (st != PL_OK)
		return st;
	pl_buf_init(&list);
	pl_stmt_open(&q, ctx, "SELECT a.id FROM authorization a LEFT JOIN policy p ON p.id = a.policy_id"
	    " WHERE a.revoked_at IS NULL AND " SQL_NOT_OVER " AND (:configure OR " SQL_HELD_BY_ME " OR "
	    SQL_MAY_DECIDE ") ORDER BY a.created_at, a.id");
	pl_op_offer_facts(&q);
	pl_stmt_bind_int(&q, ":configure", pl_op_rights(ctx)->configure);
	st = pl_op_end(ctx, pl_stmt_close_list(&q, &list));
	if (st == PL_OK)
		*ids = pl_buf_take(&list);
	pl_buf_clear(&list);
	return st == PL_OK && *ids == NULL ? pl_fail_memory(ctx) : st;
}

enum pl_status
pl_authorization_list(struct pl_ctx *ctx, const struct pl_authorization_filter *filter, pl_row_fn *each, void *arg)
{
	static const char *const names[] = { "Identity", "RequestIdentity", NULL };
	static const char *const requests[] = { "RequestIdentity", NULL }, *const ids[] = { "Identity", NULL };
	/* A request that was never granted exists all the same. */
	const struct pl_named own = { &pl_authorization_noun, names, filter->identity, PL_ERR_AUTHORIZATION_NOT_FOUND };
	const struct pl_named request = { &pl_request_noun, ids, filter->request, PL_ERR_AUTHORIZATION_NOT_FOUND };
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_authorization_noun);
	pl_query_name(&q, names, filter->identity);
	pl_query_name(&q, requests, filter->request);
	if (filter->mine)
		pl_query_where(&q, SQL_HELD_BY_ME);
	if (filter->active_only)
		pl_query_where(&q, "a.id IN (SELECT id FROM authorization WHERE revoked_at IS NULL AND end_at > :now)"
		    " AND " SQL_LIVE " AND (SELECT enabled FROM control)");
	q.selective = q.selective || filter->mine || filter->active_only;
	return pl_query_get(&q, "Get-ElevatedAccessAuthorization", filter->identity != NULL ? &own : &request, each,
	    arg);
}
