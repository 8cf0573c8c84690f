/* operation_end.c - the end of every operation: its record, what is told of it, commit, unlock */

#include "pamlite/operation.h"

#include "pamlite/chain.h"
#include "pamlite/notification.h"
#include "pamlite/store.h"

#include "model/operation_internal.h"

/*
 * Who may see everything learns nothing from "does not exist", so his typing
 * errors are not recorded; anybody else's may be probes.
 */
static bool
is_recorded(const struct pl_ctx *ctx)
{
	const struct pl_error_def *def = pl_error_def(ctx->failure.error);

	if (ctx->what_if || !def->recorded)
		return false;
	return def->status != PL_E_NOT_FOUND || !ctx->operation->rights.see_all;
}

/* The caller is told why he was refused also where the record of it cannot be written. */
static void
record_refusal(struct pl_ctx *ctx)
{
	struct pl_failure why = ctx->failure;
	struct pl_record *r = &ctx->operation->record;
	enum pl_status st;

	r->type = PL_RECORD_REFUSAL;
	r->result = "Refused";
	r->error = why.error;
	st = ctx->operation->keeps ? PL_OK : pl_txn_undo(ctx);
	if (st == PL_OK)
		st = pl_audit_append(ctx, r);
	if (st == PL_OK)
		(void)pl_txn_commit(ctx);
	else
		pl_txn_rollback(ctx);
	ctx->failure = why;
}

void
pl_op_note_what_if(struct pl_ctx *ctx, const char *operation, const char *target)
{
	pl_note(ctx, PL_NOTE_WHAT_IF, "Performing the operation \"%s\" on target \"%s\".", operation, target);
}

static enum pl_status
end_part(struct pl_ctx *ctx, enum pl_status st)
{
	if (st == PL_OK && ctx->operation->writes && !ctx->operation->unrecorded)
		st = pl_audit_append(ctx, &ctx->operation->record);
	pl_op_free(ctx);
	return st;
}

enum pl_status
pl_op_end(struct pl_ctx *ctx, enum pl_status st)
{
	struct pl_operation *op = ctx->operation;

	if (op->whole != NULL)
		return end_part(ctx, st);
	if (st != PL_OK && is_recorded(ctx))
		record_refusal(ctx);
	else if (st != PL_OK || !op->writes)
		pl_txn_rollback(ctx);
	else if (ctx->what_if) {
		pl_txn_rollback(ctx);
		if (!op->unrecorded)
			pl_op_note_what_if(ctx, op->record.operation, op->target);
	} else {
		st = op->unrecorded ? PL_OK : pl_audit_append(ctx, &op->record);
		if (st == PL_OK && op->record.type == PL_RECORD_CONFIGURATION)
			st = pl_notify_configuration(ctx);
		if (st == PL_OK)
			st = pl_txn_commit(ctx);
		else
			pl_txn_rollback(ctx);
	}
	pl_op_free(ctx);
	return st;
}
