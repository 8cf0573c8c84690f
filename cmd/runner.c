/* runner - setuid root: runs a task for the caller, or shows him a recording, where the database says that he may */

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/anchor.h"
#include "pamlite/elapsed.h"
#include "pamlite/hygiene.h"
#include "pamlite/place.h"
#include "pamlite/recording.h"
#include "pamlite/run.h"
#include "pamlite/show.h"
#include "pamlite/store_child.h"
#include "pamlite/syslog.h"
#include "pamlite/task_file.h"
#include "pamlite/typed.h"

/*
 * usage: runner PARENT WORD... with the caller's process id and what invoke-elevated-access-task or
 * show-elevated-access-execution was given, as "Name=text". Anybody may call it with anything. What runs is said by
 * root's task file alone; the database's side, behind a socket and another account, only says whether.
 */

enum { WARN_BEFORE_S = 300 };

/* One run, and what has to be let go at its end. */
struct run {
	struct pl_ctx ctx;
	struct pl_hygiene_caller caller;
	int front_fd;
	const char *task, *parameters, *values, *term, *asked;
	const char *shown;                 /* the run whose recording is to be shown; NULL = a task is to be run */
	struct pl_store_child store;
	struct pl_answer yes;              /* to the last question that was answered */
	int64_t asked_ms;                  /* when the one to start was asked */
	off_t anchor_seen;                 /* how long the anchor was before the database was asked */
	struct pl_task_file file;
	struct pl_program program;
	struct pl_run_account account;
	bool recorded;
	struct pl_recording recording;     /* only if `recorded` */
	struct pl_buf bound, arguments, environment;
	char requestor[PL_ACCOUNT_MAX + 1];
};

static const char misused[] = "this program is started by invoke- and show- commands";

/* What is asked, as far as root has to know it; the store child binds all of it again. */
static void
read_words(struct run *r, char *const words[], int count)
{
	const struct {
		const char *name;
		const char **text;
	} known[] = {
		{ "Task=", &r->task }, { "Parameter=", &r->parameters }, { "Values=", &r->values },
		{ "--term=", &r->term }, { PL_SHOW_WORD, &r->shown }, { PL_RUN_ASKED_WORD, &r->asked },
	};
	size_t i, len;
	int word;

	for (word = 0; word < count; word++)
		for (i = 0; i < sizeof known / sizeof known[0]; i++) {
			len = strlen(known[i].name);
			if (strncmp(words[word], known[i].name, len) == 0)
				*known[i].text = words[word] + len;
		}
	if ((r->task != NULL) == (r->shown != NULL))
		pl_hygiene_fail(PL_E_RUN, misused);
}

static bool
ask(struct run *r, struct pl_question *q, int *status)
{
	return pl_store_child_consult(&r->store, q, &r->yes, status);
}

static int
report(struct run *r)
{
	return pl_store_child_report(&r->store, &r->ctx.failure);
}

static enum pl_status
invalid(struct run *r, const struct pl_buf *why)
{
	return pl_fail(&r->ctx, PL_ERR_PARAMETER_INVALID, "'%s': %s", r->task, why->text);
}

/* Once more, by root, against root's file: the database's side has checked the same and may have been taken over. */
static enum pl_status
bind_parameters(struct run *r)
{
	const struct pl_definition *def = &r->file.definition;
	const char *declared = def->parameters != NULL ? def->parameters : "";
	struct pl_buf named, why;
	enum pl_status st = PL_OK;

	pl_buf_init(&named);
	pl_buf_init(&why);
	if (!pl_typed_name_values(declared, r->parameters, r->values, &named, &why) ||
	    !pl_typed_bind(declared, named.text, true, &r->bound, &why) ||
	    !pl_typed_expand(def->arguments, r->bound.text, &r->arguments, &why))
		st = invalid(r, &why);
	if (pl_buf_failed(&named) || pl_buf_failed(&why) || pl_buf_failed(&r->bound) || pl_buf_failed(&r->arguments))
		st = pl_fail_memory(&r->ctx);
	pl_buf_clear(&named);
	pl_buf_clear(&why);
	return st;
}

