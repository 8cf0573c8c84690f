/* execution.c - runs: planned, started, watched, ended */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/execution.h"

#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/process.h"
#include "pamlite/query.h"
#include "pamlite/recording_path.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"
#include "pamlite/typed.h"

#include "model/sql.h"

enum { WATCH_PATIENCE_MS = 200 };

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) PL_COLUMN(struct pl_execution, NAME, TYPE, member, SQL, FLAGS, HELP)

static const struct pl_column columns[] = {
	COL("Identity", TEXT, identity, "e.id", PL_COL_TABLE | PL_COL_ID | PL_COL_EXACT, "id of the run, a UUID"),
	COL("Task", TEXT, task, "e.task", PL_COL_TABLE, "the task that was run, as Scope\\Name"),
	COL("User", TEXT, user, "e.user", PL_COL_TABLE | PL_COL_ACCOUNT, "who ran it"),
	COL("RunAs", TEXT, run_as, "e.run_as", 0, "the account as which it ran"),
	COL("CommandLine", LIST, command_line, "e.command_line", 0,
	    "the program and every argument, as it was started"),
	COL("Parameters", MAP, parameters, "e.parameters", 0,
	    "names and values of the task's parameters; null without"),
	COL("AuthorizationIdentity", TEXT, authorization, "e.authorization_id", PL_COL_EXACT,
	    "id of the grant that was used; null for a system account"),
	COL("StartTimeUtc", TIME, started_at, "e.started_at", PL_COL_TABLE | PL_COL_INDEXED, "when it began"),
	/* Where maintenance has noticed the end of a run, that moment is not its end. */
	COL("EndTimeUtc", TIME, ended_at, "CASE WHEN e.end_reason <> 'Unknown' OR e.exit_status IS NOT NULL"
	    " THEN e.ended_at END", PL_COL_TABLE,
	    "when it ended; null while it goes on, and where nobody knows"),
	COL("ExitStatus", INT, exit_status, "e.exit_status", PL_COL_TABLE,
	    "the task's exit status; null while it goes on, and where a signal ended it"),
	COL("Signal", INT, signal, "e.signal", 0, "number of the signal that ended it; null without"),
	COL("EndReason", TEXT, end_reason, "CASE WHEN " SQL_LOST " THEN 'Unknown' ELSE e.end_reason END", 0,
	    "Exited, Signaled, Revoked, AuthorizationEnded, Stopped or Unknown; null while it goes on"),
	COL("Terminal", TEXT, terminal, "e.terminal", 0, "terminal of who ran it; null without"),
	COL("ProcessId", INT, pid, "e.pid", 0, "process that watches over the run"),
	COL("HostName", TEXT, host, "e.host", 0, "the host that it ran on"),
	COL("RecordingPath", TEXT, recording_path, "e.recording_path", 0,
	    "file of the recording; null without, and when it is removed"),
	COL("RecordingSha256", TEXT, recording_sha256, "e.recording_sha256", 0,
	    "SHA-256 of the whole recording; null without, and while it goes on"),
	COL("InputBytes", INT, input_bytes, "e.input_bytes", 0,
	    "bytes that a recorded task was given on standard input other than the terminal; null without"),
	COL("OutputBytes", INT, output_bytes, "e.output_bytes", 0,
	    "bytes that a recorded task wrote to standard output other than the terminal; null without"),
	COL("InputSha256", TEXT, input_sha256, "e.input_sha256", 0, "SHA-256 of these bytes of input; null without"),
	COL("OutputSha256", TEXT, output_sha256, "e.output_sha256", 0,
	    "SHA-256 of these bytes of output; null without"),
	{ 0 }
};

const struct pl_noun pl_execution_noun = {
	.name = "Execution",
	.columns = columns,
	.row_size = sizeof(struct pl_execution),
	.from = "execution e LEFT JOIN authorization a ON a.id = e.authorization_id"
	    " LEFT JOIN policy p ON p.id = a.policy_id",
	.base = "execution e",
	.visible = ":all OR " SQL_RUN_BY_ME " OR " SQL_MAY_DECIDE,
	.newest = "StartTimeUtc",
};

