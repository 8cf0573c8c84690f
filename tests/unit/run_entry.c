/* run_entry.c - tests of letting a process go that waits to become a program */

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "run/entry.h"

#include "unit.h"

static const struct pl_program program = { .path = (char[]){ "/opt/program" }, .fd = -1 };
static const struct pl_run_spec spec = { .program = &program };

static enum pl_status
release(struct pl_ctx *ctx, struct pl_entry *e)
{
	const enum pl_status st = pl_entry_release(ctx, e);

	pl_entry_close(e);
	return st;
}

/* Its end is seen in another way. */
static void
test_killed(void)
{
	struct pl_entry e = { .spec = &spec };
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	CHECK_INT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, e.socket), 0);
	pl_entry_close_end(&e, 1);
	CHECK_INT(release(&ctx, &e), PL_OK);
	CHECK_INT(ctx.failure.error, PL_ERR_NONE);
	pl_ctx_clear(&ctx);
}

/* Whoever cannot be told would end without having run, and without a word. */
static void
test_out_of_reach(void)
{
	struct pl_entry e = { .spec = &spec, .socket = { -1, -1 } };
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	CHECK_INT(release(&ctx, &e), PL_E_RUN);
	CHECK_INT(ctx.failure.error, PL_ERR_RUN_FAILED);
	CHECK(strstr(ctx.failure.message, "/opt/program") != NULL);
	pl_ctx_clear(&ctx);
}

int
main(void)
{
	test_killed();
	test_out_of_reach();
	return unit_end();
}
