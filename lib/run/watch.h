/* watch.h - stay with a task until it has ended */
#ifndef PAMLITE_RUN_WATCH_H
#define PAMLITE_RUN_WATCH_H

#include <signal.h>

#include "pamlite/run.h"

#include "run/child.h"
#include "run/relay.h"
#include "run/signals.h"
#include "run/tap.h"
#include "run/terminal.h"

struct pl_watch {
	const struct pl_run_spec *spec;
	struct pl_child *child;
	const struct pl_signals *signals;
	struct pl_terminal *terminal;
	struct pl_relay *relay;        /* NULL = none */
	struct pl_taps *taps;          /* NULL = none */
	int front;                     /* pidfd of spec->front; -1 = none */
	enum pl_run_verdict verdict;   /* the first that was not to go on */
	int64_t tick_at_ms;            /* monotonic */
	int64_t look_at_ms;
	int64_t kill_at_ms;            /* 0 = nobody has ended it */
	int suspended;                 /* the signal by which the job was stopped while we watch on; 0 = it was not */
	bool warned;
	bool answered;                 /* poll_fd could be read since the last tick */
	bool hung_up;                  /* the task was told that its terminal is gone */
	bool deserted;                 /* the front is gone */
	bool interrupted;              /* a signal to end has come */
	bool ended;
	int64_t ended_at;              /* Unix seconds */
	siginfo_t end;                 /* how it ended */
};

/*
 * Pass signals on, stop and go on with the task, relay its terminal, ask spec->poll, and end the
 * task when told or when nobody is there any more. Returns true when it has ended, not yet reaped,
 * and all that it has printed is where it goes; false if it can no longer be seen, with errno set.
 *
 * Without a front, while the shell has stopped us nothing is asked; the task is stopped too, and
 * the question comes before it goes on.
 */
bool pl_watch_run(struct pl_watch *w);

#endif
