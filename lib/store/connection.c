/* connection.c - a connection to SQLite with every setting that our promises rest on */

#include "store/internal.h"

/* What a statement, a value, a pattern may cost at most, also in a damaged file. */
static const struct {
	int id, value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, 8 << 20 },
	{ SQLITE_LIMIT_SQL_LENGTH, 256 << 10 },
	{ SQLITE_LIMIT_COLUMN, 100 },
	{ SQLITE_LIMIT_EXPR_DEPTH, 300 },
	{ SQLITE_LIMIT_COMPOUND_SELECT, 8 },
	{ SQLITE_LIMIT_VDBE_OP, 100000 },
	{ SQLITE_LIMIT_FUNCTION_ARG, 16 },
	{ SQLITE_LIMIT_ATTACHED, 0 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 600 },
	{ SQLITE_LIMIT_VARIABLE_NUMBER, 400 },
	{ SQLITE_LIMIT_TRIGGER_DEPTH, 8 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

enum pl_status
pl_store_exec(struct pl_ctx *ctx, sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return pl_store_fail(ctx, db, "setting it up");
	return PL_OK;
}

enum pl_status
pl_store_connect(struct pl_ctx *ctx, const char *path, sqlite3 **out)
{
	size_t i;

	*out = NULL;
	/* Statistics of its memory, for nobody, are a tenth of a short process. Refused, without harm, once it runs. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
		return pl_store_fail(ctx, *out, "being opened");
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(*out, limits[i].id, limits[i].value);
	sqlite3_busy_timeout(*out, 5000);   /* for foreign programs, which do not know the lock file */
	sqlite3_db_config(*out, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(*out, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL);
	if (pl_function_register(ctx, *out) != PL_OK)
		return ctx->failure.status;
	/* Setting it reads the whole schema, so only where it is not so by itself, as it is in Debian's library. */
	if (!sqlite3_compileoption_used("DEFAULT_SYNCHRONOUS=2") &&
	    pl_store_exec(ctx, *out, "PRAGMA synchronous=FULL") != PL_OK)
		return ctx->failure.status;
	return pl_store_exec(ctx, *out, "PRAGMA recursive_triggers=ON; PRAGMA cell_size_check=ON; PRAGMA mmap_size=0;"
	    "PRAGMA temp_store=MEMORY");
}
