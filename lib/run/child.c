/* child.c - the task's process, our own child or, as another account, our monitor's */

#include "run/child.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/entry.h"
#include "run/signals.h"

enum { LOST_MS = 1000, SILENT_MAX = 2 };

static enum pl_status
fail_watch(struct pl_ctx *ctx, const struct pl_run_spec *spec)
{
	return pl_fail(ctx, PL_ERR_RUN_FAILED, "the process for %s cannot be watched: %s", spec->program->path,
	    strerror(errno));
}

/* In the caller's session. */
static enum pl_status
start_own(struct pl_ctx *ctx, struct pl_entry *entry, struct pl_child *out)
{
	int error;

	out->pid = pl_signals_fork();
	error = errno;
	if (out->pid == 0)
		pl_entry_run(entry);
	pl_entry_close_end(entry, 1);
	if (out->pid < 0) {
		out->pid = 0;
		return pl_fail(ctx, PL_ERR_RUN_FAILED, "a process cannot be made: %s", strerror(error));
	}
	out->pidfd = pidfd_open(out->pid, 0);
	if (out->pidfd < 0 || setpgid(out->pid, out->pid) != 0)
		return fail_watch(ctx, entry->spec);
	return PL_OK;
}

/* What the task gets for 0, 1 and 2. */
static void
choose_streams(struct pl_entry *entry, const struct pl_streams *streams)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (streams->relay != NULL && (streams->terminal->standard & 1U << fd) != 0)
			entry->standard[fd] = streams->relay->pty.slave;
		else if (streams->taps != NULL && fd < PL_TAPS)
			entry->standard[fd] = streams->taps->tap[fd].end;
	}
}

static enum pl_status
start_monitored(struct pl_ctx *ctx, struct pl_entry *entry, const struct pl_streams *streams, struct pl_child *out)
{
	const struct pl_terminal *t = out->terminal;
	struct pl_monitor_spec spec = { .entry = entry, .cgroup = &out->cgroup, .terminal = -1 };

	choose_streams(entry, streams);
	if (out->relay != NULL) {
		entry->slave = out->relay->pty.slave;
		spec.terminal = t->fd;
		spec.foreground = t->wanted && pl_terminal_is_ours(t);
	}
	pl_cgroup_open(&out->cgroup);
	if (!pl_monitor_start(&spec, &out->monitor, &out->pid, &out->pidfd))
		return fail_watch(ctx, entry->spec);
	/* The task has them; with others open the end of its terminal would not be seen, nor that of its pipe. */
	if (out->relay != NULL)
		pl_pty_close_slave(&out->relay->pty);
	if (streams->taps != NULL)
		pl_taps_close_ends(streams->taps);
	return PL_OK;
}

/*
 * The child waits for a word from us, so that no instruction of the task runs
 * before it can be watched, has its group, and that group the terminal.
 */
enum pl_status
pl_child_start(struct pl_ctx *ctx, const struct pl_run_spec *spec, const struct pl_streams *streams,
    struct pl_child *out)
{
	struct pl_entry entry;
	enum pl_status st;

	*out = (struct pl_child){
		.pidfd = -1, .terminal = streams->terminal, .relay = streams->relay, .monitored = spec->account != NULL,
		.monitor = { .pidfd = -1, .socket = -1 }, .cgroup = { .parent = -1, .fd = -1 },
	};
	st = pl_entry_open(ctx, spec, &entry);
	if (st == PL_OK)
		st = out->monitored ? start_monitored(ctx, &entry, streams, out) : start_own(ctx, &entry, out);
	if (st == PL_OK) {
		if (out->terminal->wanted)
			pl_child_give(out);
		st = pl_entry_release(ctx, &entry);
	}
	pl_entry_close(&entry);
	if (st != PL_OK)
		pl_child_reap(out);
	return st;
}

int
pl_child_news(const struct pl_child *child)
{
	return child->monitored ? child->monitor.socket : child->pidfd;
}

void
pl_child_signal(const struct pl_child *child, int sig)
{
	if (child->monitored)
		pl_monitor_signal(&child->monitor, sig);
	else
		pl_signals_send(child->pid, child->pidfd, sig);
}

