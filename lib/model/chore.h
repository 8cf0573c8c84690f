/* chore.h - the kinds of work that maintenance has, each beside the noun that it is about */
#ifndef PAMLITE_MODEL_CHORE_H
#define PAMLITE_MODEL_CHORE_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/text.h"

/* An object and its place in the order in which a chore goes through them. */
struct pl_chore_object {
	char id[PL_ACCOUNT_MAX + 1];
	int64_t at;
};

struct pl_chore {
	const char *operation;       /* of the record that each object gets */
	/*
	 * What there is to do: id and place of the first :page objects behind the place :at, :id, in the order of
	 * these; at first -1 and "". It may use the facts of pl_op_offer_facts(), and :kept_since: root still keeps
	 * the recordings of runs that began then or later; 0 = of all.
	 */
	const char *sql;
	bool system;                 /* on the system database alone */
	/* Do it for one, with its record. *done stays false where it turns out that there is nothing to do. */
	enum pl_status (*act)(struct pl_ctx *ctx, const struct pl_chore_object *object, bool *done);
	/* Optional: what people have to hear of one that was done, once that is on disk and the lock let go. */
	void (*tell)(struct pl_ctx *ctx, const struct pl_chore_object *object);
};

extern const struct pl_chore pl_chore_expire, pl_chore_remind;          /* chore_request.c */
extern const struct pl_chore pl_chore_settle, pl_chore_recording, pl_chore_missing;   /* chore_execution.c */
extern const struct pl_chore pl_chore_exclusion;                        /* system_account.c */

#endif
