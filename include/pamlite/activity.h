/* activity.h - what happened in a period, counted: the content of a report */
#ifndef PAMLITE_ACTIVITY_H
#define PAMLITE_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamlite/audit_check.h"
#include "pamlite/context.h"
#include "pamlite/spread.h"
#include "pamlite/tally.h"
#include "pamlite/uuid.h"

enum {
	PL_ACTIVITY_LONGEST = 10,    /* grants */
	PL_ACTIVITY_STEPS = 240,     /* that the timeline divides the period into */
	PL_ACTIVITY_REASON_MAX = 240,
};

/* What is counted of a person; of an error; of a task its requests by their state, as pl_request_states. */
enum { PL_PERSON_GRANTS, PL_PERSON_RUNS, PL_PERSON_REFUSALS, PL_PERSON_EXEMPT_RUNS, PL_PERSON_EXEMPT };
enum { PL_ERROR_REFUSALS };
enum { PL_ACTIVITY_PENDING, PL_ACTIVITY_APPROVED, PL_ACTIVITY_DENIED, PL_ACTIVITY_EXPIRED, PL_ACTIVITY_CANCELED,
	PL_ACTIVITY_STATES };

/* Grants in force, and runs started, in each step of the period; the largest of each. */
struct pl_lane {
	uint32_t grants[PL_ACTIVITY_STEPS], runs[PL_ACTIVITY_STEPS];
	uint32_t most_grants, most_runs;
};

enum pl_grant_end { PL_GRANT_ENDED, PL_GRANT_REVOKED, PL_GRANT_IN_FORCE };

struct pl_long_grant {
	char id[PL_ID_LEN + 1];
	int64_t start_at, end_at;    /* end_at: the revocation's, where it came first */
	enum pl_grant_end end;
	char *holder, *access, *authorized_by, *reason;   /* the reason cut to PL_ACTIVITY_REASON_MAX bytes */
};

/* An account that is excluded from the control, or was when it ran something. */
struct pl_exempt_account {
	int64_t expires_at;          /* PL_NULL = no end */
	char *reason;                /* NULL: not excluded any more */
};

/*
 * Requests and grants that were made and runs that were started from `start` to `end`, with their
 * states as they were at `end`, so that the report of a period that is over stays what it is.
 */
struct pl_activity {
	struct pl_audit_check chain;
	bool is_system;
	char *host;                  /* where the newest record was written; NULL = it does not say */
	int64_t start, end;
	int64_t records;             /* of the audit log */

	struct pl_tally persons, tasks, errors;
	struct pl_top active, refused_persons, top_tasks, top_errors;   /* active: with most grants and runs */
	int64_t states[PL_ACTIVITY_STATES], requests, grants, runs, refused, exempt_runs;
	struct pl_spread decisions;  /* from the request to the decision, where people decided */

	struct pl_lane everybody, lanes[PL_TOP_MAX];   /* of the active ones, in their order */

	struct pl_long_grant longest[PL_ACTIVITY_LONGEST];
	size_t longest_count;
	struct pl_top top_exempt;
	struct pl_exempt_account exempt[PL_TOP_MAX];   /* of top_exempt, in its order */
};

/*
 * Count what happened from `start` to `end` (Unix seconds). 0 is from the first record, to the last one; an
 * end that is still to come is the last record's, so that the answer depends on the database alone. The lock
 * is let go between pages. The caller clears *out, whatever the status.
 *
 * PL_E_DENIED (AuditorRequired)
 */
enum pl_status pl_activity_gather(struct pl_ctx *ctx, int64_t start, int64_t end, struct pl_activity *out);
void pl_activity_clear(struct pl_activity *a);

#endif
