/* watch.c - what happens between a task's start and its end */

#include "run/watch.h"

#include <errno.h>
#include <poll.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/elapsed.h"
#include "pamlite/process.h"
#include "pamlite/recorder.h"

enum { TICK_MS = 500, LOOK_MS = 300, GRACE_MS = 5000, DRAIN_MS = 250 };
enum { NEWS, SIGNALS, FRONT, QUESTION, RELAY, TAPS = RELAY + PL_RELAY_FDS, EVENTS = TAPS + PL_TAPS };

static const char warning[] = "\r\npam-lite: the authorization ends within 5 minutes\r\n";

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
		pl_child_give(w->child);
	pl_child_signal(w->child, SIGCONT);
}

/* Ask it to end; what does not listen is killed later. */
static void
end(struct pl_watch *w, int sig)
{
	if (w->kill_at_ms == 0)
		w->kill_at_ms = pl_elapsed_ms() + GRACE_MS;
	pl_child_signal(w->child, sig);
	w->suspended = 0;
	go_on(w);
}

/* The first counts. */
static void
judge(struct pl_watch *w, enum pl_run_verdict verdict)
{
	if (w->verdict != PL_RUN_GO_ON || verdict == PL_RUN_GO_ON)
		return;
	w->verdict = verdict;
	end(w, SIGTERM);
}

static void
ask(struct pl_watch *w)
{
	if (w->verdict == PL_RUN_GO_ON && w->spec->poll != NULL)
		judge(w, w->spec->poll(w->spec->arg));
}

/* What is due every half second. */
static void
tick(struct pl_watch *w)
{
	warn(w);
	w->answered = false;
	ask(w);
	pl_child_check(w->child);
	if (w->kill_at_ms != 0 && pl_elapsed_ms() >= w->kill_at_ms)
		pl_child_kill(w->child, true);
	w->tick_at_ms = pl_elapsed_ms() + TICK_MS;
}

/* The job goes on, if it may; `continued` says whether somebody has continued it. */
static void
resume(struct pl_watch *w, int sig, bool continued)
{
	bool asks = sig == SIGTTIN || sig == SIGTTOU;

	w->suspended = 0;
	tick(w);
	if (w->kill_at_ms != 0)
		return;
	if (!continued && asks && !pl_terminal_is_ours(w->terminal)) {
		/* It waits for a terminal that it will never get: as the kernel does, hang up; once is enough. */
		if (w->hung_up)
			return;
		w->hung_up = true;
		pl_child_signal(w->child, SIGHUP);
	}
	go_on(w);
}

/*
 * Stop the job. The shell looks at the front, so that we need not stop: a task of which parts run on
 * in groups of their own must not escape its revocation through a ^Z.
 */
static void
suspend(struct pl_watch *w, int sig)
{
	if (w->front < 0) {
		resume(w, sig, pl_signals_stop(sig));
		return;
	}
	w->suspended = sig;
	w->look_at_ms = pl_elapsed_ms() + LOOK_MS;
	if (sig == SIGSTOP)
		pidfd_send_signal(w->front, SIGSTOP, NULL, 0);
	else
		kill(0, sig);
}

static void
on_stop(struct pl_watch *w, int sig)
{
	struct pl_terminal *t = w->terminal;

	if (sig == SIGTTIN || sig == SIGTTOU) {
		t->wanted = t->fd >= 0;
		if (pl_child_give(w->child)) {
			pl_child_signal(w->child, SIGCONT);
			return;
		}
	}
	/* Without a terminal, or by SIGSTOP from elsewhere, it is no job that a shell stopped: keep watching. */
	if (w->kill_at_ms != 0 || t->fd < 0 || (sig == SIGSTOP && !t->given))
		return;
	if (w->relay != NULL)
		pl_relay_flush(w->relay);
	pl_child_take(w->child);
	suspend(w, sig);
}

static bool
front_is_stopped(const struct pl_watch *w)
{
	char state = pl_process_state(w->spec->front);

	return state == '\0' || state == 'T' || state == 't';
}

/* Whose turn it is on the terminal: fg of a job that already runs tells it nothing. */
static void
look(struct pl_watch *w)
{
	struct pl_terminal *t = w->terminal;

	w->look_at_ms = pl_elapsed_ms() + LOOK_MS;
	if (w->relay != NULL && t->given && !pl_terminal_is_ours(t))
		pl_child_take(w->child);
	if (w->relay != NULL)
		w->relay->refused = false;
	/* Where the kernel drops the stop (nobody could continue the job) the task is not left stopped either. */
	if (w->suspended != 0 && !front_is_stopped(w))
		resume(w, w->suspended, false);
	else if (w->suspended == 0 && t->wanted)
		pl_child_give(w->child);
}

static bool
is_stop(int sig)
{
	return sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU;
}

static void
on_signal(struct pl_watch *w, int sig)
{
	w->interrupted |= sig == SIGTERM || sig == SIGHUP || sig == SIGINT || sig == SIGQUIT;
	if (w->relay != NULL && sig == SIGWINCH)
		(void)pl_relay_follow(w->relay);
	if (w->ended || (is_stop(sig) && w->suspended != 0))
		return;
	if (sig == SIGCONT && w->suspended != 0)
		resume(w, w->suspended, true);
	else if (sig == SIGCONT)
		go_on(w);
	else if (w->relay == NULL || sig != SIGWINCH)
		pl_child_signal(w->child, sig);
}

