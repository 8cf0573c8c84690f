/* entry.h - the way of a new process to the task's program */
#ifndef PAMLITE_RUN_ENTRY_H
#define PAMLITE_RUN_ENTRY_H

#include <stdbool.h>
#include <sys/types.h>

#include "pamlite/run.h"

/* An argument vector is made before the fork: nothing may be allocated after it. */
struct pl_vector {
	char **words;
	char *text;
};

struct pl_entry {
	const struct pl_run_spec *spec;
	struct pl_vector arguments, environment;
	int socket[2];             /* ours, the new process's; -1 = closed */
	pid_t watcher;             /* this process */
	int slave;                 /* of its pseudo-terminal; -1 = none */
	int standard[3];           /* what becomes 0, 1 and 2; -1 = they stay as they are */
};

/* PL_E_RUN, PL_E_OS; the caller closes it whatever the status. */
enum pl_status pl_entry_open(struct pl_ctx *ctx, const struct pl_run_spec *spec, struct pl_entry *e);

/* In the new process, every signal blocked: wait to be released, and become the program. */
_Noreturn void pl_entry_run(struct pl_entry *e);

/*
 * Let the new process go; returns when the kernel has accepted the program. One that was never
 * released ends by itself when the entry is closed.
 *
 * PL_E_NO_PROGRAM, PL_E_NOT_EXECUTABLE, PL_E_RUN as pl_run; the process has ended then
 */
enum pl_status pl_entry_release(struct pl_ctx *ctx, struct pl_entry *e);

/* After the fork the other side's end is closed, or its end would never be seen. */
void pl_entry_close_end(struct pl_entry *e, int end);
void pl_entry_close(struct pl_entry *e);

#endif
