/* audit_range.h - the part of the chain that one request is told by */
#ifndef PAMLITE_AUDIT_RANGE_H
#define PAMLITE_AUDIT_RANGE_H

#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/digest.h"

/* A record as the chain has it. Borrowed until the next one. */
struct pl_chain_record {
	int64_t sequence;
	const char *previous, *line, *hash;
};
typedef enum pl_status pl_chain_fn(void *arg, const struct pl_chain_record *record);

/* From the record of the request's making to the last one about it, its grant or a run; the chain's head now. */
struct pl_audit_range {
	int64_t first, last, head;
};

/*
 * Other people's records lie between, so it is for those who see all.
 *
 * PL_E_NOT_FOUND (RequestNotFound)
 * PL_E_DENIED (AuditorRequired)
 * PL_E_IO (DatabaseDamaged)   the request has no record
 */
enum pl_status pl_audit_range_find(struct pl_ctx *ctx, const char *request, struct pl_audit_range *out);

/*
 * Hand out the records from `first` to `last`, in order. They are read in pages; `each` is called between them with
 * nothing locked.
 *
 * PL_E_DENIED (AuditorRequired)
 * PL_E_IO (DatabaseDamaged)   a record is missing or empty
 */
enum pl_status pl_audit_range_each(struct pl_ctx *ctx, int64_t first, int64_t last, pl_chain_fn *each, void *arg);

#endif
