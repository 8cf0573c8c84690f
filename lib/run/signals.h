/* signals.h - the signals that reach this process while a task runs */
#ifndef PAMLITE_RUN_SIGNALS_H
#define PAMLITE_RUN_SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

enum { PL_SIGNALS_DEFAULTED = 4 };

struct pl_signals {
	int fd;                   /* readable when a signal waits; -1 = not caught */
	sigset_t caught;
	sigset_t ignored;         /* of those, what the caller ignores (nohup): not passed on */
	sigset_t old_mask;
	struct sigaction old[PL_SIGNALS_DEFAULTED];
};

/*
 * Take them from a descriptor from now on. False with errno set; then nothing is changed.
 * Children become waitable again for a caller that inherited an ignored SIGCHLD.
 */
bool pl_signals_catch(struct pl_signals *s);

/* Give everything back. What still waits is dropped: it was meant for the task, which is over. */
void pl_signals_release(struct pl_signals *s);

/* fork(), with every signal blocked in the new process: no handler of ours runs there. errno as fork(2) sets it. */
pid_t pl_signals_fork(void);

/*
 * The next signal that is to be passed on to the task's group; 0 if none waits.
 * One that the group itself sent is not: it would come back to its sender. Nor
 * is the alarm of a timer, which is this process's own, nor its own stop of the job.
 */
int pl_signals_next(const struct pl_signals *s, pid_t group);

/*
 * Send a signal to the group whose leader that process is, and to the leader if it has left it. Only
 * whoever can still reap the leader may: else the number could be another's (CVE-2017-2616).
 */
void pl_signals_send(pid_t leader, int pidfd, int sig);

/*
 * With signals caught, stop as the task was stopped, so that the shell sees it: the
 * whole job, or for SIGSTOP this process alone. Returns when continued; false at
 * once where the kernel drops the stop, since nobody is left who could continue us.
 */
bool pl_signals_stop(int sig);

#endif
