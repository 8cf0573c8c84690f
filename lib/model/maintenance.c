/* maintenance.c - one run of the maintenance: chore after chore, in short transactions, and a look at the chain */

#include <string.h>
#include <unistd.h>

#include "pamlite/maintenance.h"

#include "pamlite/operation.h"
#include "pamlite/retention.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"

#include "model/chore.h"

enum { PAGE = 100 };

#define COL(NAME, member, HELP) PL_COLUMN(struct pl_maintenance, NAME, INT, member, NULL, PL_COL_TABLE, HELP)

static const struct pl_column columns[] = {
	COL("Expired", expired, "requests whose expiry was written down"),
	COL("Notified", notified, "requests whose approvers were reminded"),
	COL("MarkedUnknown", marked_unknown, "runs without an end whose process is gone"),
	COL("ExclusionsEnded", exclusions_ended, "system accounts past their end date"),
	COL("RecordingsPruned", recordings_pruned, "recordings that root has removed in due time"),
	COL("RecordingsMissing", recordings_missing, "recordings that were gone before their time"),
	COL("ChainChecked", chain_checked, "records of the newest part of the log that were checked"),
	{ 0 }
};

const struct pl_noun pl_maintenance_noun = {
	.name = "Maintenance",
	.columns = columns,
	.row_size = sizeof(struct pl_maintenance),
};

static const char operation[] = "Invoke-ElevatedAccessMaintenance";

/* One run, and what it has done. */
struct run {
	struct pl_ctx *ctx;
	struct pl_maintenance *out;
	struct pl_audit_check *chain;
};

static enum pl_status
check_right(struct pl_ctx *ctx)
{
	if (pl_op_rights(ctx)->service || pl_op_rights(ctx)->configure)
		return PL_OK;
	pl_fail(ctx, PL_ERR_ADMINISTRATOR_REQUIRED, "%s may not start the maintenance", ctx->caller.name);
	return pl_hint(ctx, "members of the management group, root and the owner of a private database may");
}

/* Root's file is read once for many runs. */
static void
offer_kept_since(struct pl_stmt *q)
{
	int64_t kept_s;

	if (!pl_stmt_takes(q, ":kept_since"))
		return;
	kept_s = pl_retention_s();
	pl_stmt_bind_int(q, ":kept_since", kept_s > 0 ? q->ctx->clock.now - kept_s : 0);
}

/* The next objects of a chore, which are handled when all of them are known: that changes what is being read. */
static enum pl_status
read_page(struct pl_ctx *ctx, const struct pl_chore *chore, const struct pl_chore_object *behind,
    struct pl_chore_object page[PAGE], size_t *count)
{
	struct pl_stmt q;

	*count = 0;
	pl_stmt_open(&q, ctx, chore->sql);
	pl_op_offer_facts(&q);
	pl_stmt_offer_int(&q, ":at", behind->at);
	pl_stmt_bind_text(&q, ":id", behind->id);
	pl_stmt_bind_int(&q, ":page", PAGE);
	offer_kept_since(&q);
	while (*count < PAGE && pl_stmt_step(&q)) {
		pl_text_copy(page[*count].id, sizeof(page[0].id), pl_stmt_text(&q, 0));
		page[*count].at = pl_stmt_int(&q, 1);
		(*count)++;
	}
	return pl_stmt_close(&q);
}

static enum pl_status
act(struct pl_ctx *ctx, const struct pl_chore *chore, const struct pl_chore_object *object, bool *done)
{
	enum pl_status st;

	*done = false;
	st = chore->act(ctx, object, done);
	if (!*done)
		return st;
	if (ctx->what_if)
		pl_op_note_what_if(ctx, chore->operation, object->id);
	else
		pl_note(ctx, PL_NOTE_VERBOSE, "%s %s", chore->operation, object->id);
	return st;
}

