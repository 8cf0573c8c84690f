/* audit.h - the audit log: a chain of records that anybody can check */
#ifndef PAMLITE_AUDIT_H
#define PAMLITE_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/digest.h"
#include "pamlite/record.h"
#include "pamlite/row.h"

/* What the first record follows. */
#define PL_AUDIT_GENESIS "0000000000000000000000000000000000000000000000000000000000000000"

/*
 * Append a record in the transaction that is open: Hash is the SHA-256, in
 * hexadecimal, of PreviousHash, newline, the line, newline.
 */
enum pl_status pl_audit_append(struct pl_ctx *ctx, const struct pl_record *record);

/* The hash of a line that follows `previous`. */
void pl_audit_hash(const char *previous, const char *line, char out[PL_DIGEST_LEN + 1]);

/*
 * Does the line say the same as what is kept beside it: time, user, record type,
 * operation, object and result, in this order? NULL is null.
 */
enum { PL_AUDIT_COPIES = 6 };
bool pl_audit_line_says(const char *line, const char *const values[PL_AUDIT_COPIES]);

struct pl_audit_record {
	int64_t sequence;
	char *creation_date, *user_ids, *operations, *object_ids, *result_status, *record_type;
	char *audit_data, *previous_hash, *hash;
};
extern const struct pl_noun pl_audit_noun;

struct pl_audit_search {
	int64_t start, end;                /* Unix seconds; 0 = open */
	char *operations, *users, *objects, *record_types;   /* lists; NULL = any */
	char *free_text;                   /* contained in the line, without regard to ASCII case */
};
enum pl_status pl_audit_search(struct pl_ctx *ctx, const struct pl_audit_search *search, pl_row_fn *each, void *arg);

/* The same records, oldest first, as an export wants them. */
enum pl_status pl_audit_export(struct pl_ctx *ctx, const struct pl_audit_search *search, pl_row_fn *each, void *arg);

struct pl_audit_check {
	int64_t records, first_sequence, last_sequence;
	bool valid;
	int64_t first_bad_sequence;        /* PL_NULL if valid */
	char *detail, *head_hash;
};
extern const struct pl_noun pl_audit_check_noun;

/*
 * Walk the chain from `start` (0 = the beginning) to its head and say where it
 * breaks first. The lock is let go between pages of records. PL_OK also for a
 * broken chain: see out->valid. The caller clears *out, whatever the status.
 *
 * PL_E_DENIED (AuditorRequired)
 */
enum pl_status pl_audit_verify(struct pl_ctx *ctx, int64_t start, struct pl_audit_check *out);

/* What somebody else keeps of the chain: the hash that a record had when he saw it. */
struct pl_audit_witness {
	int64_t sequence;
	char hash[PL_DIGEST_LEN + 1];
};

/*
 * Compare witnesses with the log. *bad is the first sequence that the log has
 * otherwise or not at all, PL_NULL if all agree.
 *
 * PL_E_DENIED (AuditorRequired)
 */
enum pl_status pl_audit_compare(struct pl_ctx *ctx, const struct pl_audit_witness *witnesses, size_t count, int64_t *bad);

#endif
