/* serve.c - the runner's questions to the database, one after the other */

#include <string.h>

#include "pamlite/invoke.h"

#include "pamlite/channel.h"
#include "pamlite/command.h"
#include "pamlite/execution.h"
#include "pamlite/replay.h"
#include "pamlite/run.h"
#include "pamlite/store.h"
#include "pamlite/supervised.h"

struct served {
	struct pl_ctx *ctx;
	const char *shown;                  /* the run whose recording is asked for; NULL = a task is to be run */
	struct pl_access_ask ask;
	struct pl_execution_plan plan;      /* what MAY was answered with, for START */
	bool planned;
};

/* The caller is told why, and the runner what to exit with; that nobody watches a run, the runner says, and once. */
static void
refuse(struct served *s, const struct pl_question *q, struct pl_answer *a)
{
	memset(a, 0, sizeof(*a));
	a->verdict = PL_ANSWER_NO;
	a->status = q->kind == PL_ASK_WATCH ? (int32_t)s->ctx->failure.status : pl_command_report(s->ctx);
	/* Of an end the runner wants to know whether it was busy: then it says it again. */
	if (q->kind == PL_ASK_FINISH && s->ctx->failure.error == PL_ERR_DATABASE_BUSY)
		a->status = PL_E_STATE;
}

static enum pl_status
may(struct served *s, const struct pl_question *q, struct pl_answer *a)
{
	enum pl_status st;

	pl_execution_plan_clear(&s->plan);
	st = pl_supervised_check_anchor(s->ctx, s->ask.task, q->anchor.sequence, q->anchor.hash);
	if (st == PL_OK) {
		st = pl_execution_prepare(s->ctx, &s->ask, &s->plan);
		s->planned = st == PL_OK;
	}
	if (st != PL_OK)
		return st;
	memcpy(a->definition, s->plan.answer.definition, sizeof(a->definition));
	if (s->plan.answer.record_session) {
		a->flags |= PL_ANSWER_RECORD;
		a->recording_max = s->plan.recording_max;
	}
	return st;
}

/* What root has read and bound must be what is granted here: else one of the two was changed. */
static enum pl_status
check_same(struct served *s, const struct pl_question *q)
{
	char digest[PL_DIGEST_LEN + 1];
	struct pl_digest d;

	if (!s->planned)
		return pl_fail(s->ctx, PL_ERR_INTERNAL, "a run was begun without its question");
	pl_digest_start(&d);
	pl_digest_text(&d, s->plan.answer.parameters);
	pl_digest_end(&d, digest);
	if (memcmp(q->definition, s->plan.answer.definition, sizeof(q->definition)) == 0 &&
	    memcmp(q->parameters, digest, sizeof(q->parameters)) == 0)
		return PL_OK;
	return pl_supervised_refuse_changed(s->ctx, &s->ask, &s->plan.answer);
}

static enum pl_status
start(struct served *s, const struct pl_question *q, struct pl_answer *a)
{
	enum pl_status st = check_same(s, q);

	if (st == PL_OK)
		st = pl_execution_start(s->ctx, &s->ask, &s->plan);
	if (st != PL_OK)
		return st;
	a->end_at = s->plan.answer.end_at;
	if (s->plan.answer.terminate_on_end)
		a->flags |= PL_ANSWER_TERMINATE;
	if (s->ctx->what_if) {
		a->flags |= PL_ANSWER_WHAT_IF;
		return PL_OK;
	}
	memcpy(a->execution, s->plan.id, sizeof(a->execution));
	memcpy(a->request, s->plan.answer.request, sizeof(a->request));
	/* That there is no head to keep stops no run that was recorded. */
	(void)pl_supervised_head(s->ctx, &a->head.sequence, a->head.hash);
	return PL_OK;
}

static enum pl_status
watch(struct served *s, const struct pl_question *q, struct pl_answer *a)
{
	struct pl_execution_state state;
	enum pl_status st = pl_execution_watch(s->ctx, q->execution, &state);

	if (state.stopped)
		a->flags |= PL_ANSWER_STOPPED;
	if (state.revoked)
		a->flags |= PL_ANSWER_REVOKED;
	if (state.over)
		a->flags |= PL_ANSWER_OVER;
	/* Others keep it busy: it can be asked, later. */
	return st == PL_E_STATE ? PL_OK : st;
}

