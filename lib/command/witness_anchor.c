/* witness_anchor.c - the newest pair of the anchor, and whether the audit log has it */

#include <string.h>

#include "pamlite/witness.h"

#include "pamlite/anchor.h"
#include "pamlite/chain.h"
#include "pamlite/operation.h"

/* Of the end of the log as it is now: what was appended behind the pair is in it. */
static enum pl_status
count_behind(struct pl_ctx *ctx, struct pl_witness_anchor *out)
{
	char hash[PL_DIGEST_LEN + 1];
	int64_t head = 0;
	enum pl_status st;

	st = pl_op_begin_read(ctx, "Test-ElevatedAccessAuditLog", NULL);
	if (st == PL_OK)
		st = pl_op_end(ctx, pl_audit_head(ctx, &head, hash));
	out->behind = head > out->sequence ? head - out->sequence : 0;
	return st;
}

enum pl_status
pl_witness_anchor(struct pl_ctx *ctx, struct pl_witness_anchor *out)
{
	enum pl_audit_finding finding;
	struct pl_audit_witness pair;
	struct pl_channel_head newest;
	enum pl_status st;
	int64_t bad;
	off_t size;

	memset(out, 0, sizeof(*out));
	if (!pl_anchor_read(&newest, &size))
		out->fault = "cannot be read, or is not root's alone";
	out->sequence = pair.sequence = newest.sequence;
	out->size = size;
	memcpy(pair.hash, newest.hash, sizeof(pair.hash));
	st = pl_audit_compare(ctx, &pair, newest.sequence > 0, &finding, &bad);
	if (st == PL_OK && finding != PL_AUDIT_AGREES)
		out->fault = finding == PL_AUDIT_LACKING ? "has a record that the database lacks" :
		    "has another record than the database";
	return st == PL_OK ? count_behind(ctx, out) : st;
}
