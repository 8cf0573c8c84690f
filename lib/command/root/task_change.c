/* task_change.c - a new or changed task: its file by root, its row by the database */

#include "task_change.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/place.h"
#include "pamlite/root_file.h"
#include "pamlite/write.h"

enum pl_status
pl_task_pass_on(struct pl_task_job *job, const struct pl_task_spec *spec)
{
	const struct pl_task_telling telling = { .spec = spec, .what_if = job->session->ctx.what_if,
		.format = pl_task_format_of_each(job) };
	struct pl_words words;
	enum pl_status st;

	pl_task_words(job->session, &telling, &words);
	st = pl_task_act(job, &words);
	pl_words_clear(&words);
	return st;
}

void
pl_task_tidy(struct pl_task_job *job, int lock, const char *needed)
{
	struct pl_buf answer, references;
	int status;

	pl_buf_init(&answer);
	pl_buf_init(&references);
	if (pl_task_ask(job, NULL, "Name\nVersion\n", &answer, NULL, &status) != PL_OK)
		pl_ctx_forgive(&job->session->ctx);
	else if (status == 0 && pl_task_references_parse(answer.text, &references) &&
	    (needed == NULL || pl_task_references_have(references.text, needed)) &&
	    !pl_task_directory_sweep(lock, references.text))
		pl_note(&job->session->ctx, PL_NOTE_WARNING, "old files stay in %s: %s", PL_TASKS_DIR, strerror(errno));
	pl_buf_clear(&answer);
	pl_buf_clear(&references);
}

/*
 * The second phase did not say that it was done. It may have been all the same: killed after its commit, or its
 * output could not be written. So the new file goes only if the database is known not to refer to it.
 */
static void
undo(struct pl_task_job *job, int lock, const struct pl_task_settled *new)
{
	const struct pl_failure failure = job->session->ctx.failure;
	char version[PL_TASK_VERSION_LEN + 2];
	struct pl_buf answer;
	int status;

	pl_buf_init(&answer);
	memcpy(version, new->digest, PL_TASK_VERSION_LEN);
	memcpy(version + PL_TASK_VERSION_LEN, "\n", 2);
	if (pl_task_ask(job, new->definition.name, "Version\n", &answer, NULL, &status) == PL_OK &&
	    (status == PL_E_NOT_FOUND || (status == 0 && strcmp(answer.text, version) != 0)))
		(void)pl_root_file_remove(lock, new->file);
	pl_buf_clear(&answer);
	job->session->ctx.failure = failure;
}

static enum pl_status
put_and_act(struct pl_task_job *job, int lock, const struct pl_task_telling *t)
{
	const struct pl_task_settled *new = t->settled;
	struct pl_words words;
	enum pl_status st;
	bool existed = false, put = false;

	pl_task_words(job->session, t, &words);
	st = words.failed ? pl_fail_memory(&job->session->ctx) : PL_OK;
	if (st == PL_OK && !t->what_if) {
		st = pl_task_directory_put(&job->session->ctx, lock, new->file, &new->text, &existed);
		put = st == PL_OK;
	}
	if (st == PL_OK)
		st = pl_task_act(job, &words);
	if (put && st == PL_OK)
		pl_task_tidy(job, lock, new->file);
	else if (put && !existed)
		undo(job, lock, new);
	pl_words_clear(&words);
	return st;
}

/* `base`: what root's file says now; NULL = it is new. */
static enum pl_status
change(struct pl_task_job *job, int lock, const struct pl_task_spec *spec, const struct pl_definition *base)
{
	struct pl_task_settled new;
	const struct pl_task_telling telling = { .spec = spec, .settled = &new, .what_if = job->session->ctx.what_if,
		.format = pl_task_format_of_each(job) };
	enum pl_status st = pl_task_settle(&job->session->ctx, spec, base, &new);

	if (st == PL_OK && !job->session->ctx.what_if)
		st = pl_task_rehearse(job, &telling);
	if (st == PL_OK)
		st = put_and_act(job, lock, &telling);
	pl_task_settled_clear(&new);
	return st;
}

/*
 * What the database calls the task: *is_task, and the version of its definition. False also of what it does not
 * know. PL_FALSE: it cannot say, and has said why.
 */
static enum pl_status
look_up(struct pl_task_job *job, const char *name, bool *is_task, char version[PL_TASK_VERSION_LEN + 1])
{
	static const char task[] = "Task\t";
	struct pl_buf answer, errors;
	enum pl_status st;
	int status;

	*is_task = false;
	version[0] = '\0';
	pl_buf_init(&answer);
	pl_buf_init(&errors);
	st = pl_task_ask(job, name, "Type\nVersion\n", &answer, &errors, &status);
	if (st == PL_OK && status != 0 && status != PL_E_NOT_FOUND) {
		(void)pl_write_all(STDERR_FILENO, errors.text, errors.len);
		job->status = status;
		st = PL_FALSE;
	}
	if (st == PL_OK && status == 0 && answer.len == sizeof task - 1 + PL_TASK_VERSION_LEN + 1 &&
	    memcmp(answer.text, task, sizeof task - 1) == 0) {
		*is_task = true;
		memcpy(version, answer.text + sizeof task - 1, PL_TASK_VERSION_LEN);
		version[PL_TASK_VERSION_LEN] = '\0';
	}
	pl_buf_clear(&answer);
	pl_buf_clear(&errors);
	return st;
}

enum pl_status
pl_task_change_new(struct pl_task_job *job, int lock, const struct pl_task_spec *spec)
{
	return change(job, lock, spec, NULL);
}

/*
 * The definition that is changed is the one in root's file. What the database says of it could be an intruder's,
 * whom root would make the author of what root runs.
 */
enum pl_status
pl_task_change_registered(struct pl_task_job *job, int lock, const struct pl_task_spec *spec)
{
	char version[PL_TASK_VERSION_LEN + 1], digest[PL_DIGEST_LEN + 1];
	struct pl_task_file current = { 0 };
	enum pl_status st;
	bool is_task;

	st = look_up(job, spec->name, &is_task, version);
	if (st == PL_OK && !is_task)
		return pl_task_pass_on(job, spec);
	if (st == PL_OK)
		st = pl_task_directory_find(&job->session->ctx, lock, spec->name, version, digest);
	if (st == PL_OK)
		st = pl_task_file_read(&job->session->ctx, spec->name, digest, &current);
	if (st == PL_OK)
		st = change(job, lock, spec, &current.definition);
	pl_task_file_clear(&current);
	return st;
}
