/* audit_check.h - is the audit log what was written? */
#ifndef PAMLITE_AUDIT_CHECK_H
#define PAMLITE_AUDIT_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/digest.h"
#include "pamlite/row.h"

/*
 * Does the line say the same as what is kept beside it: time, user, record type,
 * operation, object and result, in this order? NULL is null.
 */
enum { PL_AUDIT_COPIES = 6 };
bool pl_audit_line_says(const char *line, const char *const values[PL_AUDIT_COPIES]);

struct pl_audit_check {
	int64_t records, first_sequence, last_sequence;
	bool valid;
	int64_t first_bad_sequence;        /* PL_NULL if valid */
	char *detail, *head_hash;
};
extern const struct pl_noun pl_audit_check_noun;

/* Of one that is not valid: "the audit log is broken at record 5: ". */
void pl_audit_check_say(const struct pl_audit_check *check, struct pl_buf *out);

/*
 * Walk the chain from `start` (0 = the beginning) to its head and say where it
 * breaks first. The lock is let go between pages of records. PL_OK also for a
 * broken chain: see out->valid. The caller clears *out, whatever the status.
 *
 * PL_E_DENIED (AuditorRequired)   not the service, which learns nothing of what the records say
 * PL_E_USAGE (ParameterArgumentTransformationError)   the log ends before the record before `start`
 */
enum pl_status pl_audit_verify(struct pl_ctx *ctx, int64_t start, struct pl_audit_check *out);

/* The same of its newest part alone, which costs the same however long it is. */
enum { PL_AUDIT_NEWEST = 10000 };
enum pl_status pl_audit_verify_newest(struct pl_ctx *ctx, struct pl_audit_check *out);

/* The newest record, up to that one, that tells of a backup that was restored; 0 = none. Rights as above. */
enum pl_status pl_audit_restored(struct pl_ctx *ctx, int64_t sequence, int64_t *out);

/* What somebody else keeps of the chain: the hash that a record had when he saw it. */
struct pl_audit_witness {
	int64_t sequence;
	char hash[PL_DIGEST_LEN + 1];
};

/*
 * Compare witnesses, in whatever order, with the log. *bad is the lowest sequence that the log has
 * otherwise or not at all, and *finding which of these; PL_NULL if all agree.
 *
 * PL_E_DENIED (AuditorRequired), as above
 */
enum pl_audit_finding { PL_AUDIT_AGREES, PL_AUDIT_DIFFERS, PL_AUDIT_LACKING };
enum pl_status pl_audit_compare(struct pl_ctx *ctx, const struct pl_audit_witness *witnesses, size_t count,
    enum pl_audit_finding *finding, int64_t *bad);

#endif