static enum pl_status
finish(struct served *s, const struct pl_question *q, struct pl_answer *a)
{
	const struct pl_channel_recorded *r = &q->recorded;
	const struct pl_execution_end end = { .reason = pl_end_reason_name((enum pl_end_reason)q->reason),
		.exit_status = q->exit_status, .signal = q->signal, .ended_at = q->ended_at,
		.recording_sha256 = r->sha256, .input_sha256 = r->input, .output_sha256 = r->output,
		.input_bytes = r->input_bytes, .output_bytes = r->output_bytes };
	enum pl_status st = pl_execution_finish(s->ctx, q->execution, &end);

	if (st == PL_OK)
		(void)pl_supervised_head(s->ctx, &a->head.sequence, a->head.hash);
	return st;
}

static enum pl_status
report(struct served *s, const struct pl_question *q)
{
	struct pl_failure why = q->failure;

	return s->shown != NULL ? pl_supervised_refuse(s->ctx, "Show-ElevatedAccessExecution", s->shown, &why)
	    : pl_supervised_refuse(s->ctx, "Invoke-ElevatedAccessTask", s->ask.task, &why);
}

static enum pl_status
answer(struct served *s, const struct pl_question *q, struct pl_answer *a)
{
	if ((s->shown != NULL) != (q->kind == PL_ASK_SHOW) && q->kind != PL_ASK_REPORT)
		return pl_fail(s->ctx, PL_ERR_INTERNAL, "the runner asked what this is not for");
	switch (q->kind) {
	case PL_ASK_MAY:
		return may(s, q, a);
	case PL_ASK_START:
		return start(s, q, a);
	case PL_ASK_WATCH:
		return watch(s, q, a);
	case PL_ASK_FINISH:
		return finish(s, q, a);
	case PL_ASK_SHOW:
		return pl_execution_recording(s->ctx, s->shown, a->execution, a->recording);
	case PL_ASK_REPORT:
		return report(s, q);
	default:
		return pl_fail(s->ctx, PL_ERR_INTERNAL, "the runner asked what there is no answer to");
	}
}

/*
 * A newer pam-lite was installed while the task runs, and the database is of its version now: nobody is told so, the
 * runner starts the program that was installed with it, and asks that.
 */
static bool
is_outlived(const struct served *s, const struct pl_question *q)
{
	return (q->kind == PL_ASK_WATCH || q->kind == PL_ASK_FINISH) &&
	    s->ctx->failure.error == PL_ERR_DATABASE_NEWER;
}

/*
 * Nothing is open while a task runs, but for the half second before it is watched, in which most have ended. False:
 * there is no answer.
 */
static bool
serve(struct served *s, const struct pl_question *q, struct pl_answer *a)
{
	enum pl_status st = PL_OK;

	pl_ctx_forgive(s->ctx);
	if (q->kind == PL_ASK_WATCH)
		pl_store_close(s->ctx);
	if (s->ctx->store == NULL)
		st = pl_store_open_system(s->ctx, PL_STORE_THERE);
	if (st == PL_OK)
		st = answer(s, q, a);
	else if (q->kind == PL_ASK_REPORT)
		s->ctx->failure = q->failure;
	if (st != PL_OK && is_outlived(s, q))
		return false;
	a->verdict = PL_ANSWER_YES;
	if (st == PL_OK)
		pl_command_tell(s->ctx);
	else
		refuse(s, q, a);
	if (q->kind != PL_ASK_MAY && q->kind != PL_ASK_START)
		pl_store_close(s->ctx);
	return true;
}

static enum pl_status
serve_all(struct served *s)
{
	struct pl_question q;
	struct pl_answer a;
	bool heard = true;

	while (heard && pl_channel_next(PL_CHANNEL_FD, &q)) {
		memset(&a, 0, sizeof(a));
		a.end_at = PL_NULL;
		heard = serve(s, &q, &a) && pl_channel_reply(PL_CHANNEL_FD, &q, &a);
	}
	if (s->planned)
		pl_execution_plan_clear(&s->plan);
	pl_ctx_forgive(s->ctx);
	return PL_OK;
}

enum pl_status
pl_invoke_serve(struct pl_ctx *ctx, const struct pl_invoke_spec *spec)
{
	struct served s = { .ctx = ctx, .ask = { .task = spec->task, .parameters = spec->parameters,
		.values = spec->values, .request = spec->request } };

	return serve_all(&s);
}

enum pl_status
pl_replay_serve(struct pl_ctx *ctx, const struct pl_replay_spec *spec)
{
	struct served s = { .ctx = ctx, .shown = spec->identity };

	return serve_all(&s);
}
