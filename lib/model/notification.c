/* notification.c - notifications as objects: listing them, making them due */

#include "pamlite/notification.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"

#include "model/request_internal.h"
#include "model/sql.h"

static const char operation[] = "Send-ElevatedAccessNotification";

const char *const pl_notification_states[] = { "Queued", "Sent", "Failed", NULL };

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) \
	PL_COLUMN(struct pl_notification, NAME, TYPE, member, SQL, FLAGS, HELP)

/* Who is in a group, and what his mail system says of him, is for the group: who asked sees that it was told. */
#define HIDDEN "(m.kind IN ('Pending', 'Reminder') AND NOT (:all OR " SQL_MAY_DECIDE "))"

static const struct pl_column columns[] = {
	COL("Identity", TEXT, identity, "n.id", PL_COL_TABLE | PL_COL_ID | PL_COL_EXACT,
	    "id of the message to this recipient, a UUID"),
	COL("Kind", TEXT, kind, "m.kind", PL_COL_TABLE,
	    "Pending, Reminder, Approved, Denied, Expired, Canceled, Revoked or Configuration"),
	COL("Recipient", TEXT, recipient, "CASE WHEN " HIDDEN " THEN coalesce((SELECT name FROM approver_group"
	    " WHERE id = r.approver_group), 'approvers') ELSE n.recipient END", PL_COL_TABLE,
	    "mail address or program that it goes to; the group, for who may not see who is in it"),
	COL("State", TEXT, state, "n.state", PL_COL_TABLE, "Queued, Sent or Failed"),
	COL("Attempts", INT, attempts, "n.attempts", 0, "how often it was tried"),
	COL("LastError", TEXT, last_error, "CASE WHEN NOT " HIDDEN " THEN n.last_error END", 0,
	    "what the last attempt failed with; null without"),
	COL("DateCreatedUtc", TIME, created_at, "n.created_at", PL_COL_INDEXED, "when it was queued"),
	COL("DateSentUtc", TIME, sent_at, "n.sent_at", 0, "when it was sent; null unless Sent"),
	COL("RequestIdentity", TEXT, request, "m.request_id", PL_COL_EXACT,
	    "id of the request that it is about; null for the configuration"),
	COL("Subject", TEXT, subject, "m.subject", 0, "its subject line"),
	COL("NextAttemptUtc", TIME, due_at, "n.due_at", 0, "when it is tried next; null unless Queued"),
	{ 0 }
};

#define FROM "notification n JOIN message m ON m.id = n.message_id LEFT JOIN request r ON r.id = m.request_id" \
	" LEFT JOIN policy p ON p.id = r.policy_id"
#define VISIBLE ":all OR (n.channel = 'Mail' AND (" SQL_REQUEST_VISIBLE " OR (m.request_id IS NULL" \
	" AND (SELECT admin_group FROM control) IN " SQL_MY_GROUPS ")))"

const struct pl_noun pl_notification_noun = {
	.name = "Notification",
	.columns = columns,
	.row_size = sizeof(struct pl_notification),
	.from = FROM,
	.base = "notification n",
	.visible = VISIBLE,
	.newest = "DateCreatedUtc",
};

enum pl_status
pl_notification_list(struct pl_ctx *ctx, const struct pl_notification_filter *filter, pl_row_fn *each, void *arg)
{
	static const char *const names[] = { "Identity", NULL };
	const struct pl_named named = { &pl_notification_noun, names, filter->identity, PL_ERR_NOTIFICATION_NOT_FOUND };
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_notification_noun);
	pl_query_name(&q, names, filter->identity);
	if (filter->state != NULL) {
		if (strcmp(filter->state, "Sent") != 0)
			pl_query_where(&q, "n.state <> 'Sent'");   /* says again what an index knows */
		pl_query_compare(&q, "State", "=", filter->state);
		q.selective = q.selective || strcmp(filter->state, "Queued") == 0;
	}
	return pl_query_get(&q, "Get-ElevatedAccessNotification", &named, each, arg);
}

/* A mail that was never tried has no address to be tried at; a group may have got members since. */
#define RETRIED "CASE n.channel WHEN 'Command' THEN (SELECT notify_command FROM control) IS NOT NULL" \
	" ELSE n.state = 'Queued' OR n.attempts > 0 OR n.group_id IS NOT NULL END"
#define MAKE_DUE(condition) "UPDATE notification SET state = 'Queued', due_at = :now WHERE id IN (SELECT n.id FROM " \
	FROM " WHERE " condition " AND (" VISIBLE ")) RETURNING id"

