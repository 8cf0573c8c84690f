/* witness_anchor.c - for monitoring: the newest pair of the anchor, and whether the audit log has it */

#include <inttypes.h>
#include <string.h>

#include "pamlite/witness.h"

#include "pamlite/anchor.h"
#include "pamlite/chain.h"
#include "pamlite/operation.h"
#include "pamlite/store.h"

/* Asked for behind the pair, so that the log has at least that if it is the one. */
static enum pl_status
say_lag(struct pl_ctx *ctx, int64_t sequence, struct pl_health_report *report)
{
	char hash[PL_DIGEST_LEN + 1];
	int64_t head = 0;
	enum pl_status st;

	st = pl_op_begin_read(ctx, "Test-ElevatedAccessAuditLog", NULL);
	if (st == PL_OK)
		st = pl_op_end(ctx, pl_audit_head(ctx, &head, hash));
	pl_health_say(report, PL_HEALTH_ANCHOR_LAG, head > sequence ? head - sequence : 0,
	    "the newest record of the anchor is %" PRId64, sequence);
	return st;
}

static const char *
fault_of(bool usable, enum pl_audit_finding finding)
{
	if (!usable)
		return "cannot be read, or is not root's alone";
	switch (finding) {
	case PL_AUDIT_LACKING:
		return "has a record that the database lacks";
	case PL_AUDIT_DIFFERS:
		return "has another record than the database";
	default:
		return NULL;
	}
}

enum pl_status
pl_witness_look(struct pl_ctx *ctx, struct pl_health_report *report)
{
	enum pl_audit_finding finding;
	struct pl_channel_head newest;
	struct pl_audit_witness pair;
	enum pl_status st;
	const char *fault;
	int64_t bad;
	off_t size;
	bool usable;

	if (!pl_store_is_system(ctx))
		return PL_OK;
	usable = pl_anchor_read(&newest, &size);
	pair.sequence = newest.sequence;
	memcpy(pair.hash, newest.hash, sizeof(pair.hash));
	st = pl_audit_compare(ctx, &pair, newest.sequence > 0, &finding, &bad);
	if (st != PL_OK)
		return st;
	fault = fault_of(usable, finding);
	pl_health_say(report, PL_HEALTH_ANCHOR, fault != NULL, "%s%s", fault != NULL ? "the anchor " :
	    "the audit log has the newest record of the anchor", fault != NULL ? fault : "");
	pl_health_say(report, PL_HEALTH_ANCHOR_SIZE, size, "the anchor has %" PRId64 " bytes", (int64_t)size);
	return say_lag(ctx, newest.sequence, report);
}