static enum pl_status
make_environment(struct run *r)
{
	struct pl_run_identity id = {
		.account = r->account.name, .home = r->account.home, .shell = r->account.shell, .term = r->term,
		.request = r->yes.request[0] != '\0' ? r->yes.request : NULL, .requestor = r->requestor,
	};

	return pl_run_environment(&id, r->file.definition.environment, &r->environment) ? PL_OK
	    : pl_fail_memory(&r->ctx);
}

/*
 * Most tasks take no parameters. For one that does, and was given none, the caller is to ask for those that were
 * approved: told by how this process ends, since every status can be a task's. Nothing has been done; a signal that
 * others send is blocked.
 */
static void
want_parameters(struct run *r)
{
	const char *declared = r->file.definition.parameters;
	sigset_t mine;

	if (r->asked != NULL || r->parameters != NULL || r->values != NULL || declared == NULL || declared[0] == '\0')
		return;
	pl_store_child_end(&r->store);
	(void)signal(PL_RUN_WANTS, SIG_DFL);
	(void)raise(PL_RUN_WANTS);
	(void)sigemptyset(&mine);
	(void)sigaddset(&mine, PL_RUN_WANTS);
	(void)sigprocmask(SIG_UNBLOCK, &mine, NULL);
}

/* 12. and 13.: all that can fail without burning a use. */
static enum pl_status
prepare(struct run *r, const char *definition)
{
	enum pl_status st;

	st = pl_task_file_read(&r->ctx, r->task, definition, &r->file);
	if (st == PL_OK) {
		want_parameters(r);
		st = bind_parameters(r);
	}
	if (st == PL_OK)
		st = pl_program_open_trusted(&r->ctx, r->file.definition.path, r->file.definition.sha256, &r->program);
	if (st == PL_OK)
		st = pl_run_account_find(&r->ctx, r->file.definition.run_as, &r->account);
	return st;
}

/* Before the use is counted: without room for a recording there is no run, and nothing is burnt. */
static enum pl_status
begin_recording(struct run *r)
{
	const struct pl_recording_spec spec = { .max = r->yes.recording_max, .title = r->task, .term = r->term,
		.shell = r->account.shell };

	r->recorded = (r->yes.flags & PL_ANSWER_RECORD) != 0;
	return r->recorded ? pl_recording_begin(&r->ctx, &spec, &r->recording) : PL_OK;
}

/* 0 or errno. */
static int
keep_head(const struct run *r, const struct pl_channel_head *head)
{
	int error = pl_anchor_append(head, r->anchor_seen) ? 0 : errno;

	if (error != 0)
		pl_syslog(LOG_ERR, "the anchor " PL_ANCHOR " cannot be written: %s", strerror(error));
	return error;
}

/*
 * No anchor, no run: else whoever can fill the disk makes runs of which, once the database is an older copy again,
 * nothing speaks.
 */
static enum pl_status
keep_start(struct run *r)
{
	int error = keep_head(r, &r->yes.head);

	return error == 0 ? PL_OK : pl_fail(&r->ctx, PL_ERR_RUN_FAILED, "the anchor %s cannot be written: %s",
	    PL_ANCHOR, strerror(error));
}

/* The run was real and its end is not in the database: said where root alone writes, for maintenance and for people. */
static void
leave_marker(const struct pl_question *q)
{
	pl_syslog(LOG_ERR, "execution %s: its end cannot be recorded (status %d, signal %d)",
	    q->execution, (int)q->exit_status, (int)q->signal);
	if (!pl_anchor_unrecorded(q))
		pl_syslog(LOG_ERR, "execution %s: nor can that be noted in " PL_LOG_DIR ": %m",
		    q->execution);
}

