/* tap_flow.h - one direction through a recorded run, in a process of its own */
#ifndef PAMLITE_RUN_TAP_FLOW_H
#define PAMLITE_RUN_TAP_FLOW_H

#include <stdatomic.h>
#include <stdint.h>

#include "pamlite/digest.h"
#include "pamlite/run.h"

struct pl_tap_state {
	int64_t bytes;
	struct pl_digest digest;
};

/* A process that is killed in the middle leaves one state that is whole. */
struct pl_tap_shared {
	struct pl_tap_state state[2];
	atomic_uint current;
	int error;                 /* errno of the side that is the caller's */
};

struct pl_tap_flow {
	int fd;                    /* 0: from there to the task; 1: from the task to there */
	int pipe[2];
	int order;                 /* the task has ended when this one has */
	struct pl_tap_shared *shared;
};

/* In the new process, every signal blocked. */
_Noreturn void pl_tap_flow_run(struct pl_tap_flow *f, const struct pl_run_account *account);

#endif
