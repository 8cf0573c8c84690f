/* show.h - hand a recording out to who may see it */
#ifndef PAMLITE_SHOW_H
#define PAMLITE_SHOW_H

#include "pamlite/context.h"
#include "pamlite/store_child.h"

/* The word by which the runner, and its store child, know that a recording is asked for, and of which run. */
#define PL_SHOW_WORD "Identity="

/*
 * As root, in the runner: ask whether the caller may see that run's recording, open it, compare it with the end
 * record, give all power up, and copy it to descriptor 1 until the front (a pidfd) is gone. Nothing
 * is written before it was compared. Returns what to exit with; the caller has been told why.
 */
int pl_show_recording(struct pl_ctx *ctx, struct pl_store_child *store, const char *execution, int front_fd);

#endif
