/* launch.c - starting the privileged part of a command and waiting for it */

#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/place.h"
#include "pamlite/run.h"

/* What a child gets as its 0, 1 and 2; those that are ours to close are above 2. */
struct streams {
	int fd[3];
	bool ours[3];
};

static enum pl_status
fail_os(struct pl_ctx *ctx, const char *what)
{
	return pl_fail(ctx, PL_ERR_OS_ERROR, "%s: %s", what, strerror(errno));
}

static void
streams_close(struct streams *t)
{
	int i;

	for (i = 0; i < 3; i++)
		if (t->ours[i] && t->fd[i] >= 0)
			close(t->fd[i]);
}

static int
open_high(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC | O_NOCTTY), high;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return high;
}

/*
 * A terminal is opened again for writing alone: the second phase outlives a front that is killed, and could
 * otherwise read what the user types next.
 */
static void
hand_over_terminal(struct streams *t, int i)
{
	char path[32];
	int fd;

	if (t->ours[i] || !isatty(t->fd[i]))
		return;
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", t->fd[i]);
	fd = open_high(path, O_WRONLY);
	if (fd >= 0) {
		t->fd[i] = fd;
		t->ours[i] = true;
	}
}

static enum pl_status
streams_open(struct pl_ctx *ctx, const struct pl_second *c, struct streams *t)
{
	*t = (struct streams){ .fd = { c->in, c->out >= 0 ? c->out : STDOUT_FILENO, STDERR_FILENO } };
	if (c->in < 0 || isatty(c->in)) {
		t->fd[0] = open_high("/dev/null", O_RDONLY);
		t->ours[0] = true;
	}
	if (c->captured != NULL) {
		t->fd[1] = memfd_create("pam-lite", MFD_CLOEXEC);
		t->ours[1] = true;
	}
	if (c->errors != NULL) {
		t->fd[2] = memfd_create("pam-lite", MFD_CLOEXEC);
		t->ours[2] = true;
	}
	if (t->fd[0] < 0 || t->fd[1] < 0 || t->fd[2] < 0)
		return fail_os(ctx, "a descriptor cannot be opened");
	hand_over_terminal(t, 1);
	hand_over_terminal(t, 2);
	return PL_OK;
}

static enum pl_status
fail_start(struct pl_ctx *ctx, const char *program, int error)
{
	if (error == E2BIG)
		return pl_fail(ctx, PL_ERR_INVALID_TEXT, "The arguments are too long for one command line.");
	if (error != ENOENT && error != EACCES && error != EPERM && error != ENOTDIR) {
		errno = error;
		return fail_os(ctx, "the part that acts cannot be started");
	}
	(void)pl_fail(ctx, PL_ERR_NOT_INSTALLED, "pam-lite is not installed on this host: %s: %s", program,
	    strerror(error));
	return pl_hint(ctx,
	    "name a private database with -Database or PAMLITE_DATABASE, or install with: make install");
}

/*
 * In the child stop signals stay blocked until it sets its own mask: this process sleeps until the child has
 * executed its program, and a ^Z that stopped it before would leave both asleep on the caller's terminal.
 */
static int
hold_stops(posix_spawnattr_t *attr)
{
	sigset_t mask;
	int error;

	(void)sigprocmask(SIG_BLOCK, NULL, &mask);
	(void)sigaddset(&mask, SIGTSTP);
	(void)sigaddset(&mask, SIGTTIN);
	(void)sigaddset(&mask, SIGTTOU);
	error = posix_spawnattr_setsigmask(attr, &mask);
	return error == 0 ? posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK) : error;
}

