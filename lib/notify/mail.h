/* mail.h - a notification through the host's mail system */
#ifndef PAMLITE_NOTIFY_MAIL_H
#define PAMLITE_NOTIFY_MAIL_H

#include <stdbool.h>

#include "pamlite/notification.h"

/* Hand it over to the mail system. False with a line in `why`: it was not taken. */
bool pl_mail_send(const struct pl_ctx *ctx, const struct pl_delivery *d, struct pl_buf *why);

#endif
