/* store_file.h - a database file as commands meet it, beside writers that die, and without root's way past modes */
#ifndef PAMLITE_TESTS_STORE_FILE_H
#define PAMLITE_TESTS_STORE_FILE_H

#include <linux/capability.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "model_world.h"

/* As every command begins. */
static inline enum pl_status
open_and_begin(const char *path, bool create, enum pl_txn kind)
{
	enum pl_status st;

	pl_ctx_forgive(&world.ctx);
	st = pl_store_open(&world.ctx, path, create);
	if (st != PL_OK) {
		CHECK(world.ctx.store == NULL);
		return st;
	}
	st = pl_txn_begin(&world.ctx, kind);
	if (st == PL_OK)
		pl_txn_rollback(&world.ctx);
	pl_store_close(&world.ctx);
	return st;
}

/* Die in the middle of a transaction that is larger than the cache, so that half of it is in the file. */
static inline void
die_while_writing(const char *changes)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		static const char begin[] = "PRAGMA journal_mode = TRUNCATE; PRAGMA cache_size = 2; BEGIN IMMEDIATE";
		static const char much[] =
		    "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500)"
		    " INSERT INTO system_account SELECT 'n' || i, printf('%.2000c', 'x'), NULL, NULL, 'x', i FROM c";

		if (sqlite3_exec(world_raw(), begin, NULL, NULL, NULL) == SQLITE_OK &&
		    sqlite3_exec(world_raw(), changes, NULL, NULL, NULL) == SQLITE_OK &&
		    sqlite3_exec(world_raw(), much, NULL, NULL, NULL) == SQLITE_OK)
			kill(getpid(), SIGKILL);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static inline void
pause_us(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

/* Give up what lets root pass by file modes. */
static inline void
drop_override(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (geteuid() != 0)
		return;
	CHECK_INT(syscall(SYS_capget, &header, data), 0);
	data[0].effective &= ~(1U << CAP_DAC_OVERRIDE | 1U << CAP_DAC_READ_SEARCH);
	CHECK_INT(syscall(SYS_capset, &header, data), 0);
}

#endif