void
pl_execution_plan_clear(struct pl_execution_plan *p)
{
	pl_access_answer_clear(&p->answer);
	free(p->arguments);
	p->arguments = NULL;
}

/* Decide, and refuse unless the answer is yes and there is something to run. */
static enum pl_status
decide(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_access_answer *answer)
{
	enum pl_status st = pl_access_decide(ctx, ask, answer);

	if (st == PL_OK && !answer->allowed)
		st = pl_access_refuse(ctx, ask, answer);
	if (st == PL_OK && !answer->registered) {
		pl_fail(ctx, PL_ERR_TASK_NOT_FOUND, "'%s' is not registered, so that there is nothing to run",
		    ask->task);
		st = pl_target(ctx, ask->task);
	}
	if (st == PL_OK && answer->record_session && !pl_store_is_system(ctx)) {
		pl_fail(ctx, PL_ERR_RECORDING_UNAVAILABLE,
		    "the policy for '%s' demands a recording, and only the system database has any", ask->task);
		(void)pl_hint(ctx, "what is recorded here its owner could write himself");
		st = pl_target(ctx, ask->task);
	}
	return st;
}

/* How long a recording may become. */
static enum pl_status
find_bound(struct pl_ctx *ctx, struct pl_execution_plan *p)
{
	struct pl_stmt q;

	p->recording_max = 0;
	if (!p->answer.record_session)
		return PL_OK;
	pl_stmt_open(&q, ctx, "SELECT max_recording_bytes FROM control");
	if (pl_stmt_step(&q))
		p->recording_max = pl_stmt_int(&q, 0);
	return pl_stmt_close(&q);
}

static enum pl_status
expand(struct pl_ctx *ctx, const struct pl_access_answer *answer, char **arguments)
{
	struct pl_buf out, why;
	enum pl_status st = PL_OK;

	pl_buf_init(&out);
	pl_buf_init(&why);
	if (!pl_typed_expand(answer->task.arguments, answer->parameters, &out, &why)) {
		pl_fail(ctx, PL_ERR_PARAMETER_INVALID, "'%s': %s", answer->task.name, why.text);
		st = pl_target(ctx, answer->task.name);
	}
	pl_buf_clear(&why);
	*arguments = st == PL_OK ? pl_buf_take(&out) : NULL;
	pl_buf_clear(&out);
	return st == PL_OK && *arguments == NULL ? pl_fail_memory(ctx) : st;
}

static const char operation[] = "Invoke-ElevatedAccessTask";

enum pl_status
pl_execution_prepare(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_execution_plan *out)
{
	enum pl_status st;

	memset(out, 0, sizeof(*out));
	pl_row_init(&pl_task_noun, &out->answer.task);
	st = pl_op_begin_read(ctx, operation, ask->task);
	if (st != PL_OK)
		return st;
	pl_record_asked(pl_op_record(ctx), ask->parameters);
	st = decide(ctx, ask, &out->answer);
	if (st == PL_OK)
		st = expand(ctx, &out->answer, &out->arguments);
	if (st == PL_OK)
		st = find_bound(ctx, out);
	return pl_op_end(ctx, st);
}

/* The whole argument vector, as a list. */
static bool
command_line(const struct pl_execution_plan *p, struct pl_buf *out)
{
	pl_list_add(out, p->answer.task.path);
	pl_buf_text(out, p->arguments);
	return !pl_buf_failed(out);
}

static const char *
or_null(const char *s)
{
	return s != NULL && s[0] != '\0' ? s : NULL;
}

/* Where root puts it, who makes the same path from the same identity; NULL if it is not recorded. */
static const char *
recording_path(const struct pl_execution_plan *p, char out[PL_RECORDING_PATH_SIZE])
{
	return p->answer.record_session && pl_recording_path(p->id, out) ? out : NULL;
}

