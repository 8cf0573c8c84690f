/* restore.c - a backup that takes the place of the database, and what becomes of what nobody can know any more */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/database.h"

#include "pamlite/authorization.h"
#include "pamlite/chain.h"
#include "pamlite/operation.h"
#include "pamlite/request.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"

#include "model/database_internal.h"

enum { KEPT_SIZE = 64 };

static const char operation[] = "Restore-ElevatedAccessDatabase", target[] = "Database",
    because[] = "the database was restored from a backup";

/* A place in the chain; sequence PL_NULL: it cannot be known. */
struct head {
	int64_t sequence;
	char hash[PL_DIGEST_LEN + 1];
};

/* By whose the place is, not by rows: those that are there may be of no use, and those that come say what they like. */
static enum pl_status
check_right(struct pl_ctx *ctx)
{
	if (!ctx->caller.asserted && ctx->caller.uid == pl_store_owner(ctx))
		return PL_OK;
	if (pl_store_is_system(ctx)) {
		(void)pl_fail(ctx, PL_ERR_ROOT_REQUIRED, "the database of this host is restored by root alone");
		return pl_hint(ctx, "type it as root");
	}
	(void)pl_fail(ctx, PL_ERR_ADMINISTRATOR_REQUIRED, "%s may not restore a database", ctx->caller.name);
	return pl_hint(ctx, "the owner of a private one may, under his own name");
}

/* Where there is a database that can take the record. */
static enum pl_status
record_refusal(struct pl_ctx *ctx)
{
	struct pl_failure why = ctx->failure;
	enum pl_status st = pl_op_begin_read(ctx, operation, target);

	ctx->failure = why;
	return st == PL_OK ? pl_op_end(ctx, why.status) : why.status;
}

/* Does it say that nothing can be done with what is there, whoever tries? */
static bool
is_beyond_use(enum pl_error error)
{
	switch (error) {
	case PL_ERR_NOT_INSTALLED:
	case PL_ERR_DATABASE_MISSING:
	case PL_ERR_DATABASE_EMPTY:
	case PL_ERR_DATABASE_FOREIGN:
	case PL_ERR_DATABASE_NEWER:
	case PL_ERR_DATABASE_SCHEMA:
	case PL_ERR_DATABASE_DAMAGED:
		return true;
	default:
		return false;
	}
}

/* From here on nothing is added to what will be lost. Locked for writing, so that no other program is at it either. */
static enum pl_status
hold(struct pl_ctx *ctx, struct head *lost)
{
	enum pl_status st = pl_txn_begin(ctx, PL_TXN_WRITE);

	lost->sequence = PL_NULL;
	lost->hash[0] = '\0';
	if (st == PL_OK) {
		st = pl_audit_head(ctx, &lost->sequence, lost->hash);
		if (st == PL_OK || !is_beyond_use(ctx->failure.error))
			return st;
		lost->sequence = PL_NULL;
		pl_ctx_forgive(ctx);
		return PL_OK;
	}
	if (!is_beyond_use(ctx->failure.error))
		return st;
	pl_note(ctx, PL_NOTE_VERBOSE, "what is replaced cannot be read: %s", ctx->failure.message);
	pl_ctx_forgive(ctx);
	return pl_store_hold(ctx);
}

/* Nobody can tell what of it was sent after the backup was made. */
static enum pl_status
drop_messages(struct pl_ctx *ctx)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "UPDATE notification SET state = 'Failed', due_at = NULL, last_error = :because"
	    " WHERE state = 'Queued'");
	pl_stmt_bind_text(&q, ":because", because);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

/*
 * What has happened since is not known here: a use of a grant that was counted, a revocation, a denial. So nothing that
 * was open goes on: who needs it asks again. The record comes first, right behind what the backup ends with.
 */
static enum pl_status
settle(struct pl_ctx *ctx, const struct head *lost, const char *kept, struct head *end)
{
	struct pl_record *r = pl_op_record(ctx);
	enum pl_status st;

	st = pl_audit_head(ctx, &end->sequence, end->hash);
	if (st != PL_OK)
		return st;
	pl_record_int(r, "BackupSequence", end->sequence);
	pl_record_text(r, "BackupHash", end->hash);
	pl_record_int(r, "ReplacedSequence", lost->sequence);
	pl_record_text(r, "ReplacedHash", lost->hash[0] != '\0' ? lost->hash : NULL);
	pl_record_text(r, "ReplacedFile", kept);
	st = pl_audit_append(ctx, r);
	pl_op_unrecorded(ctx);
	if (st == PL_OK)
		st = drop_messages(ctx);
	if (st == PL_OK)
		st = pl_request_cancel_pending(ctx, NULL);
	return st == PL_OK ? pl_authorization_revoke_live(ctx, NULL, because) : st;
}

