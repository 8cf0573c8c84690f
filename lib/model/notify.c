/* notify.c - queueing what is to be told, in the transaction that causes it */

#include "pamlite/notification.h"

#include <string.h>

#include "pamlite/operation.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"
#include "pamlite/text.h"
#include "pamlite/uuid.h"

#include "model/message.h"
#include "model/notification_internal.h"

const char *const pl_channel_names[PL_CHANNELS] = { "Mail", "Command" };

/* The right side of a Message-ID: what the kernel calls the host may hold anything. */
static void
put_host(const struct pl_ctx *ctx, struct pl_buf *out)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
	const char *at = ctx->caller.host;
	size_t before = out->len;

	for (; *at != '\0'; at++)
		if (strchr(allowed, *at) != NULL && (*at != '.' || (out->len > before && strchr(".", at[1]) == NULL)))
			pl_buf_char(out, *at);
	if (out->len == before)
		pl_buf_text(out, "localhost");
}

/*
 * The first message to approvers bears an id made from the request's, and all further ones of the request answer
 * it, so that mail programs show them as one conversation, also to who never got the first. The host may
 * be another by then: what was stored counts.
 */
static enum pl_status
insert_message(struct pl_ctx *ctx, const struct pl_message *m, const char *request)
{
	struct pl_buf own, thread, event;
	struct pl_stmt q;

	pl_buf_init(&own);
	pl_buf_init(&thread);
	pl_buf_init(&event);
	pl_buf_printf(&own, "%s@", m->id);
	put_host(ctx, &own);
	pl_buf_printf(&thread, "request-%s@", request != NULL ? request : "");
	put_host(ctx, &thread);
	pl_buf_printf(&event, "{%s}", m->event.parameters.text);
	pl_stmt_open(&q, ctx, "INSERT INTO message (id, kind, request_id, mail_id, reply_to, subject, body, event,"
	    " created_at) SELECT :id, :kind, :request, CASE WHEN :begins AND known IS NULL THEN :thread ELSE :own END,"
	    " CASE WHEN :request IS NULL OR :begins AND known IS NULL THEN NULL ELSE coalesce(known, :thread) END,"
	    " :subject, :body, :event, :now FROM (SELECT (SELECT coalesce(reply_to, mail_id) FROM message"
	    " WHERE request_id = :request LIMIT 1) AS known)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", m->id);
	pl_stmt_bind_text(&q, ":kind", pl_message_kind_name(m->kind));
	pl_stmt_bind_text(&q, ":request", request);
	pl_stmt_bind_int(&q, ":begins", m->kind == PL_MESSAGE_PENDING);
	pl_stmt_bind_text(&q, ":own", own.text);
	pl_stmt_bind_text(&q, ":thread", thread.text);
	pl_stmt_bind_text(&q, ":subject", m->subject.text);
	pl_stmt_bind_text(&q, ":body", m->body.text);
	pl_stmt_bind_text(&q, ":event", event.text);
	if (pl_buf_failed(&own) || pl_buf_failed(&thread) || pl_buf_failed(&event))
		pl_stmt_fail(&q, pl_fail_memory(ctx));
	pl_stmt_run(&q);
	pl_buf_clear(&own);
	pl_buf_clear(&thread);
	pl_buf_clear(&event);
	return pl_stmt_close(&q);
}

/*
 * A mail program reads more into an address than an account's name ever means (pipes, files, options, other hosts),
 * so what is not of the narrow form goes nowhere.
 */