static enum pl_status
insert(struct pl_ctx *ctx, const struct pl_execution_plan *p, const char *argv)
{
	const struct pl_access_answer *a = &p->answer;
	uint64_t started = pl_process_started(ctx->caller.pid);
	char path[PL_RECORDING_PATH_SIZE];
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "INSERT INTO execution (id, task, user, uid, asserted, run_as, command_line, parameters, authorization_id,"
	    " started_at, terminal, pid, pid_started, host, boot_id, recording_path)"
	    " VALUES (:id, :task, :me, :uid, :asserted, :run_as, :argv, :parameters, :authorization, :now, :terminal,"
	    " :pid, :pid_started, :host, :boot_id, :recording)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", p->id);
	pl_stmt_bind_text(&q, ":task", a->task.name);
	pl_stmt_bind_text(&q, ":run_as", a->task.run_as);
	pl_stmt_bind_text(&q, ":argv", argv);
	pl_stmt_bind_text(&q, ":parameters", or_null(a->parameters));
	pl_stmt_bind_text(&q, ":authorization", or_null(a->authorization));
	pl_stmt_bind_text(&q, ":terminal", or_null(ctx->caller.terminal));
	pl_stmt_bind_int(&q, ":pid", ctx->caller.pid);
	pl_stmt_bind_int(&q, ":pid_started", started != 0 ? (int64_t)started : PL_NULL);
	pl_stmt_bind_text(&q, ":host", or_null(ctx->caller.host));
	pl_stmt_bind_text(&q, ":recording", recording_path(p, path));
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static enum pl_status
record_start(struct pl_ctx *ctx, struct pl_execution_plan *p)
{
	const struct pl_access_answer *a = &p->answer;
	struct pl_record *r = pl_op_record(ctx);
	char path[PL_RECORDING_PATH_SIZE];
	struct pl_buf argv;
	enum pl_status st;

	pl_uuid_make(p->id);
	pl_buf_init(&argv);
	st = command_line(p, &argv) ? insert(ctx, p, argv.text) : pl_fail_memory(ctx);
	if (st == PL_OK) {
		pl_record_object(r, p->id);
		r->result = "Started";
		pl_record_text(r, "Task", a->task.name);
		pl_record_text(r, "Why", a->why);
		pl_record_text(r, "AuthorizationIdentity", or_null(a->authorization));
		pl_record_text(r, "RequestIdentity", or_null(a->request));
		pl_record_text(r, "RunAs", a->task.run_as);
		pl_record_list(r, "CommandLine", argv.text);
		pl_record_map(r, "Parameters", or_null(a->parameters));
		pl_record_text(r, "Definition", a->definition);
		pl_record_text(r, "RecordingPath", recording_path(p, path));
	}
	pl_buf_clear(&argv);
	return st;
}

/* The plan was made a moment ago: everything is looked at again, and must be the same. */
static enum pl_status
start(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_execution_plan *p)
{
	struct pl_access_answer now;
	enum pl_status st;

	st = decide(ctx, ask, &now);
	if (st == PL_OK && strcmp(now.definition, p->answer.definition) != 0) {
		now.why = "TaskChanged";
		st = pl_access_refuse(ctx, ask, &now);
	}
	if (st == PL_OK && strcmp(now.parameters, p->answer.parameters) != 0) {
		now.why = "ParametersDiffer";
		st = pl_access_refuse(ctx, ask, &now);
	}
	/* Root has opened a file, or it has not: another policy, or this one, has been changed meanwhile. */
	if (st == PL_OK && now.record_session != p->answer.record_session) {
		pl_fail(ctx, PL_ERR_RECORDING_UNAVAILABLE,
		    "whether '%s' is recorded was changed just now: run it again", ask->task);
		st = pl_target(ctx, ask->task);
	}
	if (st == PL_OK)
		st = pl_access_consume(ctx, &now);
	if (st == PL_OK) {
		pl_access_answer_clear(&p->answer);
		p->answer = now;
		return record_start(ctx, p);
	}
	pl_access_answer_clear(&now);
	return st;
}

