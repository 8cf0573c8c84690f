/* queue.c - sending what is queued: one sender at a time, with nothing locked but that */

#include "pamlite/queue.h"

#include <string.h>
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

static enum pl_status
deliver(struct pl_ctx *ctx, const struct pl_delivery *d)
{
	struct pl_buf why;
	enum pl_status st;
	bool sent;

	pl_buf_init(&why);
	sent = strcmp(d->channel, "Mail") == 0 ? pl_mail_send(ctx, d, &why) : pl_event_send(ctx, d, &why);
	pl_note(ctx, PL_NOTE_VERBOSE, "%s to %s: %s", d->kind, d->recipient, sent ? "sent" : why.text);
	st = mark(ctx, d->identity, sent ? NULL : why.text);
	pl_buf_clear(&why);
	return st;
}

static enum pl_status
drain(struct pl_ctx *ctx, pl_row_fn *each, void *arg)
{
	struct pl_delivery d;
	enum pl_status st;

	do {
		st = pl_delivery_next(ctx, &d);
		if (st == PL_OK)
			st = deliver(ctx, &d);
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
