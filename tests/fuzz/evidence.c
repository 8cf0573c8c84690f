/* evidence.c - fuzzes the check of evidence files, which anybody may have made */

#include <sys/mman.h>
#include <unistd.h>

#include "pamlite/evidence_file.h"

#include "fuzz.h"

/* A verdict has its reason, and an error is about the text. */
static void
check_answer(enum pl_status st, const struct pl_ctx *ctx, const struct pl_audit_check *check)
{
	if (st != PL_OK) {
		demand(st == PL_E_DATA || st == PL_E_OS, "the status is one of bad text");
		demand(ctx->failure.status == st && ctx->failure.message[0] != '\0', "a failure is told");
		return;
	}
	demand(check->detail != NULL, "a verdict has its reason");
	if (check->valid)
		demand(check->records > 0 && check->first_bad_sequence == PL_NULL && check->head_hash != NULL &&
		    check->last_sequence == check->first_sequence + check->records - 1, "a good file has records");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_audit_check check;
	struct pl_ctx ctx;
	enum pl_status st;

	pl_ctx_init(&ctx);
	ctx.input_fd = memfd_create("evidence", MFD_CLOEXEC);
	demand(ctx.input_fd >= 0 && write(ctx.input_fd, data, size) == (ssize_t)size &&
	    lseek(ctx.input_fd, 0, SEEK_SET) == 0, "there is a file");
	(void)pl_evidence_is_file(ctx.input_fd);
	st = pl_evidence_check(&ctx, "it", &check);
	check_answer(st, &ctx, &check);
	pl_row_clear(&pl_audit_check_noun, &check);
	close(ctx.input_fd);
	pl_ctx_clear(&ctx);
	return 0;
}