static void
end_recording(struct run *r, const struct pl_run_result *result, struct pl_channel_recorded *out)
{
	if (!r->recorded)
		return;
	if (pl_recording_end(&r->ctx, &r->recording, out->sha256) != PL_OK)
		pl_syslog(LOG_ERR, "execution %s: %s; the task was ended", r->store.execution,
		    r->ctx.failure.message);
	r->recorded = false;
	memcpy(out->input, result->in.sha256, sizeof out->input);
	memcpy(out->output, result->out.sha256, sizeof out->output);
	out->input_bytes = result->in.bytes;
	out->output_bytes = result->out.bytes;
}

static void
finish(struct run *r, const struct pl_run_result *result, bool ran)
{
	struct pl_question q = { .kind = PL_ASK_FINISH, .exit_status = ran ? result->exit_status : PL_E_RUN,
		.signal = result->signal, .reason = (uint32_t)result->reason,
		.ended_at = ran ? result->ended_at : time(NULL) };
	struct pl_answer a;

	end_recording(r, result, &q.recorded);
	memcpy(q.execution, r->store.execution, sizeof q.execution);
	if (pl_store_child_insist(&r->store, &q, &a) && a.verdict == PL_ANSWER_YES)
		(void)keep_head(r, &a.head);
	else
		leave_marker(&q);
}

/* A yes is for now: who could hold this process up would keep it until after its revocation. */
static enum pl_status
check_fresh(struct run *r)
{
	if (pl_elapsed_ms() - r->asked_ms <= PL_STORE_CHILD_DEADLINE_MS)
		return PL_OK;
	return pl_fail(&r->ctx, PL_ERR_RUN_FAILED, "the run was held up for too long after it was allowed");
}

/* Through a pipe of ours the task itself could not see it. */
static int
lose_output(int error)
{
	char line[128];

	(void)snprintf(line, sizeof line, "what the task has written could not all be passed on: %s", strerror(error));
	pl_hygiene_say(line);
	return PL_E_RUN;
}

/* 16. to 21. */
static int
run_started(struct run *r)
{
	struct pl_run_result result = { .reason = PL_END_UNKNOWN, .exit_status = -1 };
	bool recorded = r->recorded;
	struct pl_run_spec spec = {
		.program = &r->program, .name = r->file.definition.called, .arguments = r->arguments.text,
		.account = &r->account,
		.working_directory = r->file.definition.working_directory, .front = r->caller.parent,
		.front_fd = r->front_fd,
		.warn_at = r->store.terminate && r->store.end_at != PL_NULL ? r->store.end_at - WARN_BEFORE_S : PL_NULL,
		.poll = pl_store_child_poll, .poll_fd = &r->store.fd, .arg = &r->store,
		.recorder = r->recorded ? &r->recording.recorder : NULL,
	};
	struct pl_failure why;
	enum pl_status st;

	st = keep_start(r);
	if (st == PL_OK)
		st = check_fresh(r);
	if (st == PL_OK)
		st = make_environment(r);
	if (st == PL_OK && r->recorded)
		st = pl_recording_name(&r->ctx, &r->recording, r->store.execution);
	spec.environment = r->environment.text;
	if (st == PL_OK)
		st = pl_run(&r->ctx, &spec, &result);
	why = r->ctx.failure;
	finish(r, &result, st == PL_OK);
	/* Only now: who does not read it must not keep the task from its end. */
	if (r->store.failures >= PL_STORE_CHILD_FAILURES_MAX)
		pl_hygiene_say("the database could not be asked three times in a row; the task was ended");
	if (recorded && r->recording.recorder.error != 0)
		pl_hygiene_say("the session could not be recorded any more; the task was ended");
	if (st != PL_OK) {
		r->ctx.failure = why;
		return report(r);
	}
	if (result.out.error != 0)
		return lose_output(result.out.error);
	return result.signal != 0 ? 128 + result.signal : result.exit_status >= 0 ? result.exit_status : PL_E_RUN;
}

