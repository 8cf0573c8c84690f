/* event.h - a notification to the control's NotifyCommand, for chat and the like */
#ifndef PAMLITE_NOTIFY_EVENT_H
#define PAMLITE_NOTIFY_EVENT_H

#include "pamlite/notification.h"

#include "notify/transport.h"

/* Hand it to the program as one line of JSON. But for PL_TAKEN with a line in `why`. */
enum pl_taken pl_event_send(struct pl_ctx *ctx, const struct pl_delivery *d, struct pl_buf *why);

#endif
