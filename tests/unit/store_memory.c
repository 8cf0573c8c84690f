/* store_memory.c - a transaction is undone also when there is no memory left */

#include <errno.h>

#include "pamlite/statement.h"

#include "model_world.h"

static bool spent;

/* A sanitizer has an allocator of its own, and there memory is never spent. */
#ifndef __SANITIZE_ADDRESS__
/* glibc's own, under the names that it keeps for this. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static bool
is_spent(void)
{
	if (spent)
		errno = ENOMEM;
	return spent;
}

void *
malloc(size_t size)
{
	return is_spent() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return is_spent() ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *old, size_t size)
{
	return is_spent() ? NULL : __libc_realloc(old, size);
}
#endif

static int64_t
accounts(void)
{
	struct pl_stmt q;
	int64_t n = -1;

	SAYS(pl_txn_begin(&world.ctx, PL_TXN_READ), "");
	pl_stmt_open(&q, &world.ctx, "SELECT count(*) FROM system_account");
	if (pl_stmt_step(&q))
		n = pl_stmt_int(&q, 0);
	SAYS(pl_stmt_close(&q), "");
	pl_txn_rollback(&world.ctx);
	return n;
}

/* The lock is let go in any case, and what was begun must not outlast it. */
static void
test_rollback(void)
{
	struct pl_stmt q;

	world_begin("memory");
	SAYS(pl_txn_begin(&world.ctx, PL_TXN_WRITE), "");
	pl_stmt_open(&q, &world.ctx,
	    "INSERT INTO system_account (name, reason, added_by, created_at) VALUES ('x', 'x', 'x', 1)");
	(void)pl_stmt_step(&q);
	SAYS(pl_stmt_close(&q), "");
	spent = true;
	pl_txn_rollback(&world.ctx);
	spent = false;
	CHECK_INT(accounts(), 0);
	world_end();
}
int
main(void)
{
	test_rollback();
	return unit_end();
}