/* The front is gone, and its shell already reads from the terminal: it is not left raw until the task has ended. */
static void
desert(struct pl_watch *w)
{
	w->deserted = true;
	w->terminal->wanted = false;
	pl_child_take(w->child);
	if (!w->ended)
		end(w, SIGTERM);
}

static void
on_events(struct pl_watch *w, const struct pollfd fds[EVENTS])
{
	int sig;

	if (w->relay != NULL) {
		pl_relay_move(w->relay, &fds[RELAY]);
		if (w->relay->refused)
			look(w);
	}
	while ((sig = pl_signals_next(w->signals, w->child->pid)) != 0)
		on_signal(w, sig);
	if (fds[FRONT].revents != 0 && !w->deserted)
		desert(w);
	if (w->ended)
		return;
	/* No recording, no run. */
	if (w->spec->recorder != NULL && w->spec->recorder->error != 0)
		judge(w, PL_RUN_STOPPED);
	if (w->relay != NULL && w->relay->hung_up && !w->hung_up) {
		w->hung_up = true;
		end(w, SIGHUP);
	}
	/* Once until the next tick: whoever is at the other end must not make root spin. */
	if (fds[QUESTION].revents != 0) {
		w->answered = true;
		ask(w);
	}
}

static void
wait_for_events(struct pl_watch *w, int64_t timeout_ms)
{
	bool asks = !w->ended && !w->answered && w->verdict == PL_RUN_GO_ON && w->spec->poll != NULL &&
	    w->spec->poll_fd != NULL;
	struct pollfd fds[EVENTS];
	size_t i;

	for (i = 0; i < EVENTS; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	if (!w->ended)
		fds[NEWS].fd = pl_child_news(w->child);
	fds[SIGNALS].fd = w->signals->fd;
	if (!w->deserted)
		fds[FRONT].fd = w->front;
	if (asks)
		fds[QUESTION].fd = *w->spec->poll_fd;
	if (w->relay != NULL)
		pl_relay_wants(w->relay, &fds[RELAY]);
	for (i = 0; w->taps != NULL && w->ended && i < PL_TAPS; i++)
		fds[TAPS + i].fd = w->taps->tap[i].pidfd;
	if (poll(fds, EVENTS, (int)timeout_ms) >= 0)
		on_events(w, fds);
}

static bool
is_drained(const struct pl_watch *w)
{
	return (w->relay == NULL || w->relay->hung_up || pl_relay_is_empty(w->relay)) &&
	    (w->taps == NULL || pl_taps_are_done(w->taps));
}

/* Every half second. How it ended stays as it is; only what it has printed is waited for. */
static bool
is_unwanted(struct pl_watch *w)
{
	if (w->spec->poll == NULL || pl_elapsed_ms() < w->tick_at_ms)
		return false;
	w->tick_at_ms = pl_elapsed_ms() + TICK_MS;
	return w->spec->poll(w->spec->arg) != PL_RUN_GO_ON;
}

/*
 * What it has printed is still under way to the terminal or through a pipe, which may be slow: whoever has enough of
 * it can say so, and nobody waits for what was ended. Nor for long once the run is stopped or revoked: a reader who
 * does not read, and an account that stops the taps, must not keep it without an end.
 */
static void
drain(struct pl_watch *w)
{
	int64_t until = w->kill_at_ms != 0 ? pl_elapsed_ms() + DRAIN_MS : INT64_MAX;

	if (w->relay != NULL)
		pl_relay_finish(w->relay);
	if (w->taps != NULL)
		pl_taps_finish(w->taps);
	w->interrupted = false;
	while (!is_drained(w) && !w->deserted && !w->interrupted && pl_elapsed_ms() < until) {
		wait_for_events(w, DRAIN_MS);
		if (until == INT64_MAX && is_unwanted(w))
			until = pl_elapsed_ms() + DRAIN_MS;
	}
}

bool
pl_watch_run(struct pl_watch *w)
{
	int64_t now, due;
	int ended, sig;

	w->tick_at_ms = pl_elapsed_ms() + TICK_MS;
	w->look_at_ms = pl_elapsed_ms() + LOOK_MS;
	for (;;) {
		ended = pl_child_ended(w->child, &w->end);
		if (ended != 0)
			break;
		sig = pl_child_stopped(w->child);
		if (sig != 0)
			on_stop(w, sig);
		now = pl_elapsed_ms();
		if (now >= w->look_at_ms)
			look(w);
		if (now >= w->tick_at_ms) {
			tick(w);
			continue;
		}
		due = w->tick_at_ms < w->look_at_ms ? w->tick_at_ms : w->look_at_ms;
		wait_for_events(w, due > now ? due - now : 0);
	}
	/* The rest of the group had its TERM; it must not outlive what was ended. */
	if (ended > 0 && (w->verdict != PL_RUN_GO_ON || w->deserted))
		pl_child_kill(w->child, w->verdict != PL_RUN_GO_ON);
	w->ended = true;
	w->ended_at = time(NULL);
	drain(w);
	return ended > 0;
}
