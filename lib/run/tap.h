/* tap.h - what goes through standard input and output of a recorded run is counted on its way */
#ifndef PAMLITE_RUN_TAP_H
#define PAMLITE_RUN_TAP_H

#include <stdbool.h>
#include <sys/types.h>

#include "pamlite/run.h"

enum { PL_TAPS = 2 };   /* of descriptor 0 and of descriptor 1 */

struct pl_tap_shared;

struct pl_tap {
	pid_t pid;                      /* the process that passes it on; 0 = none */
	int pidfd;                      /* readable when that has ended */
	int order;                      /* its end means that the task has ended; -1 = none */
	int end;                        /* what the task gets for the descriptor; -1 = none, or given */
	struct pl_tap_shared *shared;   /* NULL = this one is not tapped */
};

struct pl_taps {
	struct pl_tap tap[PL_TAPS];
};

/*
 * A process for each of the two that is not in `standard` (a bit each), with a pipe to the task. It reads and writes
 * as anybody would, waiting as long as it takes, so that what is behind a caller's descriptor never holds us up, and
 * nothing that he shares with others is changed; as the account, so that no power of root's stands behind the bytes.
 * False with errno; the caller closes them whatever comes.
 */
bool pl_taps_open(struct pl_taps *t, unsigned int standard, const struct pl_run_account *account);

/* The task has its ends; with others open the end of what it writes would not be seen. */
void pl_taps_close_ends(struct pl_taps *t);

/* The task has ended: what it has written is passed on, what it has not read of a file is given back. */
void pl_taps_finish(struct pl_taps *t);
bool pl_taps_are_done(struct pl_taps *t);

/* End what is not done, and say what went through. */
void pl_taps_close(struct pl_taps *t, struct pl_run_result *out);

#endif
