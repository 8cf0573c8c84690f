/* targets.c - acting: on one target, or on every object of standard input */

#include "session.h"

#include <string.h>
#include <unistd.h>

#include "command/bind/input.h"

enum pl_status
pl_run_target(struct pl_session *s, void *args)
{
	enum pl_status st;

	pl_ctx_forgive(&s->ctx);
	st = pl_confirm(s, args);
	if (st == PL_OK)
		st = s->command->run(&s->ctx, args, s->out);
	/* A broken pipe alone ends without a word. */
	if (st != PL_OK && st != PL_FALSE && st != PL_E_IO && s->ctx.failure.error == PL_ERR_NONE)
		st = pl_fail(&s->ctx, PL_ERR_INTERNAL, "the command ended with status %d and gave no reason", (int)st);
	pl_out_flush(s->out);
	pl_report_notes(s);
	return st;
}

/* Nobody would see what is done from here on. */
static bool
is_output_gone(const struct pl_ctx *ctx, enum pl_status st)
{
	return st == PL_E_IO && (ctx->failure.error == PL_ERR_NONE || ctx->failure.error == PL_ERR_OUTPUT_FAILED);
}

/* The next object would find the same. A busy database may be free by then. */
static bool
is_database_unusable(enum pl_error error)
{
	return error == PL_ERR_NOT_INSTALLED || (error >= PL_ERR_DATABASE_MISSING && error < PL_ERR_DATABASE_BUSY);
}

static enum pl_status
run_item(struct pl_session *s, enum pl_input_result r, const struct pl_input_item *item)
{
	enum pl_status st;
	void *args;

	if (r == PL_INPUT_BAD)
		return s->ctx.failure.status;
	st = pl_args_new(&s->ctx, &s->binding, &args);
	if (st != PL_OK)
		return st;
	if (r == PL_INPUT_OBJECT)
		st = pl_object_bind(&s->ctx, &s->binding, item, args);
	else
		st = pl_value_bind(&s->ctx, &s->binding, item->text, args);
	if (st == PL_OK)
		st = pl_run_target(s, args);
	pl_args_free(s->command, args);
	return st;
}

static enum pl_status
run_items(struct pl_session *s, struct pl_input *in)
{
	const bool stop = s->common.error_action != NULL && strcmp(s->common.error_action, "Stop") == 0;
	enum pl_status st = PL_OK, last = PL_OK;
	struct pl_input_item item;
	enum pl_input_result r;
	size_t count = 0, failed = 0;

	while ((r = pl_input_next(&s->ctx, in, &item)) != PL_INPUT_END) {
		if (r == PL_INPUT_FAILED) {
			pl_report_failure(s);
			return s->ctx.failure.status;
		}
		count++;
		st = run_item(s, r, &item);
		if (st == PL_OK)
			continue;
		failed++;
		last = st;
		if (is_database_unusable(s->ctx.failure.error)) {
			pl_report_failure(s);
			return st;
		}
		(void)pl_fail_at(&s->ctx, "%s %zu", item.unit, item.number);
		pl_report_failure(s);
		if (is_output_gone(&s->ctx, st))
			return st;
		if (stop)
			return PL_FALSE;
	}
	if (failed == 0)
		return PL_OK;
	return count == 1 ? last : PL_FALSE;
}

enum pl_status
pl_run_input(struct pl_session *s)
{
	struct pl_input in;
	enum pl_status st;

	st = pl_input_open(&s->ctx, &in, STDIN_FILENO);
	if (st == PL_OK)
		st = run_items(s, &in);
	else
		pl_report_failure(s);
	pl_input_close(&in);
	return st;
}