void
pl_child_kill(const struct pl_child *child, bool all)
{
	pl_child_signal(child, SIGKILL);
	if (!child->monitored)
		return;
	/* Not through the monitor alone: a task that is root could have stopped it. */
	pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
	if (all)
		pl_cgroup_kill(&child->cgroup);
}

bool
pl_child_give(const struct pl_child *child)
{
	struct pl_terminal *t = child->terminal;
	struct termios own;
	bool resized;

	if (!child->monitored)
		return pl_terminal_give(t, child->pid);
	if (child->relay == NULL || t->given || !pl_terminal_is_ours(t) || tcgetattr(t->fd, &own) != 0)
		return false;
	/* Told before it is changed, so that it is put right whenever we are killed. */
	pl_monitor_modes(&child->monitor, &own);
	if (!pl_terminal_give(t, 0)) {
		pl_monitor_modes(&child->monitor, NULL);
		return false;
	}
	resized = pl_relay_follow(child->relay);
	pl_monitor_give(&child->monitor, true);
	/* The pseudo-terminal was not yet the task's, and so the task was not told. */
	if (resized)
		pl_monitor_signal(&child->monitor, SIGWINCH);
	return true;
}

void
pl_child_take(const struct pl_child *child)
{
	if (!child->terminal->given)
		return;
	pl_terminal_take(child->terminal);
	if (child->monitored) {
		pl_monitor_modes(&child->monitor, NULL);
		pl_monitor_give(&child->monitor, false);
	}
}

/* What the monitor has reported by now. */
static void
hear(struct pl_child *child)
{
	struct pl_report r;
	int n;

	while (!child->ended && !child->lost && (n = pl_monitor_next(&child->monitor, &r)) != 0) {
		child->lost = n < 0;
		if (n > 0 && r.stopped != 0)
			child->stopped = r.stopped;
		if (n > 0 && r.ended) {
			child->ended = true;
			child->how = r.how;
		}
	}
}

int
pl_child_stopped(struct pl_child *child)
{
	siginfo_t info = { 0 };
	int sig;

	if (child->monitored) {
		hear(child);
		sig = child->stopped;
		child->stopped = 0;
		return sig;
	}
	if (waitid(P_PIDFD, (id_t)child->pidfd, &info, WSTOPPED | WNOHANG) != 0 || info.si_pid == 0)
		return 0;
	return info.si_status;
}

/* Its group's number may be another's by now; the process itself and the control group cannot be mistaken. */
static void
give_up(const struct pl_child *child)
{
	struct pollfd p = { .fd = child->pidfd, .events = POLLIN };

	pidfd_send_signal(child->pidfd, SIGKILL, NULL, 0);
	pl_cgroup_kill(&child->cgroup);
	poll(&p, 1, LOST_MS);
}

int
pl_child_ended(struct pl_child *child, siginfo_t *how)
{
	*how = (siginfo_t){ 0 };
	if (child->monitored) {
		hear(child);
		*how = child->how;
		if (!child->lost)
			return child->ended;
		give_up(child);
		errno = ECHILD;
		return -1;
	}
	if (waitid(P_PIDFD, (id_t)child->pidfd, how, WEXITED | WNOHANG | WNOWAIT) != 0)
		return -1;
	return how->si_pid != 0;
}

void
pl_child_check(struct pl_child *child)
{
	struct pollfd p = { .fd = child->pidfd, .events = POLLIN };

	if (child->monitored && !child->ended && poll(&p, 1, 0) == 1 && ++child->silent > SILENT_MAX)
		child->lost = true;
}

/* A child that was never released ends by itself when its entry is closed. */
void
pl_child_reap(struct pl_child *child)
{
	if (child->monitored)
		pl_monitor_close(&child->monitor);
	else if (child->pid > 0)
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	if (child->pidfd >= 0)
		close(child->pidfd);
	pl_cgroup_remove(&child->cgroup);
	pl_cgroup_close(&child->cgroup);
	*child = (struct pl_child){
		.pidfd = -1, .monitor = { .pidfd = -1, .socket = -1 }, .cgroup = { .parent = -1, .fd = -1 },
	};
}