enum pl_status
pl_notice_insert(struct pl_ctx *ctx, const struct pl_notice *n)
{
	bool refused = n->channel == PL_CHANNEL_MAIL && n->group == NULL && !pl_text_is_mail_recipient(n->recipient);
	char id[PL_ID_LEN + 1];
	struct pl_stmt q;

	pl_uuid_make(id);
	pl_stmt_open(&q, ctx, "INSERT INTO notification (id, message_id, channel, group_id, recipient, state,"
	    " last_error, due_at, created_at) VALUES (:id, :message, :channel, :group, :recipient,"
	    " CASE WHEN :refused THEN 'Failed' ELSE 'Queued' END, CASE WHEN :refused THEN 'not a mail address' END,"
	    " CASE WHEN NOT :refused THEN :now END, :created)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":message", n->message);
	pl_stmt_bind_text(&q, ":channel", pl_channel_names[n->channel]);
	pl_stmt_bind_text(&q, ":group", n->group);
	pl_stmt_bind_text(&q, ":recipient", n->recipient);
	pl_stmt_bind_int(&q, ":refused", refused);
	pl_stmt_bind_int(&q, ":created", n->created_at);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static enum pl_status
queue(struct pl_ctx *ctx, const struct pl_message *m, const char *request)
{
	const struct pl_audience *a = &m->audience;
	bool to_requestor = m->kind >= PL_MESSAGE_APPROVED && m->kind != PL_MESSAGE_CONFIGURATION;
	struct pl_notice n = { .message = m->id, .created_at = ctx->clock.now };
	enum pl_status st;

	st = insert_message(ctx, m, request);
	if (to_requestor)
		n.recipient = a->requestor;
	else if (a->group_mail != NULL)
		n.recipient = a->group_mail;
	else {
		n.group = a->group;
		n.recipient = a->group_name;
	}
	if (st == PL_OK && n.recipient != NULL)
		st = pl_notice_insert(ctx, &n);
	n.channel = PL_CHANNEL_COMMAND;
	n.group = NULL;
	n.recipient = a->notify_command;
	if (st == PL_OK && n.recipient != NULL)
		st = pl_notice_insert(ctx, &n);
	pl_txn_wake(ctx);
	return st;
}

/*
 * Approvers are not flooded by somebody who asks and withdraws, or changes what he asks, again and again: beyond
 * this many an hour they hear of his requests by the reminder, if these still wait then.
 */
static enum pl_status
is_too_much(struct pl_ctx *ctx, const struct pl_message *m, const char *request, bool *out)
{
	struct pl_stmt q;

	*out = false;
	if (m->kind != PL_MESSAGE_PENDING)
		return PL_OK;
	pl_stmt_open(&q, ctx, "SELECT count(*) FROM (SELECT 1 FROM message m WHERE m.kind = 'Pending'"
	    " AND m.created_at > :now - 3600 AND m.request_id IN (SELECT id FROM request"
	    " WHERE requestor = (SELECT requestor FROM request WHERE id = :request) AND created_at > :now - 3600"
	    " UNION SELECT :request) LIMIT :most)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":request", request);
	pl_stmt_bind_int(&q, ":most", PL_MESSAGES_HOUR_MAX);
	*out = pl_stmt_step(&q) && pl_stmt_int(&q, 0) >= PL_MESSAGES_HOUR_MAX;
	return pl_stmt_close(&q);
}

enum pl_status
pl_notify_request(struct pl_ctx *ctx, enum pl_message_kind kind, const char *request)
{
	struct pl_message m;
	enum pl_status st;
	bool too_much;

	pl_message_init(ctx, &m, kind);
	st = is_too_much(ctx, &m, request, &too_much);
	if (st == PL_OK && !too_much)
		st = pl_message_of_request(ctx, request, &m);
	if (st == PL_OK && !too_much)
		st = queue(ctx, &m, request);
	pl_message_clear(&m);
	return st;
}

enum pl_status
pl_notify_configuration(struct pl_ctx *ctx)
{
	struct pl_message m;
	enum pl_status st;

	pl_message_init(ctx, &m, PL_MESSAGE_CONFIGURATION);
	st = pl_message_of_configuration(ctx, &m);
	if (st == PL_OK && m.audience.group != NULL)
		st = queue(ctx, &m, NULL);
	pl_message_clear(&m);
	return st;
}
