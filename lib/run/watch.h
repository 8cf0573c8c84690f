/* watch.h - stay with a task until it has ended */
#ifndef PAMLITE_RUN_WATCH_H
#define PAMLITE_RUN_WATCH_H

#include <signal.h>

#include "pamlite/run.h"

#include "run/child.h"
#include "run/signals.h"
#include "run/terminal.h"

struct pl_watch {
	const struct pl_run_spec *spec;
	const struct pl_child *child;
	const struct pl_signals *signals;
	struct pl_terminal *terminal;
	enum pl_run_verdict verdict;   /* the first that was not to go on */
	int64_t tick_at_ms;            /* monotonic */
	int64_t kill_at_ms;            /* counts once there is a verdict */
	bool warned;
	bool hung_up;
	siginfo_t end;                 /* how it ended */
};

/*
 * Pass signals on, stop and go on with the task, ask spec->poll, and end the
 * task when told. Returns true when it has ended, not yet reaped; false if it
 * can no longer be seen, with errno set.
 *
 * While the shell has stopped us nothing is asked; the task is stopped too, and
 * the question comes before it goes on.
 */
bool pl_watch_run(struct pl_watch *w);

#endif
