/* delivery.c - what the sender takes out of the queue, and what it reports */

#include "pamlite/notification.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/text.h"
#include "pamlite/uuid.h"

#include "model/notification_internal.h"
#include "model/sql.h"

enum { ERROR_MAX = 200, GIVE_UP_S = 3 * 24 * PL_HOUR_S };

static const char operation[] = "Send-ElevatedAccessNotification";

#define COL(NAME, TYPE, member, SQL) PL_COLUMN(struct pl_delivery, NAME, TYPE, member, SQL, 0, NULL)

/* Never printed: to load it and to clear it. */
static const struct pl_column columns[] = {
	PL_COLUMN(struct pl_delivery, "Identity", TEXT, identity, "n.id", PL_COL_ID, NULL),
	COL("Channel", TEXT, channel, "n.channel"),
	COL("Recipient", TEXT, recipient, "n.recipient"),
	COL("Kind", TEXT, kind, "m.kind"),
	COL("RequestIdentity", TEXT, request, "m.request_id"),
	COL("MailId", TEXT, mail_id, "m.mail_id"),
	COL("ReplyTo", TEXT, reply_to, "m.reply_to"),
	COL("Subject", TEXT, subject, "m.subject"),
	COL("Body", TEXT, body, "m.body"),
	COL("Event", TEXT, event, "m.event"),
	COL("Attempts", INT, attempts, "n.attempts"),
	COL("DateCreatedUtc", TIME, created_at, "m.created_at"),
	{ 0 }
};

static const struct pl_noun delivery_noun = {
	.name = "Delivery",
	.columns = columns,
	.row_size = sizeof(struct pl_delivery),
	.from = "notification n JOIN message m ON m.id = n.message_id",
};

void
pl_delivery_clear(struct pl_delivery *d)
{
	pl_row_clear(&delivery_noun, d);
}

/*
 * The first that is due, of one second the first that was queued: who is told of a request and of its end is told in
 * that order. Where it is a group's, the group's Unix group too, which is asked with nothing locked.
 */
struct due {
	char id[PL_ID_LEN + 1];
	bool is_group;
	char *unix_group;
};

static enum pl_status
find_due(struct pl_ctx *ctx, enum pl_channel channel, struct due *due)
{
	struct pl_stmt q;
	bool found;

	pl_stmt_open(&q, ctx, "SELECT n.id, n.group_id IS NOT NULL, g.unix_group FROM notification n"
	    " LEFT JOIN approver_group g ON g.id = n.group_id WHERE n.state = 'Queued' AND n.channel = :channel"
	    " AND n." SQL_DUE
	    " ORDER BY n.due_at, n.rowid LIMIT 1");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":channel", pl_channel_names[channel]);
	found = pl_stmt_step(&q);
	if (found) {
		pl_text_copy(due->id, sizeof(due->id), pl_stmt_text(&q, 0));
		due->is_group = pl_stmt_bool(&q, 1);
		due->unix_group = pl_stmt_dup(&q, 2);
	}
	return pl_stmt_close(&q) != PL_OK ? q.status : found ? PL_OK : PL_E_NOT_FOUND;
}

static enum pl_status
take(struct pl_ctx *ctx, enum pl_channel channel, struct due *due, struct pl_delivery *out)
{
	enum pl_status st;

	st = pl_op_begin_read(ctx, operation, NULL);
	if (st != PL_OK)
		return st;
	st = pl_require_service(ctx);
	if (st == PL_OK)
		st = find_due(ctx, channel, due);
	if (st == PL_OK && !due->is_group)
		st = pl_find_any(ctx, &delivery_noun, due->id, out);
	return pl_op_end(ctx, st);
}

