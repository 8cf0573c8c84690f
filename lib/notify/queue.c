/* queue.c - sending what is queued: one sender at a time, with nothing locked but that */

#include "pamlite/queue.h"

#include <unistd.h>

#include "pamlite/notification.h"
#include "pamlite/operation.h"
#include "pamlite/place.h"
#include "pamlite/store.h"

#include "notify/event.h"
#include "notify/mail.h"

/* The database stays free: a mail system may take its time. */
static enum pl_status
take_lock(struct pl_ctx *ctx, int *fd)
{
	enum pl_status st = pl_store_claim(ctx, "sender", PL_QUEUE_WAIT_MS, fd);

	if (st != PL_E_STATE)
		return st;
	(void)pl_fail(ctx, PL_ERR_SENDER_BUSY, "another process has been sending for %d seconds",
	    PL_QUEUE_WAIT_MS / 1000);
	return pl_hint(ctx, "what is due now is sent by it, or by the next");
}

/* The message is out: who cannot say so yet tries until he can, or it would go out once more. */
static enum pl_status
mark(struct pl_ctx *ctx, const char *id, const char *error)
{
	enum pl_status st;

	do
		st = pl_delivery_done(ctx, id, error);
	while (st != PL_OK && ctx->failure.error == PL_ERR_DATABASE_BUSY);
	return st;
}

/* Whoever holds us up once would do so with each of what waits: the others are for the next run. */
struct channel {
	enum pl_channel channel;
	enum pl_taken (*send)(struct pl_ctx *ctx, const struct pl_delivery *d, struct pl_buf *why);
	bool left;
};

static enum pl_status
deliver(struct pl_ctx *ctx, struct channel *c, const struct pl_delivery *d)
{
	enum pl_taken taken;
	struct pl_buf why;
	enum pl_status st;

	pl_buf_init(&why);
	taken = c->send(ctx, d, &why);
	c->left = taken == PL_TAKEN_LATE;
	pl_note(ctx, PL_NOTE_VERBOSE, "%s to %s: %s", d->kind, d->recipient, taken == PL_TAKEN ? "sent" : why.text);
	st = mark(ctx, d->identity, taken == PL_TAKEN ? NULL : why.text);
	pl_buf_clear(&why);
	return st;
}

/* Mails before anything else: they do not wait for a program of somebody's. */
static enum pl_status
next(struct pl_ctx *ctx, struct channel channels[PL_CHANNELS], struct channel **from, struct pl_delivery *d)
{
	enum pl_status st = PL_E_NOT_FOUND;
	size_t i;

	pl_ctx_forgive(ctx);
	for (i = 0; i < PL_CHANNELS && st == PL_E_NOT_FOUND && ctx->failure.error == PL_ERR_NONE; i++) {
		*from = &channels[i];
		if (!channels[i].left)
			st = pl_delivery_next(ctx, channels[i].channel, d);
	}
	return st;
}

static enum pl_status
drain(struct pl_ctx *ctx, pl_row_fn *each, void *arg)
{
	struct channel channels[PL_CHANNELS] = { { PL_CHANNEL_MAIL, pl_mail_send, false },
		{ PL_CHANNEL_COMMAND, pl_event_send, false } };
	struct pl_delivery d = { 0 };
	struct channel *from;
	enum pl_status st;

	do {
		st = next(ctx, channels, &from, &d);
		if (st == PL_OK)
			st = deliver(ctx, from, &d);
		/* The service sees no more of the requests than anybody does. */
		if (st == PL_OK && !pl_store_is_system(ctx))
			st = pl_notification_list(ctx, &(struct pl_notification_filter){ .identity = d.identity }, each,
			    arg);
		pl_delivery_clear(&d);
	} while (st == PL_OK);
	return st == PL_E_NOT_FOUND && ctx->failure.error == PL_ERR_NONE ? PL_OK : st;
}

enum pl_status
pl_queue_drain(struct pl_ctx *ctx, pl_row_fn *each, void *arg)
{
	enum pl_status st = pl_require_service(ctx);
	int lock = -1;

	if (st == PL_OK)
		st = take_lock(ctx, &lock);
	if (st == PL_OK) {
		/* First: what is queued from here on wakes another sender. */
		if (pl_store_is_system(ctx))
			(void)unlink(PL_QUEUE);
		st = drain(ctx, each, arg);
	}
	if (lock >= 0)
		close(lock);
	return st;
}
