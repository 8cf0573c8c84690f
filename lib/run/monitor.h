/* monitor.h - the process between us and a task that runs as another account */
#ifndef PAMLITE_RUN_MONITOR_H
#define PAMLITE_RUN_MONITOR_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "run/cgroup.h"
#include "run/entry.h"

/*
 * It leads the task's session, so that the task is stopped and continued on its pseudo-terminal as
 * below a shell, and it is the task's parent, so that the number of the task's group stays its own
 * until nothing is sent to it any more. When this process is gone, by kill -9 too, it ends the task:
 * TERM, after 5 s KILL, and puts the caller's terminal right.
 */
struct pl_monitor {
	pid_t pid;      /* 0 = none */
	int pidfd;
	int socket;     /* readable when there is a report; -1 = none */
};

struct pl_monitor_spec {
	struct pl_entry *entry;
	const struct pl_cgroup *cgroup;
	int terminal;              /* the caller's; -1 = none */
	bool foreground;           /* the task begins as its pseudo-terminal's foreground group */
};

/*
 * The task's process exists then, in a group of its own, and waits for its release; *pidfd is its.
 * False with errno set; nothing is left then.
 */
bool pl_monitor_start(const struct pl_monitor_spec *spec, struct pl_monitor *out, pid_t *task, int *pidfd);

/* Orders are carried out one after the other; each does nothing once the monitor is gone. */
void pl_monitor_signal(const struct pl_monitor *m, int sig);          /* to the task's group */
void pl_monitor_give(const struct pl_monitor *m, bool foreground);    /* the pseudo-terminal to the task, or from it */
void pl_monitor_modes(const struct pl_monitor *m, const struct termios *own);   /* to be put right; NULL = nothing is */

struct pl_report {
	bool ended;
	int stopped;               /* by this signal; 0 = not */
	siginfo_t how;             /* if it has ended: si_code and si_status */
};

/* 1 = a report; 0 = none now; -1 = the monitor is gone. */
int pl_monitor_next(const struct pl_monitor *m, struct pl_report *out);

/* Let it and the task's process go. */
void pl_monitor_close(struct pl_monitor *m);

#endif
