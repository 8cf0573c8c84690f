/* child.h - the task's process: its start, its group, its stops and its end */
#ifndef PAMLITE_RUN_CHILD_H
#define PAMLITE_RUN_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "pamlite/run.h"

#include "run/cgroup.h"
#include "run/monitor.h"
#include "run/relay.h"
#include "run/tap.h"
#include "run/terminal.h"

/* The ways between the caller and the task; NULL = there is none of that kind. */
struct pl_streams {
	struct pl_terminal *terminal;   /* never NULL */
	struct pl_relay *relay;
	struct pl_taps *taps;
};

/* From start to reap the process is ours or our monitor's, running or a zombie, so pid cannot be anybody else's. */
struct pl_child {
	pid_t pid;                     /* also the number of its process group; 0 = none */
	int pidfd;                     /* readable when it has ended; -1 = none */
	struct pl_terminal *terminal;
	struct pl_relay *relay;        /* NULL = it has no pseudo-terminal */
	bool monitored;                /* it runs as another account */
	struct pl_monitor monitor;
	struct pl_cgroup cgroup;
	bool lost;                     /* the monitor is gone */
	int silent;                    /* how often the task was seen to have ended and nobody had reported it */
	int stopped;                   /* reported and not yet told */
	bool ended;
	siginfo_t how;
};

/*
 * Start the program; returns when the kernel has accepted it. If the terminal
 * wants it the new group is the foreground one before its first instruction.
 *
 * PL_E_NO_PROGRAM, PL_E_NOT_EXECUTABLE, PL_E_RUN as pl_run; there is no child then
 */
enum pl_status pl_child_start(struct pl_ctx *ctx, const struct pl_run_spec *spec, const struct pl_streams *streams,
    struct pl_child *out);

/* Readable when pl_child_stopped() or pl_child_ended() have something to tell. */
int pl_child_news(const struct pl_child *child);

/* Send a signal to the whole group, and to the task itself if it has left it. */
void pl_child_signal(const struct pl_child *child, int sig);

/* End what runs of it, now: the group, and with `all` whatever it has started, where there is a control group. */
void pl_child_kill(const struct pl_child *child, bool all);

/* Whose turn it is on the terminal, as pl_terminal_give() and pl_terminal_take() say. */
bool pl_child_give(const struct pl_child *child);
void pl_child_take(const struct pl_child *child);

/* The signal by which the task was stopped since the last call; 0 if it was not. */
int pl_child_stopped(struct pl_child *child);

/*
 * Has the task ended? It stays a zombie, and so the group's number stays its own. -1 if that cannot be
 * known: then it is killed, as far as it can be reached.
 */
int pl_child_ended(struct pl_child *child, siginfo_t *how);

/* To be called now and then: a monitor that the task has stopped, being root, reports nothing, and counts as gone. */
void pl_child_check(struct pl_child *child);

/* Let it go. */
void pl_child_reap(struct pl_child *child);

#endif