static enum pl_status
make_due(struct pl_ctx *ctx, bool all, const char *request, struct pl_buf *ids)
{
	struct pl_record *r = pl_op_record(ctx);
	struct pl_request found;
	struct pl_stmt q;
	enum pl_status st = PL_OK;

	if (request != NULL) {
		st = pl_request_find(ctx, request, &found);
		pl_row_clear(&pl_request_noun, &found);
	}
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx, request != NULL ? MAKE_DUE("m.request_id = :request AND n.state <> 'Sent' AND " RETRIED)
	    : all ? MAKE_DUE("n.state <> 'Sent' AND " RETRIED) : MAKE_DUE("n.state = 'Queued'"));
	pl_op_offer_facts(&q);
	pl_stmt_offer_text(&q, ":request", request);
	st = pl_stmt_close_list(&q, ids);
	if (ids->len == 0)
		pl_op_nothing_done(ctx);
	pl_txn_wake(ctx);
	pl_record_bool(r, "All", all);
	pl_record_text(r, "RequestIdentity", request);
	pl_record_int(r, "Notifications", (int64_t)pl_list_count(ids->text));
	return st;
}

/* What the sender would take now, as find_due() of delivery.c. */
static enum pl_status
list_due(struct pl_ctx *ctx, struct pl_buf *ids)
{
	struct pl_stmt q;

	pl_buf_reset(ids);
	pl_stmt_open(&q, ctx, "SELECT id FROM notification WHERE state = 'Queued' AND " SQL_DUE
	    " ORDER BY channel DESC, due_at, rowid");
	pl_op_offer_facts(&q);
	return pl_stmt_close_list(&q, ids);
}

/* What is only planned is not stored: as it is stored it is told, but for what would be changed. */
static void
plan(struct pl_ctx *ctx, struct pl_notification *n)
{
	char target[PL_TARGET_MAX + 1];

	snprintf(target, sizeof(target), "%s (%s to %s)", n->identity, n->kind, n->recipient);
	pl_op_note_what_if(ctx, operation, target);
	if (strcmp(n->state, "Failed") == 0)
		memcpy(n->state, "Queued", sizeof("Queued"));
	n->due_at = ctx->clock.now;
}

static enum pl_status
hand_out(struct pl_ctx *ctx, const char *id, pl_row_fn *each, void *arg)
{
	struct pl_notification n;
	enum pl_status st;

	pl_row_init(&pl_notification_noun, &n);
	st = pl_op_begin_read(ctx, operation, id);
	if (st == PL_OK)
		st = pl_op_end(ctx, pl_find(ctx, &pl_notification_noun, id, &n));
	if (st == PL_OK && ctx->what_if)
		plan(ctx, &n);
	if (st == PL_OK)
		st = each(arg, &n);
	pl_row_clear(&pl_notification_noun, &n);
	/* A group's may have given way to its members' meanwhile. */
	return st == PL_E_NOT_FOUND ? PL_OK : st;
}

static enum pl_status
hand_out_all(struct pl_ctx *ctx, const char *ids, pl_row_fn *each, void *arg)
{
	enum pl_status st = PL_OK;
	struct pl_item it;
	char *id;

	while (st == PL_OK && pl_list_next(&ids, &it)) {
		id = pl_item_dup(&it);
		st = id != NULL ? hand_out(ctx, id, each, arg) : pl_fail_memory(ctx);
		free(id);
	}
	return st;
}

/* What a person or the sender has in mind. */
struct intent {
	bool all;
	const char *request;
	bool plan;               /* as the sender would take it, not as it would be made due */
};

static enum pl_status
find_meant(struct pl_ctx *ctx, const struct intent *intent, struct pl_buf *ids)
{
	enum pl_status st = PL_OK;

	if (!intent->plan || intent->all || intent->request != NULL)
		st = make_due(ctx, intent->all, intent->request, ids);
	return st == PL_OK && intent->plan ? list_due(ctx, ids) : st;
}

static enum pl_status
hand_out_meant(struct pl_ctx *ctx, const struct intent *intent, pl_row_fn *each, void *arg)
{
	struct pl_buf ids;
	enum pl_status st;

	st = pl_op_begin(ctx, operation, PL_RECORD_MAINTENANCE, intent->request);
	if (st != PL_OK)
		return st;
	if (ctx->what_if || intent->plan)
		pl_op_unrecorded(ctx);   /* each is noted alone */
	pl_buf_init(&ids);
	st = pl_op_end(ctx, find_meant(ctx, intent, &ids));
	if (st == PL_OK)
		st = hand_out_all(ctx, ids.text, each, arg);
	pl_buf_clear(&ids);
	return st;
}

enum pl_status
pl_notification_make_due(struct pl_ctx *ctx, bool all, const char *request, pl_row_fn *each, void *arg)
{
	return hand_out_meant(ctx, &(struct intent){ .all = all, .request = request }, each, arg);
}

enum pl_status
pl_notification_plan(struct pl_ctx *ctx, bool all, const char *request, pl_row_fn *each, void *arg)
{
	return hand_out_meant(ctx, &(struct intent){ .all = all, .request = request, .plan = true }, each, arg);
}
