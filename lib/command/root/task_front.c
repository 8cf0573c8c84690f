/* task_front.c - root's side of registering, changing and unregistering tasks on the system database */

#include "task_front.h"

#include <string.h>
#include <unistd.h>

#include "pamlite/place.h"

#include "command/front.h"
#include "root_directory.h"
#include "task_change.h"

enum kind { TASK_IS_NEW, TASK_CHANGES, TASK_ENDS, NO_TASK };

static enum kind
kind_of(const struct pl_command *command)
{
	static const char *const names[NO_TASK] = {
		[TASK_IS_NEW] = "register-elevated-access-task", [TASK_CHANGES] = "set-elevated-access-task",
		[TASK_ENDS] = "unregister-elevated-access-task",
	};
	enum kind kind = TASK_IS_NEW;

	while (kind < NO_TASK && strcmp(command->name, names[kind]) != 0)
		kind++;
	return kind;
}

bool
pl_task_front_is_meant(const struct pl_command *command)
{
	return kind_of(command) != NO_TASK;
}

/* Roles have no file; and that there is nothing to change is for the database's side to say. */
static bool
is_for_database_alone(const struct pl_session *s, const struct pl_task_spec *spec)
{
	if (kind_of(s->command) == TASK_IS_NEW)
		return spec->type != NULL && strcmp(spec->type, "Task") != 0;
	return spec->path == NULL && spec->arguments == NULL && spec->parameters == NULL && spec->run_as == NULL &&
	    spec->working_directory == NULL && spec->environment == NULL && spec->sha256 == NULL &&
	    spec->members == NULL && spec->description == NULL;
}

/* A process runs one command; a run() is given nothing of it but its context. */
static struct pl_task_job *under_way;

/* In place of the command's own run(): one target. */
static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_task_job *job = under_way;
	const struct pl_task_spec *spec = args;
	enum pl_status st;
	int lock;

	(void)out;
	job->status = 0;
	job->targets++;
	if (is_for_database_alone(job->session, spec))
		return pl_task_pass_on(job, spec);
	st = pl_root_directory_lock(ctx, PL_TASKS_DIR, PL_ROOT_DIRECTORY_WAIT_MS, &lock);
	if (st != PL_OK)
		return st;
	if (kind_of(job->session->command) == TASK_IS_NEW)
		st = pl_task_change_new(job, lock, spec);
	else
		st = pl_task_change_registered(job, lock, spec);
	close(lock);
	return st;
}

/* The way of every command through its targets, with another run(). */
static enum pl_status
run_targets(struct pl_session *s)
{
	const struct pl_command *own = s->command;
	struct pl_task_job job = { .session = s };
	struct pl_command mine = *own;
	enum pl_status st;

	under_way = &job;
	mine.run = run;
	s->command = &mine;
	if (s->from_input) {
		st = pl_task_end_answers(&job, pl_run_input(s));
	} else {
		st = pl_run_target(s, s->args);
		pl_report_failure(s);
	}
	s->command = own;
	under_way = NULL;
	/* Of several, that one failed; of one, how. */
	s->exited = st == PL_FALSE && job.targets == 1 && job.status != 0;
	if (!s->exited)
		return st;
	s->exit_status = job.status;
	return PL_OK;
}

/* Without its row the file says nothing any more: it goes after the commit, or with the next change. */
static enum pl_status
unregister(struct pl_session *s)
{
	struct pl_task_job job = { .session = s };
	enum pl_status st = pl_front_act(s);
	int lock;

	/* Only who may see all tasks is told of all of them: who could unregister every one that he named. */
	if (st != PL_OK || s->exit_status != 0 || s->ctx.what_if)
		return st;
	if (pl_root_directory_lock(&s->ctx, PL_TASKS_DIR, PL_ROOT_DIRECTORY_WAIT_MS, &lock) == PL_OK) {
		pl_task_tidy(&job, lock, NULL);
		close(lock);
	} else {
		pl_note(&s->ctx, PL_NOTE_WARNING, "%s", s->ctx.failure.message);
		pl_ctx_forgive(&s->ctx);
	}
	pl_report_notes(s);
	return st;
}

/* Whoever is not root has no file to write, and is told by the database's side what he may do without. */
enum pl_status
pl_task_front_act(struct pl_session *s)
{
	if (geteuid() != 0)
		return pl_front_act(s);
	return kind_of(s->command) == TASK_ENDS ? unregister(s) : run_targets(s);
}