static int
supervise(struct run *r)
{
	struct pl_question may = { .kind = PL_ASK_MAY }, start = { .kind = PL_ASK_START };
	char definition[PL_DIGEST_LEN + 1];
	struct pl_digest d;
	int status;

	/* Read before it is asked: afterwards others have gone on, and it would look older than it is. */
	if (!pl_anchor_read(&may.anchor, &r->anchor_seen)) {
		(void)pl_fail(&r->ctx, PL_ERR_RUN_FAILED, "the anchor %s cannot be read: %s", PL_ANCHOR,
		    strerror(errno));
		return report(r);
	}
	if (!ask(r, &may, &status))
		return status;
	memcpy(definition, r->yes.definition, sizeof definition);
	if (prepare(r, definition) != PL_OK || begin_recording(r) != PL_OK)
		return report(r);
	/* 15. The last step before the fork: no record, no run. */
	memcpy(start.definition, r->file.digest, sizeof start.definition);
	pl_digest_start(&d);
	pl_digest_text(&d, r->bound.text);
	pl_digest_end(&d, start.parameters);
	if (pl_hygiene_interrupted() != 0)
		return 128 + pl_hygiene_interrupted();
	r->asked_ms = pl_elapsed_ms();
	if (!ask(r, &start, &status))
		return status;
	if (r->yes.flags & PL_ANSWER_WHAT_IF)
		return PL_OK;
	memcpy(r->store.execution, r->yes.execution, sizeof r->store.execution);
	r->store.terminate = (r->yes.flags & PL_ANSWER_TERMINATE) != 0;
	r->store.end_at = r->yes.end_at;
	return run_started(r);
}

static void
name_requestor(struct run *r)
{
	const struct passwd *pw = getpwuid(r->caller.uid);

	if (pw != NULL)
		(void)snprintf(r->requestor, sizeof r->requestor, "%s", pw->pw_name);
}

int
main(int argc, char *argv[])
{
	struct run r = { .program = { .fd = -1 } };
	char unused[PL_DIGEST_LEN + 1];
	int status;

	/* 1. to 9.: as the gate, with the same reasons; the terminal, the session and the process group stay. */
	if (argc < 3 || argv[0] == NULL || argv[0][0] == '\0')
		pl_hygiene_fail(PL_E_RUN, misused);
	pl_hygiene_check(PL_E_RUN, pl_hygiene_descriptors());
	pl_hygiene_check(PL_E_RUN, pl_hygiene_caller(&r.caller));
	if (strtol(argv[1], NULL, 10) != r.caller.parent)
		pl_hygiene_fail(PL_E_RUN, "the command that started this is gone");
	pl_hygiene_check(PL_E_RUN, pl_hygiene_front(&r.caller, &r.front_fd));
	pl_hygiene_check(PL_E_RUN, pl_hygiene_power());
	pl_hygiene_check(PL_E_RUN, pl_hygiene_signals(true));
	pl_hygiene_timers();
	pl_hygiene_check(PL_E_RUN, pl_hygiene_place());
	pl_hygiene_limits();
	pl_hygiene_scheduling();
	environ = (char **)(uintptr_t)pl_hygiene_environment;
	/* 10. From now on the caller reaches it through the terminal alone. */
	pl_hygiene_check(PL_E_RUN, pl_hygiene_become(0, 0, NULL, 0));
	pl_run_apart();
	pl_ctx_init(&r.ctx);
	read_words(&r, argv + 2, argc - 2);
	/* 11. First, so that it loads while the rest goes on. */
	pl_hygiene_check(PL_E_RUN, pl_store_child_start(&r.store, &r.caller, argv + 2, (size_t)(argc - 2)));
	name_requestor(&r);
	status = r.shown != NULL ? pl_show_recording(&r.ctx, &r.store, r.shown, r.front_fd) : supervise(&r);
	pl_store_child_end(&r.store);
	if (r.recorded)
		(void)pl_recording_end(&r.ctx, &r.recording, unused);
	pl_program_clear(&r.program);
	pl_task_file_clear(&r.file);
	pl_run_account_clear(&r.account);
	pl_buf_clear(&r.bound);
	pl_buf_clear(&r.arguments);
	pl_buf_clear(&r.environment);
	pl_ctx_clear(&r.ctx);
	return status;
}