/* An empty environment: what is started looks at none. */
static enum pl_status
spawn(struct pl_ctx *ctx, const char *program, char *const argv[], const struct streams *t, pid_t *pid)
{
	static char *const nothing[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int error = posix_spawn_file_actions_init(&actions), i;

	if (error != 0)
		return pl_fail_memory(ctx);
	if (posix_spawnattr_init(&attr) != 0) {
		posix_spawn_file_actions_destroy(&actions);
		return pl_fail_memory(ctx);
	}
	for (i = 0; i < 3 && error == 0; i++)
		error = posix_spawn_file_actions_adddup2(&actions, t->fd[i], i);
	if (error == 0)
		error = hold_stops(&attr);
	if (error == 0)
		error = posix_spawn(pid, program, &actions, &attr, argv, nothing);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return error == 0 ? PL_OK : fail_start(ctx, program, error);
}

/* gate and runner: PARENT, then what they are to do. */
static enum pl_status
start(struct pl_ctx *ctx, const char *program, const char *command, const struct pl_words *words,
    const struct streams *t, pid_t *pid)
{
	char parent[24], *name = strrchr(program, '/') + 1;
	enum pl_status st;
	size_t n = 0, i;
	char **argv;

	*pid = -1;
	if (words->failed || (argv = calloc(words->count + 4, sizeof *argv)) == NULL)
		return pl_fail_memory(ctx);
	(void)snprintf(parent, sizeof parent, "%ld", (long)getpid());
	argv[n++] = name;
	argv[n++] = parent;
	if (command != NULL)
		argv[n++] = (char *)(uintptr_t)command;
	for (i = 0; i < words->count; i++)
		argv[n++] = words->v[i];
	/* A caller may have ignored it: then nobody could be waited for. */
	(void)signal(SIGCHLD, SIG_DFL);
	st = spawn(ctx, program, argv, t, pid);
	free(argv);
	return st;
}

/* *killed_by: 0 = it has exited, with *status. */
static enum pl_status
wait_for(struct pl_ctx *ctx, pid_t pid, int *status, int *killed_by)
{
	int how;

	*killed_by = 0;
	while (waitpid(pid, &how, 0) < 0)
		if (errno != EINTR)
			return fail_os(ctx, "the part that acts cannot be waited for");
	if (WIFEXITED(how))
		*status = WEXITSTATUS(how);
	else
		*killed_by = WTERMSIG(how);
	return PL_OK;
}

static enum pl_status
fail_killed(struct pl_ctx *ctx, int killed_by)
{
	if (killed_by == SIGALRM)
		(void)pl_fail(ctx, PL_ERR_OUTCOME_UNKNOWN,
		    "The part that acts held the database for too long and was ended: it may have been done, or not.");
	else
		(void)pl_fail(ctx, PL_ERR_OUTCOME_UNKNOWN,
		    "The part that acts was killed by signal %d: it may have been done, or not.", killed_by);
	return pl_hint(ctx, "the get- commands show how it is now");
}

enum pl_status
pl_front_wait(struct pl_ctx *ctx, pid_t pid, int *status)
{
	int killed_by;
	enum pl_status st = wait_for(ctx, pid, status, &killed_by);

	return st == PL_OK && killed_by != 0 ? fail_killed(ctx, killed_by) : st;
}

static void
take(int fd, struct pl_buf *out)
{
	char block[4096];
	ssize_t n;

	if (out == NULL)
		return;
	(void)lseek(fd, 0, SEEK_SET);
	while ((n = read(fd, block, sizeof block)) > 0)
		pl_buf_bytes(out, block, (size_t)n);
}

enum pl_status
pl_front_second(struct pl_ctx *ctx, const struct pl_second *second, int *status)
{
	struct streams t;
	enum pl_status st;
	pid_t pid;

	*status = PL_E_OS;
	st = streams_open(ctx, second, &t);
	if (st == PL_OK)
		st = start(ctx, pl_gate_path, second->command, second->words, &t, &pid);
	if (st == PL_OK)
		st = pl_front_wait(ctx, pid, status);
	if (st == PL_OK) {
		take(t.fd[1], second->captured);
		take(t.fd[2], second->errors);
	}
	streams_close(&t);
	return st;
}

enum pl_status
pl_front_runner(struct pl_ctx *ctx, const struct pl_words *words, int *status, bool *wants)
{
	const struct streams ours = { .fd = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO } };
	int killed_by = 0;
	enum pl_status st;
	pid_t pid;

	*status = PL_E_RUN;
	st = start(ctx, pl_runner_path, NULL, words, &ours, &pid);
	if (st == PL_OK)
		st = wait_for(ctx, pid, status, &killed_by);
	if (wants != NULL)
		*wants = killed_by == PL_RUN_WANTS;
	return st == PL_OK && killed_by != 0 && (wants == NULL || !*wants) ? fail_killed(ctx, killed_by) : st;
}

enum pl_status
pl_front_runner_start(struct pl_ctx *ctx, const struct pl_words *words, int out, pid_t *pid)
{
	struct streams t = { .fd = { open_high("/dev/null", O_RDONLY), out, STDERR_FILENO }, .ours = { true } };
	enum pl_status st;

	st = t.fd[0] >= 0 ? start(ctx, pl_runner_path, NULL, words, &t, pid) : fail_os(ctx, "/dev/null");
	streams_close(&t);
	return st;
}