enum pl_status
pl_execution_start(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_execution_plan *plan)
{
	enum pl_status st;

	st = pl_op_begin(ctx, operation, PL_RECORD_EXECUTION, ask->task);
	return st == PL_OK ? pl_op_end(ctx, start(ctx, ask, plan)) : st;
}

enum pl_status
pl_execution_watch(struct pl_ctx *ctx, const char *id, struct pl_execution_state *out)
{
	struct pl_stmt q;
	enum pl_status st;

	memset(out, 0, sizeof(*out));
	/* Whoever watches a run has to hear its signals meanwhile. */
	pl_store_patience(ctx, WATCH_PATIENCE_MS);
	st = pl_op_begin_read(ctx, operation, id);
	pl_store_patience(ctx, PL_STORE_PATIENCE_MS);
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx,
	    "SELECT e.stop_at IS NOT NULL, a.revoked_at IS NOT NULL, a.id IS NOT NULL AND NOT " SQL_NOT_OVER
	    " FROM execution e LEFT JOIN authorization a ON a.id = e.authorization_id WHERE e.id = :id");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	if (pl_stmt_step(&q)) {
		out->stopped = pl_stmt_bool(&q, 0);
		out->revoked = pl_stmt_bool(&q, 1);
		out->over = pl_stmt_bool(&q, 2);
	}
	return pl_op_end(ctx, pl_stmt_close(&q));
}

static void
bind_end(struct pl_stmt *q, const char *id, const struct pl_execution_end *end)
{
	pl_stmt_bind_text(q, ":id", id);
	pl_stmt_bind_text(q, ":reason", end->reason);
	pl_stmt_bind_int(q, ":status", end->exit_status >= 0 ? end->exit_status : PL_NULL);
	pl_stmt_bind_int(q, ":signal", end->signal != 0 ? end->signal : PL_NULL);
}

static int64_t
or_no_count(int64_t bytes, const char *sha256)
{
	return or_null(sha256) != NULL ? bytes : PL_NULL;
}

static void
record_count(struct pl_record *r, const char *count, int64_t bytes, const char *digest, const char *sha256)
{
	pl_record_int(r, count, or_no_count(bytes, sha256));
	pl_record_text(r, digest, or_null(sha256));
}

static enum pl_status
finish(struct pl_ctx *ctx, const char *id, const struct pl_execution_end *end, bool *done)
{
	/* The task may have ended long before what it had printed was read. */
	const int64_t ended_at = end->ended_at < ctx->clock.now ? end->ended_at : ctx->clock.now;
	struct pl_record *r = pl_op_record(ctx);
	struct pl_stmt q;

	*done = true;
	r->result = "Ended";
	pl_record_text(r, "EndReason", end->reason);
	pl_record_int(r, "ExitStatus", end->exit_status >= 0 ? end->exit_status : PL_NULL);
	pl_record_int(r, "Signal", end->signal != 0 ? end->signal : PL_NULL);
	pl_record_time(r, "EndTimeUtc", ended_at);
	pl_record_text(r, "RecordingSha256", or_null(end->recording_sha256));
	record_count(r, "InputBytes", end->input_bytes, "InputSha256", end->input_sha256);
	record_count(r, "OutputBytes", end->output_bytes, "OutputSha256", end->output_sha256);
	pl_stmt_open(&q, ctx, "UPDATE execution SET ended_at = max(:ended_at, started_at), exit_status = :status,"
	    " signal = :signal, end_reason = :reason, recording_sha256 = :recording, input_bytes = :input_bytes,"
	    " input_sha256 = :input, output_bytes = :output_bytes, output_sha256 = :output"
	    " WHERE id = :id AND ended_at IS NULL");
	pl_op_offer_facts(&q);
	bind_end(&q, id, end);
	pl_stmt_bind_int(&q, ":ended_at", ended_at);
	pl_stmt_bind_text(&q, ":recording", or_null(end->recording_sha256));
	pl_stmt_bind_int(&q, ":input_bytes", or_no_count(end->input_bytes, end->input_sha256));
	pl_stmt_bind_text(&q, ":input", or_null(end->input_sha256));
	pl_stmt_bind_int(&q, ":output_bytes", or_no_count(end->output_bytes, end->output_sha256));
	pl_stmt_bind_text(&q, ":output", or_null(end->output_sha256));
	if (pl_stmt_run(&q) == 0)
		*done = false;
	return pl_stmt_close(&q);
}

