/* fail.c - what SQLite says has failed, as an error of ours */

#include <sys/statvfs.h>

#include "store/internal.h"

/* The journal is a file that is made anew; SQLite loses the reason why it could not be. */
static bool
has_no_inodes(const struct pl_ctx *ctx)
{
	struct statvfs fs;

	return ctx->store != NULL && statvfs(ctx->store->path, &fs) == 0 && fs.f_files > 0 && fs.f_favail == 0;
}

enum pl_status
pl_store_fail(struct pl_ctx *ctx, sqlite3 *db, const char *doing)
{
	int code = db != NULL ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
	const char *text = db != NULL ? sqlite3_errmsg(db) : "out of memory";
	enum pl_error error = PL_ERR_INTERNAL;

	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return pl_fail_memory(ctx);
	case SQLITE_INTERRUPT:
		pl_fail(ctx, PL_ERR_SORT_NOT_POSSIBLE, "to sort by that takes too long while everybody else waits");
		return pl_hint(ctx, "narrow it with -Filter, or leave -SortBy out");
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		error = PL_ERR_DATABASE_BUSY;
		break;
	case SQLITE_CORRUPT:
		error = PL_ERR_DATABASE_DAMAGED;
		break;
	case SQLITE_NOTADB:
		error = PL_ERR_DATABASE_FOREIGN;
		break;
	case SQLITE_CANTOPEN:
		error = has_no_inodes(ctx) ? PL_ERR_DATABASE_IO : PL_ERR_DATABASE_UNREACHABLE;
		break;
	case SQLITE_FULL:
	case SQLITE_IOERR:
		error = PL_ERR_DATABASE_IO;
		break;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		error = PL_ERR_DATABASE_UNREACHABLE;
		break;
	default:
		break;
	}
	pl_fail(ctx, error, "the database failed while %s: %s (SQLite %d)", doing, text, code);
	return pl_target(ctx, ctx->store != NULL ? ctx->store->path : "");
}
