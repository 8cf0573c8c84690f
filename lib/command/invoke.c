/* invoke.c - joins the model, which says who may, and the executor, which runs it */

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/invoke.h"

#include "pamlite/execution.h"
#include "pamlite/run.h"

enum { WARN_BEFORE_S = 300, POLL_FAILURES_MAX = 3 };

/* A run under way, for the poll. */
struct watched {
	struct pl_ctx *ctx;
	const struct pl_execution_plan *plan;
	int failures;
};

/*
 * Revoke and stop always end the task; the end of the window only where the
 * policy says so: killing an upgrade in the middle helps nobody. A database
 * that cannot be asked three times in a row ends it too; one that others keep
 * busy can be asked, later. That nobody could answer is no failure of the run.
 */
static enum pl_run_verdict
without_answer(struct watched *w)
{
	const struct pl_failure *why = &w->ctx->failure;
	bool last = why->error != PL_ERR_DATABASE_BUSY && ++w->failures == POLL_FAILURES_MAX;

	if (last)
		pl_note(w->ctx, PL_NOTE_WARNING,
		    "the database could not be asked three times in a row; the task was ended: %s", why->message);
	pl_ctx_forgive(w->ctx);
	return last ? PL_RUN_STOPPED : PL_RUN_GO_ON;
}

static enum pl_run_verdict
poll_database(void *arg)
{
	struct watched *w = arg;
	struct pl_execution_state state;

	if (pl_execution_watch(w->ctx, w->plan->id, &state) != PL_OK)
		return without_answer(w);
	w->failures = 0;
	if (state.stopped)
		return PL_RUN_STOPPED;
	if (state.revoked)
		return PL_RUN_REVOKED;
	return state.over && w->plan->answer.terminate_on_end ? PL_RUN_WINDOW_OVER : PL_RUN_GO_ON;
}

static enum pl_status
build_environment(struct pl_ctx *ctx, const struct pl_execution_plan *plan, struct pl_buf *out)
{
	const struct passwd *pw = getpwuid(ctx->caller.uid);
	const struct pl_run_identity id = {
		.account = ctx->caller.account,
		.home = pw != NULL ? pw->pw_dir : "/",
		.shell = pw != NULL && pw->pw_shell[0] != '\0' ? pw->pw_shell : "/bin/sh",
		.term = getenv("TERM"),
		.request = plan->answer.request[0] != '\0' ? plan->answer.request : NULL,
		.requestor = ctx->caller.name,
	};

	return pl_run_environment(&id, plan->answer.task.environment, out) ? PL_OK : pl_fail_memory(ctx);
}

/*
 * The start is recorded; now it runs, and whatever comes of it is recorded too.
 * The task's status is kept if the end cannot be written: the record then says
 * Unknown, which is the truth.
 */
static enum pl_status
run_recorded(struct pl_ctx *ctx, const struct pl_execution_plan *plan, const struct pl_program *program)
{
	const struct pl_access_answer *a = &plan->answer;
	struct watched watched = { ctx, plan, 0 };
	struct pl_execution_end end = { .exit_status = -1 };
	struct pl_run_result result = { .reason = PL_END_EXITED, .exit_status = -1 };
	struct pl_run_spec spec = {
		.program = program, .arguments = plan->arguments, .working_directory = a->task.working_directory,
		.warn_at = a->terminate_on_end && a->end_at != PL_NULL ? a->end_at - WARN_BEFORE_S : PL_NULL,
		.poll = poll_database, .arg = &watched,
	};
	struct pl_failure why;
	struct pl_buf environment;
	enum pl_status st;

	pl_buf_init(&environment);
	st = build_environment(ctx, plan, &environment);
	spec.environment = environment.text;
	if (st == PL_OK)
		st = pl_run(ctx, &spec, &result);
	pl_buf_clear(&environment);
	why = ctx->failure;
	end.exit_status = st == PL_OK ? result.exit_status : (int)st;
	end.signal = result.signal;
	end.ended_at = st == PL_OK ? result.ended_at : time(NULL);
	end.reason = pl_end_reason_name(result.reason);
	if (pl_execution_finish(ctx, plan->id, &end) != PL_OK)
		pl_note(ctx, PL_NOTE_WARNING, "the end of execution %s could not be recorded: %s", plan->id,
		    ctx->failure.message);
	ctx->failure = why;
	ctx->task_status = result.signal != 0 ? 128 + result.signal : result.exit_status;
	return st;
}

/* A missing program burns nothing: it is opened before the use is counted. */
static enum pl_status
run_planned(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_execution_plan *plan)
{
	struct pl_program program = { .fd = -1 };
	enum pl_status st;

	st = pl_program_open(ctx, plan->answer.task.path, plan->answer.task.sha256, &program);
	if (st == PL_OK)
		st = pl_execution_start(ctx, ask, plan);
	if (st == PL_OK && !ctx->what_if)
		st = run_recorded(ctx, plan, &program);
	pl_program_clear(&program);
	return st;
}

enum pl_status
pl_invoke(struct pl_ctx *ctx, const struct pl_invoke_spec *spec)
{
	const struct pl_access_ask ask = {
		.task = spec->task, .parameters = spec->parameters, .values = spec->values, .request = spec->request,
	};
	struct pl_execution_plan plan;
	enum pl_status st;

	st = pl_execution_prepare(ctx, &ask, &plan);
	if (st == PL_OK)
		st = run_planned(ctx, &ask, &plan);
	pl_execution_plan_clear(&plan);
	return st;
}
