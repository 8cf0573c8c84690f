/* function.c - what SQL can ask of the host */

#include "pamlite/process.h"

#include "store/internal.h"

/* pl_alive(pid, started): is that process there? A start of null is not compared. */
static void
alive(sqlite3_context *answer, int count, sqlite3_value **values)
{
	sqlite3_int64 pid = sqlite3_value_int64(values[0]), started = sqlite3_value_int64(values[1]);

	(void)count;
	/* A number that no process has, in a file that somebody has edited, must not become another by being cut. */
	sqlite3_result_int(answer, pid == (pid_t)pid && pl_process_is_alive((pid_t)pid, (uint64_t)started));
}

enum pl_status
pl_function_register(struct pl_ctx *ctx, sqlite3 *db)
{
	/* For our statements alone: a planted view or trigger may not ask. */
	if (sqlite3_create_function_v2(db, "pl_alive", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, alive, NULL, NULL,
	    NULL) != SQLITE_OK)
		return pl_store_fail(ctx, db, "getting its functions");
	return PL_OK;
}