static enum pl_status
list_members(struct pl_ctx *ctx, const char *id, const char *unix_members, struct pl_buf *out)
{
	char short_name[PL_ACCOUNT_MAX + 1], name[PL_ACCOUNT_MAX + 1];
	const char *separator = "", *who;
	struct pl_buf json;
	struct pl_item it;
	struct pl_stmt q;

	pl_buf_init(&json);
	pl_buf_char(&json, '[');
	for (; pl_list_next(&unix_members, &it); separator = ",") {
		snprintf(name, sizeof(name), "%.*s", (int)it.len, it.text);
		who = pl_principal_short(ctx, name, short_name);
		pl_buf_printf(&json, "%s\"", separator);
		pl_text_escape_json(&json, who, strlen(who));
		pl_buf_char(&json, '"');
	}
	pl_buf_char(&json, ']');
	pl_stmt_open(&q, ctx, "SELECT who FROM (SELECT g.member AS who FROM notification n JOIN group_member g"
	    " ON g.group_id = n.group_id WHERE n.id = :id UNION SELECT value FROM json_each(:unix_members))"
	    " WHERE who NOT IN (SELECT r.requestor || tail.text FROM notification n"
	    " JOIN message m ON m.id = n.message_id JOIN request r ON r.id = m.request_id"
	    " JOIN (SELECT '' AS text UNION ALL SELECT coalesce('@' || :domain, '')) tail WHERE n.id = :id)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":unix_members", json.text);
	if (pl_buf_failed(&json))
		pl_stmt_fail(&q, pl_fail_memory(ctx));
	pl_buf_clear(&json);
	return pl_stmt_close_list(&q, out);
}

/* Another sender may have been here meanwhile: then there is nothing to do. */
static enum pl_status
find_group(struct pl_ctx *ctx, const char *id, struct pl_notice *n, char message[PL_ID_LEN + 1])
{
	struct pl_stmt q;

	message[0] = '\0';
	pl_stmt_open(&q, ctx, "SELECT message_id, created_at FROM notification WHERE id = :id AND state = 'Queued'"
	    " AND group_id IS NOT NULL");
	pl_stmt_bind_text(&q, ":id", id);
	if (pl_stmt_step(&q)) {
		pl_text_copy(message, PL_ID_LEN + 1, pl_stmt_text(&q, 0));
		n->created_at = pl_stmt_int(&q, 1);
	}
	return pl_stmt_close(&q);
}

static enum pl_status
replace(struct pl_ctx *ctx, const char *id, const char *members)
{
	char message[PL_ID_LEN + 1], name[PL_ACCOUNT_MAX + 1];
	struct pl_notice n = { .message = message, .channel = PL_CHANNEL_MAIL, .recipient = name };
	struct pl_stmt q;
	struct pl_item it;
	enum pl_status st;

	st = find_group(ctx, id, &n, message);
	if (st == PL_OK && message[0] == '\0') {
		pl_op_nothing_done(ctx);
		return PL_OK;
	}
	pl_stmt_open(&q, ctx, pl_list_count(members) > 0 ? "DELETE FROM notification WHERE id = :id"
	    : "UPDATE notification SET state = 'Failed', due_at = NULL, last_error = 'the group has no members'"
	    " WHERE id = :id");
	pl_stmt_fail(&q, st);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_run(&q);
	st = pl_stmt_close(&q);
	while (st == PL_OK && pl_list_next(&members, &it)) {
		snprintf(name, sizeof(name), "%.*s", (int)it.len, it.text);
		st = pl_notice_insert(ctx, &n);
	}
	return st;
}

/* Only who delivers needs the members: a request of a group of thousands is queued as fast as any. */
static enum pl_status
expand(struct pl_ctx *ctx, const struct due *due)
{
	struct pl_buf unix_members, members;
	enum pl_status st;

	pl_buf_init(&unix_members);
	pl_buf_init(&members);
	if (due->unix_group != NULL)
		pl_unix_group_list(due->unix_group, &unix_members);
	st = pl_buf_failed(&unix_members) ? pl_fail_memory(ctx)
	    : pl_op_begin(ctx, operation, PL_RECORD_MAINTENANCE, due->id);
	if (st == PL_OK) {
		pl_op_unrecorded(ctx);
		st = list_members(ctx, due->id, unix_members.text, &members);
		st = pl_op_end(ctx, st == PL_OK ? replace(ctx, due->id, members.text) : st);
	}
	pl_buf_clear(&unix_members);
	pl_buf_clear(&members);
	return st;
}

enum pl_status
pl_delivery_next(struct pl_ctx *ctx, enum pl_channel channel, struct pl_delivery *out)
{
	struct due due;
	enum pl_status st;

	pl_row_init(&delivery_noun, out);
	do {
		memset(&due, 0, sizeof(due));
		st = take(ctx, channel, &due, out);
		if (st == PL_OK && due.is_group)
			st = expand(ctx, &due);
		free(due.unix_group);
	} while (st == PL_OK && due.is_group);
	return st;
}

/* What a mail program printed: one line that can be shown. */
static void
one_line(const char *error, char out[ERROR_MAX + 1])
{
	struct pl_buf b;

	pl_text_copy(out, ERROR_MAX + 1, error);
	for (char *c = out; *c != '\0'; c++)
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	pl_buf_init(&b);
	pl_text_escape(&b, out, strlen(out));
	pl_text_copy(out, ERROR_MAX + 1, b.len > 0 ? b.text : "no reason told");
	pl_buf_clear(&b);
}

static enum pl_status
done(struct pl_ctx *ctx, const char *identity, const char *error)
{
	struct pl_record *r = pl_op_record(ctx);
	struct pl_stmt q;
	bool found;

	pl_stmt_open(&q, ctx, "UPDATE notification SET attempts = attempts + 1,"
	    " state = CASE WHEN :error IS NULL THEN 'Sent' WHEN :now - created_at >= :limit THEN 'Failed'"
	    "  ELSE 'Queued' END,"
	    " sent_at = CASE WHEN :error IS NULL THEN :now END,"
	    " due_at = CASE WHEN :error IS NOT NULL AND :now - created_at < :limit THEN :now +"
	    "  CASE attempts WHEN 0 THEN 60 WHEN 1 THEN 300 WHEN 2 THEN 900 ELSE 3600 END END,"
	    " last_error = coalesce(:error, last_error) WHERE id = :id AND state = 'Queued'"
	    " RETURNING state, recipient, attempts, (SELECT request_id FROM message WHERE id = message_id)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", identity);
	pl_stmt_bind_text(&q, ":error", error);
	pl_stmt_bind_int(&q, ":limit", GIVE_UP_S);
	found = pl_stmt_step(&q);
	if (!found)
		pl_op_nothing_done(ctx);
	else if (pl_stmt_text(&q, 0) == NULL || strcmp(pl_stmt_text(&q, 0), "Failed") != 0)
		pl_op_unrecorded(ctx);
	else {
		r->result = "Failed";
		pl_record_text(r, "Recipient", pl_stmt_text(&q, 1));
		pl_record_int(r, "Attempts", pl_stmt_int(&q, 2));
		pl_record_text(r, "RequestIdentity", pl_stmt_text(&q, 3));
		pl_record_text(r, "LastError", error);
	}
	return pl_stmt_close(&q);
}

enum pl_status
pl_delivery_done(struct pl_ctx *ctx, const char *identity, const char *error)
{
	char line[ERROR_MAX + 1];
	enum pl_status st;

	if (error != NULL)
		one_line(error, line);
	st = pl_op_begin(ctx, operation, PL_RECORD_MAINTENANCE, identity);
	if (st != PL_OK)
		return st;
	st = pl_require_service(ctx);
	return pl_op_end(ctx, st == PL_OK ? done(ctx, identity, error != NULL ? line : NULL) : st);
}