/* NAME of what is replaced: the time, and a number where several were in one second. */
static void
choose_kept(const struct pl_ctx *ctx, char kept[KEPT_SIZE])
{
	char time[PL_TIME_LEN + 1], plain[PL_TIME_LEN + 1];
	size_t i, n = 0;
	int turn = 1;

	pl_time_format(ctx->clock.now, false, time);
	for (i = 0; time[i] != '\0'; i++)
		if (time[i] != '-' && time[i] != ':')
			plain[n++] = time[i];
	plain[n] = '\0';
	snprintf(kept, KEPT_SIZE, "before-restore-%s", plain);
	while (!pl_store_is_free(ctx, kept) && turn < 1000)
		snprintf(kept, KEPT_SIZE, "before-restore-%s.%d", plain, ++turn);
}

static void
tell(struct pl_ctx *ctx, const struct head *end, const struct head *lost, const char *kept)
{
	pl_note(ctx, PL_NOTE_WARNING, "restored up to record %" PRId64 "; requests that were pending in the backup are"
	    " canceled, grants revoked, and mails not sent again", end->sequence);
	if (lost->sequence != PL_NULL)
		pl_note(ctx, PL_NOTE_WARNING, "what was replaced ended with record %" PRId64 " and is kept in %s.%s",
		    lost->sequence, pl_store_path(ctx), kept);
	else if (!pl_store_is_free(ctx, kept))
		pl_note(ctx, PL_NOTE_WARNING, "what was replaced cannot be read and is kept in %s.%s",
		    pl_store_path(ctx), kept);
}

/* `*imported` is not in use; the lock is held. */
static enum pl_status
change(struct pl_ctx *ctx, struct pl_store **imported, const struct head *lost, const char *kept, struct head *end)
{
	enum pl_status st;

	pl_store_exchange(ctx, imported);
	st = pl_op_begin(ctx, operation, PL_RECORD_CONFIGURATION, target);
	if (st == PL_OK)
		st = pl_op_end(ctx, settle(ctx, lost, kept, end));
	pl_store_exchange(ctx, imported);
	return st;
}

static enum pl_status
put_in_place(struct pl_ctx *ctx, struct pl_store **imported)
{
	struct head lost, end = { 0 };
	char kept[KEPT_SIZE];
	enum pl_status st;

	st = hold(ctx, &lost);
	if (st != PL_OK)
		return st;
	choose_kept(ctx, kept);
	st = change(ctx, imported, &lost, kept, &end);
	if (st != PL_OK || ctx->what_if) {
		pl_txn_rollback(ctx);
		if (st == PL_OK)
			pl_op_note_what_if(ctx, operation, target);
		return st;
	}
	st = pl_store_replace(ctx, *imported, kept);
	if (st == PL_OK)
		tell(ctx, &end, &lost, kept);
	return st;
}

static enum pl_status
restore(struct pl_ctx *ctx, const char *name)
{
	struct pl_audit_check chain;
	struct pl_store *other;
	enum pl_status st;

	st = pl_store_import(ctx, ctx->input_fd, name, &other);
	if (st == PL_OK) {
		pl_store_exchange(ctx, &other);
		st = pl_database_require_sound(ctx, operation, &chain);
		pl_row_clear(&pl_audit_check_noun, &chain);
		pl_store_exchange(ctx, &other);
	}
	if (st == PL_OK)
		st = put_in_place(ctx, &other);
	pl_store_exchange(ctx, &other);
	pl_store_close(ctx);
	pl_store_exchange(ctx, &other);
	return st;
}

enum pl_status
pl_database_restore(struct pl_ctx *ctx, const char *name)
{
	enum pl_status st;
	int claim;

	if (check_right(ctx) != PL_OK)
		return record_refusal(ctx);
	st = pl_store_claim(ctx, "restore", 0, &claim);
	if (st == PL_E_STATE) {
		(void)pl_fail(ctx, PL_ERR_DATABASE_BUSY, "another process is restoring database %s",
		    pl_store_path(ctx));
		return pl_target(ctx, pl_store_path(ctx));
	}
	if (st != PL_OK)
		return st;
	st = restore(ctx, name);
	close(claim);
	return st;
}
