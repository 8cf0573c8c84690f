/* child.h - the task's process: its start, its group, its stops and its end */
#ifndef PAMLITE_RUN_CHILD_H
#define PAMLITE_RUN_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include "pamlite/run.h"

#include "run/terminal.h"

/* From start to reap the process is ours, running or a zombie, so pid cannot be anybody else's. */
struct pl_child {
	pid_t pid;     /* also the number of its process group; 0 = none */
	int pidfd;     /* readable when it has ended; -1 = none */
};

/*
 * Start the program; returns when the kernel has accepted it. If the terminal
 * wants it the new group is the foreground one before its first instruction.
 *
 * PL_E_NO_PROGRAM, PL_E_NOT_EXECUTABLE, PL_E_RUN as pl_run; there is no child then
 */
enum pl_status pl_child_start(struct pl_ctx *ctx, const struct pl_run_spec *spec, struct pl_terminal *terminal,
    struct pl_child *out);

/* Send a signal to the whole group, and to the task itself if it has left it. */
void pl_child_signal(const struct pl_child *child, int sig);

/* The signal by which the task was stopped since the last call; 0 if it was not. */
int pl_child_stopped(const struct pl_child *child);

/* Has the task ended? It stays a zombie, and so the group's number stays its own. -1 if that cannot be known. */
int pl_child_ended(const struct pl_child *child, siginfo_t *how);

/* Let it go. */
void pl_child_reap(struct pl_child *child);

#endif
