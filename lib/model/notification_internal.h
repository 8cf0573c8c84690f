/* notification_internal.h - what queueing and delivering share */
#ifndef PAMLITE_MODEL_NOTIFICATION_INTERNAL_H
#define PAMLITE_MODEL_NOTIFICATION_INTERNAL_H

#include "pamlite/notification.h"

/* One delivery to be queued. */
struct pl_notice {
	const char *message;      /* its id */
	enum pl_channel channel;
	const char *group;        /* id of a group without an address, whose members get it; NULL = none */
	const char *recipient;
	int64_t created_at;
};

extern const char *const pl_channel_names[PL_CHANNELS];

/* Queue it, due now; what is no mail address and no group is stored as Failed. */
enum pl_status pl_notice_insert(struct pl_ctx *ctx, const struct pl_notice *n);

#endif
