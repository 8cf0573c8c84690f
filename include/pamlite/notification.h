/* notification.h - what people are told: queued in the transaction that caused it, delivered later */
#ifndef PAMLITE_NOTIFICATION_H
#define PAMLITE_NOTIFICATION_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/row.h"

enum pl_message_kind {
	PL_MESSAGE_PENDING,         /* to the approvers; again when the request was changed */
	PL_MESSAGE_REMINDER,        /* to the approvers: it will expire unanswered */
	PL_MESSAGE_APPROVED,        /* from here on to the requestor */
	PL_MESSAGE_DENIED,
	PL_MESSAGE_EXPIRED,
	PL_MESSAGE_CANCELED,
	PL_MESSAGE_REVOKED,
	PL_MESSAGE_CONFIGURATION,   /* to the control's AdminGroup */
	PL_MESSAGE_KINDS
};

/* Queued, Sent and Failed; ends with NULL. */
extern const char *const pl_notification_states[];

/*
 * One delivery of one message: a mail to an address, or an event to the control's program (recipient = its path).
 * A group without an address of its own is one recipient until its turn comes. A mail is seen by whoever sees the
 * request that it is about, or about the configuration by the members of the control's AdminGroup; an event, whose
 * recipient is a path of root's, by those who see everything.
 */
struct pl_notification {
	char *identity, *kind, *recipient, *state;
	int64_t attempts;
	char *last_error;
	int64_t created_at, sent_at;
	char *request;              /* NULL = about the configuration */
	char *subject;
	int64_t due_at;             /* PL_NULL unless Queued */
};
extern const struct pl_noun pl_notification_noun;

/* PL_E_NOT_FOUND (NotificationNotFound) */
struct pl_notification_filter {
	char *identity, *state;
};
enum pl_status pl_notification_list(struct pl_ctx *ctx, const struct pl_notification_filter *filter, pl_row_fn *each,
    void *arg);

/*
 * Inside an operation that writes: queue what is to be told of a request. Everything is read from the rows as
 * they are now, so it is called when they are written; it is undone with them. Approvers are told of no more than
 * PL_MESSAGES_HOUR_MAX requests and changes of one requestor in an hour. A recipient that is no mail
 * address is stored as Failed, so that it can be seen that he was not told.
 */
enum { PL_MESSAGES_HOUR_MAX = 20 };
enum pl_status pl_notify_request(struct pl_ctx *ctx, enum pl_message_kind kind, const char *request);
/* By pl_op_end() for every Configuration record: the record of the operation under way. Without AdminGroup nothing. */
enum pl_status pl_notify_configuration(struct pl_ctx *ctx);

/* Ways out. */
enum pl_channel { PL_CHANNEL_MAIL, PL_CHANNEL_COMMAND, PL_CHANNELS };

/*
 * What the sender has to deliver. All copies of one message have one mail_id, in every attempt; no angle brackets.
 * Subject and body are UTF-8 without deceptive characters, the body in lines each ended by a newline; event is the
 * same as one line of JSON.
 */
struct pl_delivery {
	char *identity;
	char *channel;              /* "Mail" or "Command" */
	char *recipient;            /* Mail: a checked address, or a local account's name; Command: absolute path */
	char *kind, *request;       /* request NULL = about the configuration */
	char *mail_id;
	char *reply_to;             /* the mail_id of what began the request's thread; NULL = this begins one */
	char *subject, *body, *event;
	int64_t attempts;           /* so far */
	int64_t created_at;         /* when it happened */
};

/*
 * The first of a channel that is due; a group's is replaced by one for each of its members, as they are then, without
 * the requestor. Nothing is claimed: two senders keep apart by a lock of their own. *out is initialised whatever the
 * status; the caller clears it. For the service alone: on the system database the account that owns it, started
 * directly; on a private one the file's owner under his own name.
 *
 * PL_E_NOT_FOUND  nothing is due; without a failure noted
 * PL_E_DENIED (AdministratorRequired)
 */
enum pl_status pl_delivery_next(struct pl_ctx *ctx, enum pl_channel channel, struct pl_delivery *out);
void pl_delivery_clear(struct pl_delivery *d);

/*
 * How one attempt went: `error` NULL = sent; else it is due again after 1, 5, 15 and 60 minutes, then every hour,
 * and Failed, with an audit record, if it is three days old. Of `error` one line of 200 bytes is kept. What is not
 * queued any more stays as it is. The same rights.
 */
enum pl_status pl_delivery_done(struct pl_ctx *ctx, const char *identity, const char *error);

/*
 * For people: what they may see of what is queued becomes due at once; with `all` also what has failed; with
 * `request` (NULL = any) both, of that request alone. What failed because there is no address, or no program any more,
 * stays. Each is handed out as a pl_notification afterwards, with nothing locked. One audit record, if there was any.
 * With -WhatIf each is noted, and handed out as it would be.
 *
 * PL_E_NOT_FOUND (RequestNotFound)
 */
enum pl_status pl_notification_make_due(struct pl_ctx *ctx, bool all, const char *request, pl_row_fn *each, void *arg);

/* For the sender with -WhatIf: note and hand out what it would send, in that order; `all` and `request` as above. */
enum pl_status pl_notification_plan(struct pl_ctx *ctx, bool all, const char *request, pl_row_fn *each, void *arg);

#endif
