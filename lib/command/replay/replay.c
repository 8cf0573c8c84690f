/* replay.c - the caller's side of showing a recording, and what a private database says to that */

#include "pamlite/replay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/execution.h"

#include "command/front.h"
#include "player.h"

enum pl_status
pl_replay(struct pl_ctx *ctx, const struct pl_replay_spec *spec)
{
	char id[PL_ID_LEN + 1], sha256[PL_DIGEST_LEN + 1];

	return pl_execution_recording(ctx, spec->identity, id, sha256);
}

/* By what it has been called: the arguments as they were bound, so that the id is in the form that it is stored in. */
static void
add_words(const struct pl_session *s, const struct pl_replay_spec *spec, struct pl_words *words)
{
	pl_words_add(words, "Identity", spec->identity);
	if (s->format != PL_FORMAT_AUTO)
		pl_words_add(words, "OutputFormat", pl_format_name(s->format));
	if (s->normal_view)
		pl_words_add(words, "ErrorView", "Normal");
	if (s->common.error_action != NULL)
		pl_words_add(words, "ErrorAction", s->common.error_action);
}

/* The runner hands it out as fast as it is shown; that nobody reads it any more ends it. */
static enum pl_status
replay(struct pl_session *s, const struct pl_words *words, int *interrupted)
{
	enum pl_status st, waited;
	int fd[2];
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) != 0)
		return pl_fail(&s->ctx, PL_ERR_OS_ERROR, "a pipe cannot be made: %s", strerror(errno));
	st = pl_front_runner_start(&s->ctx, words, fd[1], &pid);
	close(fd[1]);
	if (st == PL_OK) {
		st = pl_player_run(&s->ctx, fd[0], s->args, interrupted);
		close(fd[0]);
		waited = pl_front_wait(&s->ctx, pid, &s->exit_status);
		return st == PL_OK ? waited : st;
	}
	close(fd[0]);
	return st;
}

enum pl_status
pl_front_replay(struct pl_session *s)
{
	struct pl_words words = { 0 };
	int interrupted = 0;
	enum pl_status st;
	pid_t pid;

	add_words(s, s->args, &words);
	if (isatty(STDOUT_FILENO)) {
		st = replay(s, &words, &interrupted);
	} else {
		st = pl_front_runner_start(&s->ctx, &words, STDOUT_FILENO, &pid);
		if (st == PL_OK)
			st = pl_front_wait(&s->ctx, pid, &s->exit_status);
	}
	pl_words_clear(&words);
	if (interrupted != 0)
		(void)raise(interrupted);
	pl_report_notes(s);
	s->exited = st == PL_OK;
	/* The runner has its own for failures. */
	s->exit_status = pl_exit_status(s->command, (enum pl_status)s->exit_status, PL_ERR_NONE);
	if (st != PL_OK)
		pl_report_failure(s);
	return st;
}
