/* chore_execution.c - runs whose end nobody has written, and runs whose recording is gone */

#include <errno.h>
#include <sys/stat.h>
#include <syslog.h>

#include "pamlite/chain.h"
#include "pamlite/end.h"
#include "pamlite/operation.h"
#include "pamlite/recording_path.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"
#include "pamlite/syslog.h"

#include "model/chore.h"
#include "model/sql.h"

/* Nobody knows the end of a run whose process is gone, unless root has kept it where the database did not take it. */
static bool
find_end(struct pl_ctx *ctx, const char *id, struct pl_end *out)
{
	if (pl_store_is_system(ctx) && pl_end_read(id, out))
		return true;
	*out = (struct pl_end){ .reason = PL_END_UNKNOWN, .exit_status = -1, .at = ctx->clock.now };
	return false;
}

static enum pl_status
record_end(struct pl_ctx *ctx, const char *id, const struct pl_end *end, bool kept)
{
	struct pl_record r;
	enum pl_status st;

	pl_record_init(&r, pl_chore_settle.operation, PL_RECORD_MAINTENANCE, id);
	r.result = "Ended";
	pl_record_text(&r, "EndReason", pl_end_reason_name(end->reason));
	pl_record_int(&r, "ExitStatus", end->exit_status >= 0 ? end->exit_status : PL_NULL);
	pl_record_int(&r, "Signal", end->signal != 0 ? end->signal : PL_NULL);
	pl_record_time(&r, "EndTimeUtc", kept ? end->at : PL_NULL);
	pl_record_text(&r, "RecordingSha256", end->recording[0] != '\0' ? end->recording : NULL);
	pl_record_text(&r, "Source", kept ? "unrecorded" : NULL);
	st = pl_audit_append(ctx, &r);
	pl_record_clear(&r);
	return st;
}

static enum pl_status
settle(struct pl_ctx *ctx, const struct pl_chore_object *object, bool *done)
{
	struct pl_stmt q;
	struct pl_end end;
	bool kept = find_end(ctx, object->id, &end);

	pl_stmt_open(&q, ctx, "UPDATE execution AS e SET ended_at = max(:at, started_at), exit_status = :status,"
	    " signal = :signal, end_reason = :reason, recording_sha256 = :recording WHERE e.id = :id AND " SQL_LOST);
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", object->id);
	pl_stmt_bind_int(&q, ":at", end.at);
	pl_stmt_bind_text(&q, ":reason", pl_end_reason_name(end.reason));
	pl_stmt_bind_int(&q, ":status", end.exit_status >= 0 ? end.exit_status : PL_NULL);
	pl_stmt_bind_int(&q, ":signal", end.signal != 0 ? end.signal : PL_NULL);
	pl_stmt_bind_text(&q, ":recording", end.recording[0] != '\0' ? end.recording : NULL);
	*done = pl_stmt_run(&q) == 1;
	if (pl_stmt_close(&q) != PL_OK || !*done)
		return q.status;
	return record_end(ctx, object->id, &end, kept);
}

/* In the direction in which the index of the runs without an end is read. */
const struct pl_chore pl_chore_settle = {
	.operation = "Invoke-ElevatedAccessTask",
	.sql = "SELECT e.id, e.started_at FROM execution e WHERE e.started_at >= :at"
	    " AND (e.started_at > :at OR e.id < :id) AND " SQL_LOST " ORDER BY e.started_at, e.id DESC LIMIT :page",
	.act = settle,
};

/* Where root has it: by its own name for the run's recording, not by one that stands in the database. */
static bool
is_recording_gone(const char *id)
{
	char path[PL_RECORDING_PATH_SIZE];
	struct stat st;

	return !pl_recording_path(id, path) || (lstat(path, &st) != 0 && errno == ENOENT);
}

/* The record tells of it, so it is not told again. The digest stays, for whoever has kept a copy. */
static enum pl_status
forget_if_gone(struct pl_ctx *ctx, const char *id, const char *result, bool *done)
{
	struct pl_record r;
	struct pl_stmt q;
	enum pl_status st;

	if (!is_recording_gone(id))
		return PL_OK;
	pl_stmt_open(&q, ctx, "UPDATE execution SET recording_path = NULL WHERE id = :id");
	pl_stmt_bind_text(&q, ":id", id);
	*done = pl_stmt_run(&q) == 1;
	if (pl_stmt_close(&q) != PL_OK || !*done)
		return q.status;
	pl_record_init(&r, pl_chore_recording.operation, PL_RECORD_MAINTENANCE, id);
	r.result = result;
	st = pl_audit_append(ctx, &r);
	pl_record_clear(&r);
	return st;
}

static enum pl_status
prune_recording(struct pl_ctx *ctx, const struct pl_chore_object *object, bool *done)
{
	return forget_if_gone(ctx, object->id, "Success", done);
}

static enum pl_status
miss_recording(struct pl_ctx *ctx, const struct pl_chore_object *object, bool *done)
{
	return forget_if_gone(ctx, object->id, "Missing", done);
}

/* Whoever removed it may read what the maintenance prints, but not take back what the host's log has. */
static void
tell_missing(struct pl_ctx *ctx, const struct pl_chore_object *object)
{
	static const char gone[] = "the recording of execution %s is gone before its time";

	pl_syslog(LOG_WARNING, gone, object->id);
	pl_note(ctx, PL_NOTE_WARNING, gone, object->id);
}

/*
 * Root removes a recording by its file's time, which is no earlier than the start of the run: so one of a run that
 * began within the time has been removed by somebody else.
 */
#define RECORDED(condition) "SELECT id, started_at FROM execution WHERE recording_path IS NOT NULL" \
	" AND ended_at IS NOT NULL AND " condition " AND (started_at > :at OR id > :id)" \
	" ORDER BY started_at, id LIMIT :page"

const struct pl_chore pl_chore_recording = {
	.operation = "Expire-ElevatedAccessRecording",
	.sql = RECORDED("started_at >= :at AND started_at < :kept_since"),
	.system = true,
	.act = prune_recording,
};

const struct pl_chore pl_chore_missing = {
	.operation = "Expire-ElevatedAccessRecording",
	.sql = RECORDED("started_at >= max(:at, :kept_since)"),
	.system = true,
	.act = miss_recording,
	.tell = tell_missing,
};
