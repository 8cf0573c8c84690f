/* evidence_export.c - everything about one request into the file that was named */

#include <unistd.h>

#include "pamlite/evidence_file.h"

#include "pamlite/anchor.h"
#include "pamlite/audit_range.h"
#include "pamlite/evidence.h"
#include "pamlite/output.h"
#include "pamlite/store.h"

enum pl_status
pl_evidence_export(struct pl_ctx *ctx, const struct pl_evidence_spec *spec)
{
	struct pl_audit_range range;
	enum pl_status st;
	int64_t anchored;

	if (lseek(ctx->file->fd, 0, SEEK_CUR) > 0) {
		pl_fail(ctx, PL_ERR_FILE_EXISTS, "the file holds the evidence of another request already");
		pl_target(ctx, spec->request);
		return pl_hint(ctx, "name one request and one file at a time");
	}
	st = pl_audit_range_find(ctx, spec->request, &range);
	if (st != PL_OK)
		return st;
	anchored = pl_store_is_system(ctx) ? pl_anchor_at_least(range.last) : 0;
	/* An anchor that has seen more than there is: that is for the check of the log to tell. */
	if (anchored > 0 && anchored < range.head)
		range.head = anchored;
	return pl_evidence_write(ctx, &range, ctx->file->fd);
}