/* Recorded before, and whoever recorded it was not told: that is no second end. */
static enum pl_status
finish_again(struct pl_ctx *ctx, const char *id, const struct pl_execution_end *end)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT 1 FROM execution WHERE id = :id AND end_reason = :reason"
	    " AND exit_status IS :status AND signal IS :signal");
	bind_end(&q, id, end);
	if (pl_stmt_step(&q))
		pl_op_nothing_done(ctx);
	else if (q.status == PL_OK)
		pl_stmt_fail(&q, pl_fail(ctx, PL_ERR_EXECUTION_OVER, "execution %s has an end already", id));
	return pl_stmt_close(&q);
}

enum pl_status
pl_execution_finish(struct pl_ctx *ctx, const char *id, const struct pl_execution_end *end)
{
	enum pl_status st = pl_op_begin(ctx, operation, PL_RECORD_EXECUTION, id);
	bool done;

	if (st != PL_OK)
		return st;
	st = finish(ctx, id, end, &done);
	if (st == PL_OK && !done)
		st = finish_again(ctx, id, end);
	return pl_op_end(ctx, st);
}

/* The same people who may revoke: the one who runs it, those who may decide it, configurers. */
static enum pl_status
check_stopper(struct pl_ctx *ctx, const char *id)
{
	struct pl_stmt q;
	bool may = pl_op_rights(ctx)->configure;

	if (may)
		return PL_OK;
	pl_stmt_open(&q, ctx, "SELECT 1 FROM execution e LEFT JOIN authorization a ON a.id = e.authorization_id"
	    " LEFT JOIN policy p ON p.id = a.policy_id WHERE e.id = :id AND (" SQL_RUN_BY_ME " OR"
	    " " SQL_MAY_DECIDE ")");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	may = pl_stmt_step(&q);
	if (pl_stmt_close(&q) != PL_OK || may)
		return q.status;
	pl_fail(ctx, PL_ERR_NOT_REVOKER, "%s may not stop execution %s", ctx->caller.name, id);
	return pl_target(ctx, id);
}

static enum pl_status
mark_stopped(struct pl_ctx *ctx, const struct pl_execution_stop_spec *spec, const struct pl_execution *e)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "UPDATE execution AS e SET stop_at = :now, stop_by = :me, stop_comment = :comment"
	    " WHERE e.id = :id AND e.ended_at IS NULL AND " SQL_IS_THERE);
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", e->identity);
	pl_stmt_bind_text(&q, ":comment", spec->comment);
	if (pl_stmt_run(&q) != 1 && q.status == PL_OK) {
		pl_fail(ctx, PL_ERR_EXECUTION_OVER, "execution %s has ended: %s", e->identity,
		    e->end_reason != NULL ? e->end_reason : "Unknown");
		pl_stmt_fail(&q, pl_target(ctx, e->identity));
	}
	return pl_stmt_close(&q);
}

/* One that the caller may see. */
static enum pl_status
find(struct pl_ctx *ctx, const char *id, struct pl_execution *out)
{
	enum pl_status st = pl_find(ctx, &pl_execution_noun, id, out);

	if (st != PL_E_NOT_FOUND)
		return st;
	pl_fail(ctx, PL_ERR_EXECUTION_NOT_FOUND, "there is no execution '%s', or you may not see it", id);
	return pl_target(ctx, id);
}

static enum pl_status
stop(struct pl_ctx *ctx, const struct pl_execution_stop_spec *spec, struct pl_execution *out)
{
	enum pl_status st;

	pl_record_text(pl_op_record(ctx), "Comment", spec->comment);
	st = find(ctx, spec->identity, out);
	if (st == PL_OK)
		st = check_stopper(ctx, out->identity);
	return st == PL_OK ? mark_stopped(ctx, spec, out) : st;
}

