/* chore_request.c - requests that have expired, and those that soon will */

#include "pamlite/chain.h"
#include "pamlite/notification.h"
#include "pamlite/operation.h"

#include "model/chore.h"
#include "model/request_internal.h"

static enum pl_status
expire(struct pl_ctx *ctx, const struct pl_chore_object *object, bool *done)
{
	return pl_request_expire(ctx, object->id, done);
}

const struct pl_chore pl_chore_expire = {
	.operation = "Expire-ElevatedAccessRequest",
	.sql = "SELECT id, expires_at FROM request WHERE state = 'Pending' AND expires_at <= :now"
	    " AND (expires_at, id) > (:at, :id) ORDER BY expires_at, id LIMIT :page",
	.act = expire,
};

/* That they were told may be asked when it has expired all the same. */
static enum pl_status
remind(struct pl_ctx *ctx, const struct pl_chore_object *object, bool *done)
{
	struct pl_record r;
	enum pl_status st;

	st = pl_notify_request(ctx, PL_MESSAGE_REMINDER, object->id);
	if (st != PL_OK)
		return st;
	pl_record_init(&r, pl_chore_remind.operation, PL_RECORD_MAINTENANCE, object->id);
	pl_record_time(&r, "ExpirationDateTimeUtc", object->at);
	st = pl_audit_append(ctx, &r);
	pl_record_clear(&r);
	*done = st == PL_OK;
	return st;
}

/*
 * Two hours before the end, or when half of a shorter life is over: not on the heels of the first
 * message. While the control is off nobody could answer.
 */
const struct pl_chore pl_chore_remind = {
	.operation = "Remind-ElevatedAccessRequest",
	.sql = "SELECT r.id, r.expires_at FROM request r WHERE r.state = 'Pending'"
	    " AND r.expires_at > :now AND r.expires_at <= :now + 7200 AND r.expires_at - :now <= :now - r.created_at"
	    " AND (r.expires_at, r.id) > (:at, :id) AND (SELECT enabled FROM control)"
	    " AND NOT EXISTS (SELECT 1 FROM message m WHERE m.request_id = r.id AND m.kind = 'Reminder')"
	    " ORDER BY r.expires_at, r.id LIMIT :page",
	.act = remind,
};
