/* cgroup.h - a control group around one task, so that nothing of it can run from its end */
#ifndef PAMLITE_RUN_CGROUP_H
#define PAMLITE_RUN_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Only a help: a machine without version 2 has none, and every failure just means to go without. All
 * calls but the first are safe after a fork.
 */
struct pl_cgroup {
	int parent, fd;    /* -1 = none */
	char name[32];     /* below the parent */
};

/* Make one for this process's task, and remove empty ones that earlier runs had to leave. */
void pl_cgroup_open(struct pl_cgroup *g);

/* fork(), with the new process in the group from its beginning. */
pid_t pl_cgroup_fork(const struct pl_cgroup *g);

/* These do nothing where there is none. */
void pl_cgroup_kill(const struct pl_cgroup *g);

/* Remove it, unless something of the task lives on in it. */
void pl_cgroup_remove(const struct pl_cgroup *g);
void pl_cgroup_close(struct pl_cgroup *g);

#endif