/* One transaction. Where one object of it fails, nothing of it is done. */
static enum pl_status
do_page(struct pl_ctx *ctx, const struct pl_chore *chore, struct pl_chore_object *behind, size_t *count, int64_t *done)
{
	struct pl_chore_object page[PAGE];
	bool did[PAGE] = { false };
	int64_t here = 0;
	enum pl_status st;
	size_t i;

	*count = 0;
	st = pl_op_begin(ctx, operation, PL_RECORD_MAINTENANCE, NULL);
	if (st != PL_OK)
		return st;
	st = check_right(ctx);
	if (st == PL_OK)
		st = read_page(ctx, chore, behind, page, count);
	for (i = 0; i < *count && st == PL_OK; i++) {
		st = act(ctx, chore, &page[i], &did[i]);
		here += did[i];
	}
	if (here > 0)
		pl_op_unrecorded(ctx);
	else
		pl_op_nothing_done(ctx);
	st = pl_op_end(ctx, st);
	if (st == PL_OK)
		*done += here;
	for (i = 0; i < *count && st == PL_OK && chore->tell != NULL && !ctx->what_if; i++)
		if (did[i])
			chore->tell(ctx, &page[i]);
	if (*count > 0)
		*behind = page[*count - 1];
	return st;
}

static enum pl_status
do_chore(const struct run *run, const struct pl_chore *chore, int64_t *done)
{
	struct pl_chore_object behind = { .id = "", .at = -1 };
	enum pl_status st = PL_OK;
	size_t count = PAGE;

	if (chore->system && !pl_store_is_system(run->ctx))
		return PL_OK;
	while (st == PL_OK && count == PAGE)
		st = do_page(run->ctx, chore, &behind, &count, done);
	return st;
}

static enum pl_status
check_chain(const struct run *run)
{
	enum pl_status st = pl_audit_verify_newest(run->ctx, run->chain);

	if (st == PL_OK)
		run->out->chain_checked = run->chain->records;
	return st;
}

/* Before the lock, which who may not do this must not take from those who may. */
static enum pl_status
check_caller(struct pl_ctx *ctx)
{
	enum pl_status st = pl_op_begin_read(ctx, operation, NULL);

	return st == PL_OK ? pl_op_end(ctx, check_right(ctx)) : st;
}

static enum pl_status
do_all(const struct run *run)
{
	struct pl_maintenance *out = run->out;
	const struct {
		const struct pl_chore *chore;
		int64_t *done;
	} work[] = {
		{ &pl_chore_expire, &out->expired },
		{ &pl_chore_remind, &out->notified },
		{ &pl_chore_settle, &out->marked_unknown },
		{ &pl_chore_exclusion, &out->exclusions_ended },
		{ &pl_chore_recording, &out->recordings_pruned },
		{ &pl_chore_missing, &out->recordings_missing },
	};
	enum pl_status st = PL_OK;
	size_t i;

	for (i = 0; i < sizeof(work) / sizeof(work[0]) && st == PL_OK; i++)
		st = do_chore(run, work[i].chore, work[i].done);
	return st == PL_OK ? check_chain(run) : st;
}

enum pl_status
pl_maintain(struct pl_ctx *ctx, struct pl_maintenance *out, struct pl_audit_check *chain)
{
	const struct run run = { ctx, out, chain };
	enum pl_status st;
	int lock;

	memset(out, 0, sizeof(*out));
	pl_row_init(&pl_audit_check_noun, chain);
	st = check_caller(ctx);
	if (st != PL_OK)
		return st;
	st = pl_store_claim(ctx, PL_MAINTENANCE_WORK, 0, &lock);
	if (st == PL_E_STATE) {
		pl_fail(ctx, PL_ERR_MAINTENANCE_RUNNING, "another process is at the maintenance of %s",
		    pl_store_path(ctx));
		return pl_hint(ctx, "there is nothing more to do: it does the same");
	}
	if (st != PL_OK)
		return st;
	st = do_all(&run);
	if (st == PL_OK && !ctx->what_if)
		pl_store_work_done(lock);
	close(lock);
	return st;
}
