/* watch.c - what happens between a task's start and its end */

#include "run/watch.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 500, GRACE_MS = 5000 };

static const char warning[] = "\r\npam-lite: the authorization ends within 5 minutes\r\n";

static int64_t
monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
warn(struct pl_watch *w)
{
	if (w->warned || w->spec->warn_at == PL_NULL || time(NULL) < w->spec->warn_at)
		return;
	w->warned = !isatty(STDERR_FILENO) || pl_terminal_say(w->terminal, warning);
}

static void
go_on(struct pl_watch *w)
{
	if (w->terminal->wanted)
		pl_terminal_give(w->terminal, w->child->pid);
	pl_child_signal(w->child, SIGCONT);
}

/* What is due every half second. */
static void
tick(struct pl_watch *w)
{
	warn(w);
	if (w->verdict == PL_RUN_GO_ON && w->spec->poll != NULL) {
		w->verdict = w->spec->poll(w->spec->arg);
		if (w->verdict != PL_RUN_GO_ON) {
			w->kill_at_ms = monotonic_ms() + GRACE_MS;
			pl_child_signal(w->child, SIGTERM);
			go_on(w);
		}
	}
	if (w->verdict != PL_RUN_GO_ON && monotonic_ms() >= w->kill_at_ms)
		pl_child_signal(w->child, SIGKILL);
	/* fg of a job that already runs tells it nothing. */
	if (w->terminal->wanted)
		pl_terminal_give(w->terminal, w->child->pid);
	w->tick_at_ms = monotonic_ms() + TICK_MS;
}

static void
on_stop(struct pl_watch *w, int sig)
{
	struct pl_terminal *t = w->terminal;
	bool asks = sig == SIGTTIN || sig == SIGTTOU;
	bool continued;

	if (asks) {
		t->wanted = t->fd >= 0;
		if (pl_terminal_give(t, w->child->pid)) {
			pl_child_signal(w->child, SIGCONT);
			return;
		}
	}
	/* Without a terminal, or by SIGSTOP from elsewhere, it is no job that a shell stopped: keep watching. */
	if (w->verdict != PL_RUN_GO_ON || t->fd < 0 || (sig == SIGSTOP && !t->given))
		return;
	pl_terminal_take(t);
	continued = pl_signals_stop(sig);
	tick(w);
	if (w->verdict != PL_RUN_GO_ON)
		return;
	if (!continued && asks && tcgetpgrp(t->fd) != getpgrp()) {
		/* It waits for a terminal that it will never get: as the kernel does, hang up; once is enough. */
		if (w->hung_up)
			return;
		w->hung_up = true;
		pl_child_signal(w->child, SIGHUP);
	}
	go_on(w);
}

static void
relay(struct pl_watch *w)
{
	int sig;

	while ((sig = pl_signals_next(w->signals, w->child->pid)) != 0) {
		if (sig == SIGCONT)
			go_on(w);
		else
			pl_child_signal(w->child, sig);
	}
}

bool
pl_watch_run(struct pl_watch *w)
{
	struct pollfd fds[] = {
		{ .fd = w->child->pidfd, .events = POLLIN },
		{ .fd = w->signals->fd, .events = POLLIN },
	};
	int64_t left;
	int ended, sig;

	w->tick_at_ms = monotonic_ms() + TICK_MS;
	for (;;) {
		ended = pl_child_ended(w->child, &w->end);
		if (ended != 0)
			break;
		sig = pl_child_stopped(w->child);
		if (sig != 0)
			on_stop(w, sig);
		left = w->tick_at_ms - monotonic_ms();
		if (left <= 0) {
			tick(w);
			continue;
		}
		poll(fds, 2, (int)left);
		relay(w);
	}
	/* The rest of the group had its TERM; it must not outlive what was ended. */
	if (ended > 0 && w->verdict != PL_RUN_GO_ON)
		kill(-w->child->pid, SIGKILL);
	return ended > 0;
}
