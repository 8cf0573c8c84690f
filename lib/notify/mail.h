/* mail.h - a notification through the host's mail system */
#ifndef PAMLITE_NOTIFY_MAIL_H
#define PAMLITE_NOTIFY_MAIL_H

#include "pamlite/notification.h"

#include "notify/transport.h"

/* Hand it over to the mail system. But for PL_TAKEN with a line in `why`. */
enum pl_taken pl_mail_send(struct pl_ctx *ctx, const struct pl_delivery *d, struct pl_buf *why);

#endif
