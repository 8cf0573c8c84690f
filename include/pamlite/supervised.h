/* supervised.h - what the database answers to a runner beside the run itself */
#ifndef PAMLITE_SUPERVISED_H
#define PAMLITE_SUPERVISED_H

#include <stdint.h>

#include "pamlite/access.h"
#include "pamlite/context.h"
#include "pamlite/digest.h"

/*
 * Is the record that root has kept in the chain, with that hash? Otherwise the database is an older
 * copy, or was rewritten: the refusal is recorded in it all the same. Sequence 0 is in any.
 *
 * PL_E_RUN (DatabaseOlderThanAnchor)
 */
enum pl_status pl_supervised_check_anchor(struct pl_ctx *ctx, const char *task, int64_t sequence, const char *hash);

/* The last record's sequence and hash, for root to keep. */
enum pl_status pl_supervised_head(struct pl_ctx *ctx, int64_t *sequence, char hash[PL_DIGEST_LEN + 1]);

/*
 * Root cannot do what the operation wants with that object: record it where it is a refusal. Returns the
 * status of ctx->failure = *why.
 */
enum pl_status pl_supervised_refuse(struct pl_ctx *ctx, const char *operation, const char *object,
    const struct pl_failure *why);

/* It may be run, but root has found something else to run than `answer` says. Recorded; PL_E_DENIED. */
enum pl_status pl_supervised_refuse_changed(struct pl_ctx *ctx, const struct pl_access_ask *ask,
    struct pl_access_answer *answer);

#endif
