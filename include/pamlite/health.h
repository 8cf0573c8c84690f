/* health.h - is somebody seeing to it all? What monitoring asks (status.h is what functions return) */
#ifndef PAMLITE_HEALTH_H
#define PAMLITE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/row.h"

/* The numbers are what a monitoring plugin exits with. */
enum pl_health_state { PL_HEALTH_OK, PL_HEALTH_WARNING, PL_HEALTH_CRITICAL, PL_HEALTH_UNKNOWN, PL_HEALTH_STATES };

/* "Ok", "Warning", "Critical", "Unknown". */
extern const char *const pl_health_state_names[PL_HEALTH_STATES];

/* In the order in which they are told. */
enum pl_health_check {
	PL_HEALTH_CONTROL,
	PL_HEALTH_PENDING,
	PL_HEALTH_PENDING_AGE,
	PL_HEALTH_PENDING_STUCK,
	PL_HEALTH_QUEUE,
	PL_HEALTH_QUEUE_AGE,
	PL_HEALTH_QUEUE_FAILED,
	PL_HEALTH_CHAIN,
	PL_HEALTH_ANCHOR,
	PL_HEALTH_ANCHOR_LAG,
	PL_HEALTH_ANCHOR_SIZE,
	PL_HEALTH_UNRECORDED,
	PL_HEALTH_MAINTENANCE_AGE,
	PL_HEALTH_EXCLUSIONS_ENDLESS,
	PL_HEALTH_EXCLUSIONS_UNUSED,
	PL_HEALTH_RUNS_UNKNOWN,
	PL_HEALTH_DATABASE_FREE,
	PL_HEALTH_DATABASE_FREE_PERCENT,
	PL_HEALTH_LOG_FREE,
	PL_HEALTH_LOG_FREE_PERCENT,
	PL_HEALTH_CHECKS
};

/* What is the same in every database. */
struct pl_health_def {
	const char *name;          /* of letters and _, as in performance data and on the command line */
	const char *unit;          /* of performance data: "s", "B", "%" or "" */
	const char *metric;        /* the same for Prometheus, without its prefix; what is % here is a ratio there */
	const char *meaning;
	bool falling;              /* it is the worse the lower it is */
	int64_t warning_at, critical_at;   /* if nothing else was said; PL_NULL = never */
};

/*
 * One check as an object. Ok up to `warning_at`, Warning beyond it, Critical beyond `critical_at`; of what is falling,
 * down to it and below it. A value that cannot be known (PL_NULL) is a Warning. The message may hold text of users.
 */
struct pl_health {
	char *check, *status;
	int64_t value;
	char *unit;
	int64_t warning_at, critical_at;   /* PL_NULL = never */
	char *message;
	const struct pl_health_def *def;   /* no property */
	enum pl_health_state state;        /* no property */
};
extern const struct pl_noun pl_health_noun;

/* What was found so far, in fixed memory. */
enum { PL_HEALTH_MESSAGE_MAX = 767 };
struct pl_health_report {
	struct pl_health_reading {
		bool made;             /* false: does not apply to this database */
		int64_t value, warning_at, critical_at;
		char message[PL_HEALTH_MESSAGE_MAX + 1];
	} of[PL_HEALTH_CHECKS];
};

/*
 * An empty one, with the limits of the table and, in their place, those of two maps (NULL = none) from a check's name
 * to a whole number in its unit, or "off".
 *
 * PL_E_USAGE (ParameterArgumentTransformationError)  there is no such check, or that is no number
 */
enum pl_status pl_health_begin(struct pl_ctx *ctx, const char *warnings, const char *criticals,
    struct pl_health_report *out);

/* That check came to this. What does not fit of the message is cut. */
void pl_health_say(struct pl_health_report *report, enum pl_health_check check, int64_t value, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Make all checks but those of the anchor: in short reading transactions, none of which waits for the lock longer than
 * PL_HEALTH_PATIENCE_MS. Nothing is written. For those who may configure or audit.
 *
 * PL_E_DENIED (AuditorRequired)
 * PL_E_STATE (DatabaseBusy)
 */
enum { PL_HEALTH_PATIENCE_MS = 5000 };
enum pl_status pl_health_gather(struct pl_ctx *ctx, struct pl_health_report *report);

/* The worst of all; each that was made, in order. */
enum pl_health_state pl_health_worst(const struct pl_health_report *report);
enum pl_status pl_health_each(const struct pl_health_report *report, pl_row_fn *each, void *arg);

#endif
