/* event.h - a notification to the control's NotifyCommand, for chat and the like */
#ifndef PAMLITE_NOTIFY_EVENT_H
#define PAMLITE_NOTIFY_EVENT_H

#include <stdbool.h>

#include "pamlite/notification.h"

/* Hand it to the program as one line of JSON. False with a line in `why`: it was not taken. */
bool pl_event_send(struct pl_ctx *ctx, const struct pl_delivery *d, struct pl_buf *why);

#endif
