/* store_child.c - the runner's store child: started, asked, started again */

#include "pamlite/store_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/elapsed.h"
#include "pamlite/place.h"
#include "pamlite/status.h"
#include "pamlite/syslog.h"

#include "run/signals.h"

enum { WATCH_EVERY_MS = 500, END_MS = 200, INTERRUPT_MS = 100 };

/* The caller's terminal and pipes are the task's; the child has his stderr, to tell him why not. */
static bool
take_descriptors(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		return false;
	if (fd == PL_CHANNEL_FD ? fcntl(fd, F_SETFD, 0) != 0 : dup2(fd, PL_CHANNEL_FD) < 0)
		return false;
	return close_range(PL_CHANNEL_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

/* As the gate does it, from its tenth step on. */
static _Noreturn void
become_store(const struct pl_store_child *c, int fd)
{
	struct stat dir;

	if (lstat(PL_STATE_DIR, &dir) != 0 || !S_ISDIR(dir.st_mode) || dir.st_uid == 0 || dir.st_gid == 0 ||
	    (dir.st_mode & 07777) != 02700)
		_exit(PL_E_CONFIG);
	if (!take_descriptors(fd) || setsid() < 0 || pl_hygiene_signals(false) != NULL ||
	    pl_hygiene_become(dir.st_uid, dir.st_gid, &dir.st_gid, 1) != NULL ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		_exit(PL_E_CONFIG);
	execve(pl_storechild_path, c->argv, pl_hygiene_environment);
	_exit(PL_E_CONFIG);
}

static const char *
launch(struct pl_store_child *c)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return "a socket cannot be made";
	c->pid = pl_signals_fork();
	if (c->pid == 0)
		become_store(c, pair[1]);
	close(pair[1]);
	if (c->pid < 0) {
		c->pid = 0;
		close(pair[0]);
		return "a process cannot be made";
	}
	c->fd = pair[0];
	return NULL;
}

const char *
pl_store_child_start(struct pl_store_child *c, const struct pl_hygiene_caller *caller, char *const words[],
    size_t count)
{
	static char name[] = "store";
	size_t n = 0, i;

	*c = (struct pl_store_child){ .fd = -1 };
	c->argv = calloc(count + 3, sizeof(*c->argv));
	if (c->argv == NULL)
		return "there is no memory";
	(void)snprintf(c->caller, sizeof(c->caller), "--caller=%lu,%lu,%lu,%ld", (unsigned long)caller->uid,
	    (unsigned long)caller->login_uid, (unsigned long)caller->terminal, (long)getpid());
	c->argv[n++] = name;
	c->argv[n++] = c->caller;
	for (i = 0; i < count; i++)
		if (strncmp(words[i], "--", 2) != 0)
			c->argv[n++] = words[i];
	return launch(c);
}

/* What it would still say is not waited for; that it ends by itself, a moment. */
void
pl_store_child_end(struct pl_store_child *c)
{
	struct pollfd p = { .fd = -1, .events = POLLIN };
	int how = 0;

	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	c->status = -1;
	if (c->pid > 0) {
		p.fd = pidfd_open(c->pid, 0);
		if (p.fd >= 0 && poll(&p, 1, END_MS) <= 0)
			(void)pidfd_send_signal(p.fd, SIGKILL, NULL, 0);
		while (waitpid(c->pid, &how, 0) < 0 && errno == EINTR)
			;
		if (WIFEXITED(how))
			c->status = WEXITSTATUS(how);
		if (p.fd >= 0)
			close(p.fd);
	}
	c->pid = 0;
}

static bool
send_question(struct pl_store_child *c, struct pl_question *q)
{
	q->magic = PL_CHANNEL_MAGIC;
	q->number = ++c->number;
	return c->fd >= 0 && pl_channel_ask(c->fd, q);
}

static bool
is_first(const struct pl_question *q)
{
	return q->kind == PL_ASK_MAY || q->kind == PL_ASK_SHOW;
}

/* Nothing is done yet: whoever has enough of waiting for a busy database may leave. */
static bool
wait_patiently(const struct pl_store_child *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	int i, n = 0;

	for (i = 0; n == 0 && i < PL_STORE_CHILD_DEADLINE_MS / INTERRUPT_MS && pl_hygiene_interrupted() == 0; i++)
		n = poll(&p, 1, INTERRUPT_MS);
	return n > 0;
}

bool
pl_store_child_ask(struct pl_store_child *c, struct pl_question *q, struct pl_answer *out)
{
	memset(out, 0, sizeof(*out));
	if (send_question(c, q) && (!is_first(q) || wait_patiently(c)) &&
	    pl_channel_answer(c->fd, q, PL_STORE_CHILD_DEADLINE_MS, out))
		return true;
	pl_store_child_end(c);
	return false;
}

bool
pl_store_child_consult(struct pl_store_child *c, struct pl_question *q, struct pl_answer *out, int *status)
{
	*status = PL_E_RUN;
	if (!pl_store_child_ask(c, q, out)) {
		if (is_first(q) && pl_hygiene_interrupted() != 0)
			*status = 128 + pl_hygiene_interrupted();
		/* It could not even begin, and has said why: the caller has no account, or a word is wrong. */
		else if (c->status == PL_E_USAGE || c->status == PL_E_NOT_EXECUTABLE)
			*status = c->status;
		else
			pl_hygiene_say("the database could not be asked: run test-elevated-access-installation");
		return false;
	}
	if (out->verdict == PL_ANSWER_YES)
		return true;
	*status = out->status;
	return false;
}

int
pl_store_child_report(struct pl_store_child *c, const struct pl_failure *why)
{
	struct pl_question q = { .kind = PL_ASK_REPORT, .failure = *why };
	struct pl_answer a;
	int status;

	(void)pl_store_child_consult(c, &q, &a, &status);
	return status;
}

/* A question of the poll that is still out is answered first, and its answer dropped. */
static void
settle(struct pl_store_child *c)
{
	struct pl_answer a;

	if (c->waiting && !pl_channel_answer(c->fd, &c->watch, PL_STORE_CHILD_DEADLINE_MS, &a))
		pl_store_child_end(c);
	c->waiting = false;
}

bool
pl_store_child_insist(struct pl_store_child *c, struct pl_question *q, struct pl_answer *out)
{
	bool answered = false;
	int i;

	settle(c);
	for (i = 0; i < PL_STORE_CHILD_FAILURES_MAX; i++) {
		if (c->pid == 0 && launch(c) != NULL)
			continue;
		answered = pl_store_child_ask(c, q, out);
		/* Others have kept it busy for half a minute: no answer that is one. */
		if (answered && (out->verdict == PL_ANSWER_YES || out->status != PL_E_STATE))
			break;
	}
	return answered;
}

static enum pl_run_verdict
without_answer(struct pl_store_child *c)
{
	if (++c->failures < PL_STORE_CHILD_FAILURES_MAX)
		return PL_RUN_GO_ON;
	pl_syslog(LOG_ERR, "execution %s: the database cannot be asked; the task is ended", c->execution);
	return PL_RUN_STOPPED;
}

static enum pl_run_verdict
read_verdict(struct pl_store_child *c, const struct pl_answer *a)
{
	if (a->verdict != PL_ANSWER_YES)
		return without_answer(c);
	c->failures = 0;
	if (a->flags & PL_ANSWER_STOPPED)
		return PL_RUN_STOPPED;
	if (a->flags & PL_ANSWER_REVOKED)
		return PL_RUN_REVOKED;
	return c->terminate && (a->flags & PL_ANSWER_OVER) ? PL_RUN_WINDOW_OVER : PL_RUN_GO_ON;
}

static enum pl_run_verdict
ask_again(struct pl_store_child *c)
{
	c->asked_ms = pl_elapsed_ms();
	c->watch = (struct pl_question){ .kind = PL_ASK_WATCH };
	memcpy(c->watch.execution, c->execution, sizeof(c->watch.execution));
	if (c->pid == 0 && launch(c) != NULL)
		return without_answer(c);
	c->waiting = send_question(c, &c->watch);
	if (c->waiting)
		return PL_RUN_GO_ON;
	pl_store_child_end(c);
	return without_answer(c);
}

/* By the clock here too: an account that owns the database may not stretch what it once said. */
static bool
is_over(const struct pl_store_child *c)
{
	return c->terminate && c->end_at != PL_NULL && time(NULL) >= c->end_at;
}

enum pl_run_verdict
pl_store_child_poll(void *child)
{
	struct pl_store_child *c = child;
	const int64_t since = pl_elapsed_ms() - c->asked_ms;
	struct pl_answer a;

	if (is_over(c))
		return PL_RUN_WINDOW_OVER;
	if (!c->waiting)
		return since >= WATCH_EVERY_MS - 50 ? ask_again(c) : PL_RUN_GO_ON;
	if (since < PL_STORE_CHILD_DEADLINE_MS && pl_channel_is_silent(c->fd))
		return PL_RUN_GO_ON;
	c->waiting = false;
	if (pl_channel_answer(c->fd, &c->watch, 0, &a))
		return read_verdict(c, &a);
	pl_store_child_end(c);
	return without_answer(c);
}
