/* transport.c - a program that takes a notification: constant words, the message on its standard input */

#include "notify/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/elapsed.h"
#include "pamlite/text.h"
#include "pamlite/write.h"

/* Of what it says, as much as helps somebody who reads it. */
enum { SAID_MAX = 400 };

struct run {
	pid_t pid;
	int input, output, output_end, pidfd;    /* -1 = none */
	char said[SAID_MAX];
	size_t said_len;
	int how;
	bool late;
};

static void
close_all(struct run *r)
{
	int *const fds[] = { &r->input, &r->output, &r->output_end, &r->pidfd };
	size_t i;

	for (i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

/* In memory, so that a program that does not read it blocks nobody. */
static bool
fill_input(struct run *r, const struct pl_buf *message)
{
	r->input = memfd_create("pam-lite", MFD_CLOEXEC);
	return r->input >= 0 && pl_write_all(r->input, message->text, message->len) &&
	    lseek(r->input, 0, SEEK_SET) == 0;
}

static bool
open_streams(struct run *r, const struct pl_buf *message)
{
	int ends[2];

	if (!fill_input(r, message) || pipe2(ends, O_CLOEXEC) != 0)
		return false;
	r->output = ends[0];
	r->output_end = ends[1];
	return fcntl(r->output, F_SETFL, O_NONBLOCK) == 0;
}

static int
set_actions(const struct run *r, posix_spawn_file_actions_t *actions)
{
	int error = posix_spawn_file_actions_adddup2(actions, r->input, STDIN_FILENO);

	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, r->output_end, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(actions, r->output_end, STDERR_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
	return error == 0 ? posix_spawn_file_actions_addchdir_np(actions, "/") : error;
}

/* Whatever this process ignores or has blocked. */
static int
set_attributes(posix_spawnattr_t *attr)
{
	sigset_t set;
	int error;

	(void)sigfillset(&set);
	error = posix_spawnattr_setsigdefault(attr, &set);
	(void)sigemptyset(&set);
	if (error == 0)
		error = posix_spawnattr_setsigmask(attr, &set);
	if (error == 0)
		error = posix_spawnattr_setflags(attr,
		    POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
	return error;
}

static int
spawn(struct run *r, const char *const argv[])
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale[] = "LC_ALL=C.UTF-8";
	static char *const environment[] = { path, locale, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int error = posix_spawn_file_actions_init(&actions);

	if (error != 0)
		return error;
	error = posix_spawnattr_init(&attr);
	if (error == 0) {
		error = set_actions(r, &actions);
		if (error == 0)
			error = set_attributes(&attr);
		/* Whoever has started this may have ignored it: then nobody could be waited for. */
		(void)signal(SIGCHLD, SIG_DFL);
		if (error == 0)
			error = posix_spawn(&r->pid, argv[0], &actions, &attr, (char *const *)(uintptr_t)argv,
			    environment);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* The beginning is kept; all is read, so that nobody waits for a pipe that is full. False: there will be no more. */
static bool
listen_to(struct run *r)
{
	char block[4096];
	ssize_t n;

	while ((n = read(r->output, block, sizeof block)) > 0) {
		const size_t room = sizeof r->said - r->said_len, take = (size_t)n < room ? (size_t)n : room;

		memcpy(r->said + r->said_len, block, take);
		r->said_len += take;
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Until the program itself has ended: what it leaves behind may keep the pipe for long. */
static void
wait_for(struct run *r, int limit_ms)
{
	const int64_t end = pl_elapsed_ms() + limit_ms;
	struct pollfd fds[2] = { { .fd = r->pidfd, .events = POLLIN }, { .fd = r->output, .events = POLLIN } };
	int64_t left;

	while (fds[0].revents == 0 && (left = end - pl_elapsed_ms()) > 0)
		if (poll(fds, 2, (int)left) > 0 && fds[1].revents != 0 && !listen_to(r))
			fds[1].fd = -1;
	if (fds[0].revents == 0) {
		/* Not yet waited for, so the number is its own. */
		r->late = true;
		(void)kill(-r->pid, SIGKILL);
		(void)kill(r->pid, SIGKILL);
	}
	while (waitpid(r->pid, &r->how, 0) < 0 && errno == EINTR)
		continue;
	(void)listen_to(r);
}

/* One line, as a person may see it. */
static void
add_said(struct run *r, struct pl_buf *why)
{
	size_t i;

	for (i = 0; i < r->said_len; i++)
		if (r->said[i] == '\n' || r->said[i] == '\r' || r->said[i] == '\t')
			r->said[i] = ' ';
	while (r->said_len > 0 && r->said[r->said_len - 1] == ' ')
		r->said_len--;
	if (r->said_len == 0)
		return;
	pl_buf_text(why, ": ");
	pl_text_escape(why, r->said, r->said_len);
}

static enum pl_taken
judge(struct run *r, const char *program, int limit_ms, struct pl_buf *why)
{
	if (!r->late && WIFEXITED(r->how) && WEXITSTATUS(r->how) == 0)
		return PL_TAKEN;
	if (r->late)
		pl_buf_printf(why, "%s had not ended after %d seconds and was killed", program, limit_ms / 1000);
	else if (WIFEXITED(r->how))
		pl_buf_printf(why, "%s ended with status %d", program, WEXITSTATUS(r->how));
	else
		pl_buf_printf(why, "%s was killed by signal %d", program, WTERMSIG(r->how));
	add_said(r, why);
	return r->late ? PL_TAKEN_LATE : PL_NOT_TAKEN;
}

enum pl_taken
pl_transport_run(int limit_ms, const char *const argv[], const struct pl_buf *message, struct pl_buf *why)
{
	struct run r = { .input = -1, .output = -1, .output_end = -1, .pidfd = -1 };
	enum pl_taken taken;
	int error;

	error = open_streams(&r, message) ? spawn(&r, argv) : errno;
	if (error != 0) {
		pl_buf_printf(why, "%s cannot be started: %s", argv[0], strerror(error));
		close_all(&r);
		return PL_NOT_TAKEN;
	}
	close(r.output_end);
	r.output_end = -1;
	r.pidfd = pidfd_open(r.pid, 0);
	wait_for(&r, r.pidfd >= 0 ? limit_ms : 0);
	taken = judge(&r, argv[0], limit_ms, why);
	close_all(&r);
	return taken;
}
