/* message.h - what one event has to tell: lines for people, JSON for programs, and whom it concerns */
#ifndef PAMLITE_MODEL_MESSAGE_H
#define PAMLITE_MODEL_MESSAGE_H

#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/notification.h"
#include "pamlite/record.h"
#include "pamlite/uuid.h"

/* Whom it concerns: the approvers or admins, the requestor, the control's program. NULL = none. */
struct pl_audience {
	char *group, *group_name, *group_mail, *requestor, *notify_command;
};

struct pl_message {
	enum pl_message_kind kind;
	char id[PL_ID_LEN + 1];      /* the event's Identity too: a program recognises what it is told twice */
	struct pl_audience audience;
	struct pl_buf subject, body;
	struct pl_record event;      /* only its parameters: the inside of the JSON object */
};

void pl_message_init(const struct pl_ctx *ctx, struct pl_message *m, enum pl_message_kind kind);
void pl_message_clear(struct pl_message *m);
const char *pl_message_kind_name(enum pl_message_kind kind);

/* The beginning: the subject of constant words, an object's name and an account's; never what somebody wrote. */
void pl_message_begin(struct pl_message *m, const char *what, const char *between, const char *who);
/* Has all of it found room? */
enum pl_status pl_message_end(struct pl_ctx *ctx, const struct pl_message *m);

/* Inside an operation: put the message together from the rows as they are, or from the operation's record. */
enum pl_status pl_message_of_request(struct pl_ctx *ctx, const char *request, struct pl_message *m);
enum pl_status pl_message_of_configuration(struct pl_ctx *ctx, struct pl_message *m);

/* A line `name: value` and a member of the object; NULL, PL_NULL, false and what is empty add nothing. */
void pl_message_text(struct pl_message *m, const char *name, const char *value);
void pl_message_hours(struct pl_message *m, const char *name, int64_t seconds);
void pl_message_time(struct pl_message *m, const char *name, int64_t value);
void pl_message_int(struct pl_message *m, const char *name, int64_t value);
void pl_message_true(struct pl_message *m, const char *name, bool value);
void pl_message_list(struct pl_message *m, const char *name, const char *list);
void pl_message_map(struct pl_message *m, const char *name, const char *map);      /* a line for each */
void pl_message_argv(struct pl_message *m, const char *name, const char *list);    /* quoted for a shell */
/*
 * The member alone, `inside` of an object, whose lines the caller adds then; false if it is too long, which is said.
 */
bool pl_message_json(struct pl_message *m, const char *name, const char *inside);

/* Append a word as a shell reads it back, deceptive characters escaped. */
void pl_message_quote(struct pl_buf *out, const char *s, size_t len);

#endif
