/* task_second.c - the second phases that root's side of a change of tasks starts */

#include "task_second.h"

#include <string.h>

#include "pamlite/output.h"

#include "command/front.h"

enum pl_status
pl_task_ask(struct pl_task_job *job, const char *name, const char *properties, struct pl_buf *answer,
    struct pl_buf *errors, int *status)
{
	struct pl_second second = { .command = "get-elevated-access-task", .in = -1, .out = -1, .captured = answer };
	struct pl_words words = { 0 };
	struct pl_buf untold;
	enum pl_status st;

	pl_buf_init(&untold);
	if (name != NULL)
		pl_words_add(&words, "Name", name);
	else
		pl_words_add(&words, "Type", "Task");
	pl_words_add(&words, "Property", properties);
	pl_words_add(&words, "OutputFormat", "Value");
	pl_words_add(&words, "ResultSize", "Unlimited");
	second.words = &words;
	second.errors = errors != NULL ? errors : &untold;
	st = pl_front_second(&job->session->ctx, &second, status);
	if (st == PL_OK && pl_buf_failed(answer))
		st = pl_fail_memory(&job->session->ctx);
	pl_words_clear(&words);
	pl_buf_clear(&untold);
	return st;
}

const char *
pl_task_format_of_each(const struct pl_task_job *job)
{
	if (job->session->from_input && job->session->format == PL_FORMAT_JSON)
		return pl_format_name(PL_FORMAT_JSON_LINES);
	return NULL;
}

/* One answer of several: the elements of one array, the rows below one header. */
static enum pl_status
print(struct pl_task_job *job, const struct pl_buf *answer)
{
	const char *text = answer->text, *rows;
	struct pl_buf out;
	enum pl_status st;

	if (answer->len == 0)
		return PL_OK;
	pl_buf_init(&out);
	if (job->session->format == PL_FORMAT_JSON) {
		pl_buf_text(&out, job->printed == 0 ? "[\n  " : ",\n  ");
		pl_buf_bytes(&out, text, strcspn(text, "\n"));
	} else {
		rows = job->session->format == PL_FORMAT_CSV && job->printed > 0 ? strchr(text, '\n') : NULL;
		pl_buf_text(&out, rows != NULL ? rows + 1 : text);
	}
	job->printed++;
	st = pl_report_text(job->session, &out);
	pl_buf_clear(&out);
	return st;
}

enum pl_status
pl_task_act(struct pl_task_job *job, const struct pl_words *words)
{
	struct pl_second second = { .command = job->session->command->name, .words = words, .in = -1, .out = -1 };
	struct pl_buf answer;
	enum pl_status st;

	pl_buf_init(&answer);
	if (job->session->from_input)
		second.captured = &answer;
	st = pl_front_second(&job->session->ctx, &second, &job->status);
	if (st == PL_OK && job->status != 0)
		st = PL_FALSE;
	if (job->session->from_input && (st == PL_OK || st == PL_FALSE)) {
		enum pl_status printed = print(job, &answer);

		if (printed != PL_OK)
			st = printed;
	}
	pl_buf_clear(&answer);
	return st;
}

enum pl_status
pl_task_rehearse(struct pl_task_job *job, const struct pl_task_telling *t)
{
	struct pl_task_telling telling = *t;
	struct pl_words words;
	enum pl_status st;

	telling.what_if = true;
	pl_task_words(job->session, &telling, &words);
	st = pl_front_rehearse(job->session, &words, -1, &job->status);
	pl_words_clear(&words);
	return st == PL_OK && job->status != 0 ? PL_FALSE : st;
}

enum pl_status
pl_task_end_answers(struct pl_task_job *job, enum pl_status st)
{
	struct pl_buf out;
	enum pl_status printed;

	if (job->session->format != PL_FORMAT_JSON || (job->printed == 0 && st != PL_OK))
		return st;
	pl_buf_init(&out);
	pl_buf_text(&out, job->printed > 0 ? "\n]\n" : "[]\n");
	printed = pl_report_text(job->session, &out);
	if (printed != PL_OK)
		pl_report_failure(job->session);
	pl_buf_clear(&out);
	return st == PL_OK ? printed : st;
}
