/* replay.h - show a recorded session again */
#ifndef PAMLITE_REPLAY_H
#define PAMLITE_REPLAY_H

#include <stdint.h>

#include "pamlite/context.h"

struct pl_replay_spec {
	char *identity;
	int64_t speed;           /* thousandths; 0 = as it was */
	int64_t idle_limit;      /* thousandths of a second: longer pauses are cut to this; 0 = none is */
};

/*
 * For a private database, which has no recordings: say so, or that there is no such run.
 * PL_E_NOT_FOUND (ExecutionNotFound, RecordingNotFound)
 */
enum pl_status pl_replay(struct pl_ctx *ctx, const struct pl_replay_spec *spec);

/* On the system database, the other side of the runner: answer whether that run's recording may be seen. */
enum pl_status pl_replay_serve(struct pl_ctx *ctx, const struct pl_replay_spec *spec);

#endif
