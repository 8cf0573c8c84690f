/* audit.h - searching and exporting the audit log */
#ifndef PAMLITE_AUDIT_H
#define PAMLITE_AUDIT_H

#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/row.h"

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

#endif
