/* chain.h - the chain of hashes through the audit log */
#ifndef PAMLITE_CHAIN_H
#define PAMLITE_CHAIN_H

#include "pamlite/context.h"
#include "pamlite/digest.h"
#include "pamlite/record.h"

/* What the first record follows. */
#define PL_AUDIT_GENESIS "0000000000000000000000000000000000000000000000000000000000000000"

/* How the line begins that syslog gets of a record: audit Sequence=17 Hash=... */
#define PL_AUDIT_SAID "audit Sequence="
#define PL_AUDIT_SAID_HASH " Hash="

/*
 * Append a record in the transaction that is open: Hash is the SHA-256, in
 * hexadecimal, of PreviousHash, newline, the line, newline. On the system database
 * syslog is told once it is committed.
 */
enum pl_status pl_audit_append(struct pl_ctx *ctx, const struct pl_record *record);

/* In the transaction that is open: the last record's sequence and hash; 0 and the genesis in an empty log. */
enum pl_status pl_audit_head(struct pl_ctx *ctx, int64_t *sequence, char hash[PL_DIGEST_LEN + 1]);

/* The hash of a line that follows `previous`. */
void pl_audit_hash(const char *previous, const char *line, char out[PL_DIGEST_LEN + 1]);

#endif
