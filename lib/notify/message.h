/* message.h - a notification as a mail: RFC 5322 text */
#ifndef PAMLITE_NOTIFY_MESSAGE_H
#define PAMLITE_NOTIFY_MESSAGE_H

#include "pamlite/buffer.h"
#include "pamlite/notification.h"

/*
 * Append the whole mail, lines ended by LF as a local mail program takes them. `account` sends from `host`. What users
 * wrote stands in the subject and the body alone: escaped as for a terminal, so that it is free of control characters,
 * then encoded. What is no Message-ID or address of the narrow form is left out. A pure function.
 */
void pl_message_format(const struct pl_delivery *d, const char *account, const char *host, struct pl_buf *out);

/* The parts: a header with any text as its value, and a body with its two headers and the empty line. */
void pl_message_header(const char *name, const char *value, struct pl_buf *out);
void pl_message_body(const char *text, struct pl_buf *out);

#endif
