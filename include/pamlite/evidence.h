/* evidence.h - everything about one request, as its records tell it */
#ifndef PAMLITE_EVIDENCE_H
#define PAMLITE_EVIDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "pamlite/audit_range.h"
#include "pamlite/context.h"
#include "pamlite/json.h"

#define PL_EVIDENCE_FORMAT "pam-lite evidence"
enum { PL_EVIDENCE_VERSION = 1 };

/*
 * The parts of an evidence file that stand before its chain, in this order. Request, Policy, Task and Authorization are
 * objects or null; the others arrays: Decisions and Refusals of whole records in the order of the chain, Executions of
 * runs in the order of their ends, and then those that have none. Among the decisions is whatever else was done: what
 * the clock did, who stopped a run, who looked at its recording.
 */
enum pl_evidence_part {
	PL_EVIDENCE_REQUEST,
	PL_EVIDENCE_POLICY,
	PL_EVIDENCE_TASK,
	PL_EVIDENCE_DECISIONS,
	PL_EVIDENCE_AUTHORIZATION,
	PL_EVIDENCE_EXECUTIONS,
	PL_EVIDENCE_REFUSALS,
	PL_EVIDENCE_PARTS
};
extern const char *const pl_evidence_parts[PL_EVIDENCE_PARTS + 1];   /* their names; ends with NULL */
bool pl_evidence_is_list(enum pl_evidence_part part);

/* Receives a part, or an element of one that is an array, as JSON text, and the sequence of the record it stands in. */
typedef enum pl_status pl_evidence_fn(void *arg, enum pl_evidence_part part, int64_t sequence,
    const struct pl_json_piece *text);

/*
 * The derivation: a pure function of the lines of a chain that begins with the record of a request's making. It is used
 * to write the file and to check it, so that nothing can stand in a file that no record says. Its memory grows with the
 * number of runs under the request (their ids, and all that was said of those that have not ended), and not with the
 * chain.
 */
struct pl_evidence;
struct pl_evidence *pl_evidence_new(struct pl_ctx *ctx, pl_evidence_fn *each, void *arg);   /* NULL without memory */
void pl_evidence_free(struct pl_evidence *e);
/* The request's id with its quotes; NULL before the first line. */
const char *pl_evidence_request(const struct pl_evidence *e);

/*
 * The next line. Elements of arrays are handed out as soon as they are known.
 * PL_E_DATA, without a failure noted: it is no record (or one with more names than any of ours), or the first one makes
 * no request.
 */
enum pl_status pl_evidence_take(struct pl_evidence *e, int64_t sequence, const char *line);
/* There are no more: hand out the rest. */
enum pl_status pl_evidence_end(struct pl_evidence *e);

/*
 * Write the file: the parts, then the records from range->first to range->head.
 *
 * PL_E_IO (OutputFailed, DatabaseDamaged); those of pl_audit_range_each()
 */
enum pl_status pl_evidence_write(struct pl_ctx *ctx, const struct pl_audit_range *range, int fd);

#endif
