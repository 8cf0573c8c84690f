/* supervised.c - what the database answers to a runner beside the run itself */

#include <string.h>

#include "pamlite/supervised.h"

#include "pamlite/chain.h"
#include "pamlite/operation.h"
#include "pamlite/statement.h"

static const char operation[] = "Invoke-ElevatedAccessTask";

static enum pl_status
check_anchor(struct pl_ctx *ctx, int64_t sequence, const char *hash)
{
	struct pl_stmt q;
	const char *found;
	bool same = false;

	pl_stmt_open(&q, ctx, "SELECT hash FROM audit WHERE sequence = :sequence");
	pl_stmt_bind_int(&q, ":sequence", sequence);
	if (pl_stmt_step(&q)) {
		found = pl_stmt_text(&q, 0);
		same = found != NULL && strcmp(found, hash) == 0;
	}
	if (pl_stmt_close(&q) != PL_OK || same)
		return q.status;
	pl_fail(ctx, PL_ERR_DATABASE_OLDER,
	    "the database is older than its anchor, or was rewritten: record %lld is not the one that root has kept",
	    (long long)sequence);
	return pl_hint(ctx, "test-elevated-access-audit-log says from which record on; as root, put back the newest"
	    " backup with restore-elevated-access-database");
}

enum pl_status
pl_supervised_check_anchor(struct pl_ctx *ctx, const char *task, int64_t sequence, const char *hash)
{
	enum pl_status st;

	if (sequence == 0)
		return PL_OK;
	st = pl_op_begin_read(ctx, operation, task);
	return st == PL_OK ? pl_op_end(ctx, check_anchor(ctx, sequence, hash)) : st;
}

enum pl_status
pl_supervised_head(struct pl_ctx *ctx, int64_t *sequence, char hash[PL_DIGEST_LEN + 1])
{
	enum pl_status st;

	*sequence = 0;
	hash[0] = '\0';
	st = pl_op_begin_read(ctx, operation, NULL);
	if (st == PL_OK)
		st = pl_op_end(ctx, pl_audit_head(ctx, sequence, hash));
	if (*sequence == 0)
		hash[0] = '\0';
	return st;
}

enum pl_status
pl_supervised_refuse(struct pl_ctx *ctx, const char *what, const char *object, const struct pl_failure *why)
{
	enum pl_status st = pl_op_begin_read(ctx, what, object);

	ctx->failure = *why;
	if (st == PL_OK)
		(void)pl_op_end(ctx, why->status);
	ctx->failure = *why;
	return why->status;
}

enum pl_status
pl_supervised_refuse_changed(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_access_answer *answer)
{
	enum pl_status st = pl_op_begin_read(ctx, operation, ask->task);

	answer->why = "TaskChanged";
	return st == PL_OK ? pl_op_end(ctx, pl_access_refuse(ctx, ask, answer)) : st;
}
