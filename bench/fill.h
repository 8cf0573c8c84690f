/* fill.h - what the files of the filler share */
#ifndef FILL_H
#define FILL_H

#include "pamlite/context.h"
#include "pamlite/uuid.h"

enum { FILL_GROUPS = 10, FILL_USERS = 200, FILL_FIRST_UID = 20000, FILL_RECORDS_EACH = 5 };

struct fill {
	struct pl_ctx ctx;
	int64_t requests, policies, members, pending;
	char (*policy_ids)[PL_ID_LEN + 1];
};

/*
 * A year of requests that ended yesterday: each asked, decided, run once, and run once more when it was over;
 * five records each, hashed in their chain as any other. The members of one policy after the other.
 */
enum pl_status fill_history(struct fill *f);

#endif