enum pl_status
pl_execution_stop(struct pl_ctx *ctx, const struct pl_execution_stop_spec *spec, struct pl_execution *out)
{
	enum pl_status st;

	pl_row_init(&pl_execution_noun, out);
	st = pl_op_begin(ctx, "Stop-ElevatedAccessExecution", PL_RECORD_DECISION, spec->identity);
	return st == PL_OK ? pl_op_end(ctx, stop(ctx, spec, out)) : st;
}

/* What whoever looks at the recording cannot see by that. */
static void
note_unseen(struct pl_ctx *ctx, const struct pl_execution *e)
{
	if (e->recording_sha256 == NULL && e->end_reason == NULL)
		pl_note(ctx, PL_NOTE_WARNING, "execution %s is still running: this is its recording so far, which"
		    " cannot be checked before it ends", e->identity);
	else if (e->recording_sha256 == NULL)
		pl_note(ctx, PL_NOTE_WARNING, "execution %s has no end record: whether this is what was recorded"
		    " cannot be checked", e->identity);
	if (e->input_bytes != PL_NULL && e->output_bytes != PL_NULL)
		pl_note(ctx, PL_NOTE_WARNING, "standard input and output of execution %s were no terminal: %lld bytes"
		    " in and %lld bytes out, of which the records have the SHA-256 alone", e->identity,
		    (long long)e->input_bytes, (long long)e->output_bytes);
}

enum pl_status
pl_execution_recording(struct pl_ctx *ctx, const char *identity, char id[PL_ID_LEN + 1],
    char sha256[PL_DIGEST_LEN + 1])
{
	struct pl_execution e;
	enum pl_status st;

	id[0] = sha256[0] = '\0';
	st = pl_op_begin(ctx, "Show-ElevatedAccessExecution", PL_RECORD_EXECUTION, identity);
	if (st != PL_OK)
		return st;
	pl_row_init(&pl_execution_noun, &e);
	st = find(ctx, identity, &e);
	if (st == PL_OK && (e.recording_path == NULL || !pl_store_is_system(ctx))) {
		if (e.recording_sha256 != NULL)
			pl_fail(ctx, PL_ERR_RECORDING_MISSING, "the recording of execution %s is not kept any more",
			    e.identity);
		else
			pl_fail(ctx, PL_ERR_RECORDING_MISSING, "execution %s was not recorded%s", e.identity,
			    pl_store_is_system(ctx) ? "" : ": only the system database has recordings");
		st = pl_target(ctx, e.identity);
	}
	if (st == PL_OK) {
		pl_text_copy(id, PL_ID_LEN + 1, e.identity);
		pl_text_copy(sha256, PL_DIGEST_LEN + 1, e.recording_sha256);
		note_unseen(ctx, &e);
	}
	pl_row_clear(&pl_execution_noun, &e);
	return pl_op_end(ctx, st);
}

enum pl_status
pl_execution_list(struct pl_ctx *ctx, const struct pl_execution_filter *filter, pl_row_fn *each, void *arg)
{
	static const char *const ids[] = { "Identity", NULL }, *const tasks[] = { "Task", NULL };
	static const char *const under[] = { "e.authorization_id IN (SELECT id FROM authorization WHERE id = ",
		" UNION ALL SELECT id FROM authorization WHERE request_id = ", ")", NULL };
	const struct pl_named named = { &pl_execution_noun, ids, filter->identity, PL_ERR_EXECUTION_NOT_FOUND };
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_execution_noun);
	pl_query_name(&q, ids, filter->identity);
	pl_query_name(&q, tasks, filter->task);
	pl_query_with(&q, under, filter->request);
	if (filter->mine)
		pl_query_where(&q, SQL_RUN_BY_ME);
	if (filter->running)
		pl_query_where(&q, "e.ended_at IS NULL AND " SQL_IS_THERE);
	q.selective = q.selective || filter->mine || filter->running;
	return pl_query_get(&q, "Get-ElevatedAccessExecution", &named, each, arg);
}
