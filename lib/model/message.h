/* message.h - what one event has to tell: lines for people, JSON for programs, and whom it concerns */
#ifndef PAMLITE_MODEL_MESSAGE_H
#define PAMLITE_MODEL_MESSAGE_H

#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/notification.h"
#include "pamlite/record.h"

/* Whom it concerns: the approvers or admins, the requestor, the control's program. NULL = none. */
struct pl_audience {
	char *group, *group_name, *group_mail, *requestor, *notify_command;
};

struct pl_message {
	enum pl_message_kind kind;
	struct pl_audience audience;
	struct pl_buf subject, body;
	struct pl_record event;      /* only its parameters: the inside of the JSON object */
};

void pl_message_init(struct pl_message *m, enum pl_message_kind kind);
void pl_message_clear(struct pl_message *m);
const char *pl_message_kind_name(enum pl_message_kind kind);

/* Inside an operation: put the message together from the rows as they are, or from the operation's record. */
enum pl_status pl_message_of_request(struct pl_ctx *ctx, const char *request, struct pl_message *m);
enum pl_status pl_message_of_configuration(struct pl_ctx *ctx, struct pl_message *m);

/* A line `name: value` and a member of the object; NULL, PL_NULL and what is empty add nothing. */
void pl_message_text(struct pl_message *m, const char *name, const char *value);
void pl_message_hours(struct pl_message *m, const char *name, int64_t seconds);
void pl_message_time(struct pl_message *m, const char *name, int64_t value);
void pl_message_int(struct pl_message *m, const char *name, int64_t value);
void pl_message_list(struct pl_message *m, const char *name, const char *list);
void pl_message_map(struct pl_message *m, const char *name, const char *map);      /* a line for each */
void pl_message_argv(struct pl_message *m, const char *name, const char *list);    /* quoted for a shell */
void pl_message_json(struct pl_message *m, const char *name, const char *inside);  /* of an object */

/* Append a word as a shell reads it back, deceptive characters escaped. */
void pl_message_quote(struct pl_buf *out, const char *s, size_t len);

#endif
