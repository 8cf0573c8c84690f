/* inspect.c - is the file what SQLite once made of it, and nobody else's to change? */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pamlite/statement.h"

#include "store/internal.h"

enum pl_status
pl_store_inspect(struct pl_ctx *ctx, bool full, pl_fault_fn *each, void *arg)
{
	enum pl_status st = PL_OK;
	const char *fault;
	char text[512];
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, full ? "PRAGMA integrity_check(100)" : "PRAGMA quick_check(100)");
	while (st == PL_OK && pl_stmt_step(&q)) {
		fault = pl_stmt_text(&q, 0);
		if (fault != NULL && strcmp(fault, "ok") != 0)
			st = each(arg, fault);
	}
	pl_stmt_fail(&q, st);
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	pl_stmt_open(&q, ctx, "SELECT \"table\", rowid, parent FROM pragma_foreign_key_check LIMIT 100");
	while (st == PL_OK && pl_stmt_step(&q)) {
		snprintf(text, sizeof(text), "row %lld of %s names a row of %s that is not there",
		    (long long)pl_stmt_int(&q, 1), pl_stmt_text(&q, 0), pl_stmt_text(&q, 2));
		st = each(arg, text);
	}
	pl_stmt_fail(&q, st);
	return pl_stmt_close(&q);
}

enum pl_status
pl_store_schema_version(struct pl_ctx *ctx, int *version)
{
	struct pl_stmt q;

	*version = 0;
	pl_stmt_open(&q, ctx, "PRAGMA user_version");
	if (pl_stmt_step(&q))
		*version = (int)pl_stmt_int(&q, 0);
	return pl_stmt_close(&q);
}

/* NULL if there is nothing to say, also of a file that is not there. */
static const char *
fault_of(const struct pl_store *s, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? NULL : strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "is no regular file";
	if (st.st_uid != s->keeper)
		return "belongs to somebody else";
	if (st.st_nlink != 1)
		return "has several names (hard links)";
	return (st.st_mode & 077) != 0 ? "can be read or written by others: its mode should be 600" : NULL;
}

enum pl_status
pl_store_inspect_files(struct pl_ctx *ctx, pl_fault_fn *each, void *arg)
{
	static const char *const beside[] = { "", "-journal", ".lock", ".maintenance", ".sender", ".restore" };
	const struct pl_store *s = ctx->store;
	enum pl_status st = PL_OK;
	const char *fault;
	char *path, *text;
	size_t i;

	for (i = 0; i < sizeof(beside) / sizeof(beside[0]) && st == PL_OK; i++) {
		if (asprintf(&path, "%s%s", s->path, beside[i]) < 0)
			return pl_fail_memory(ctx);
		fault = fault_of(s, path);
		if (fault != NULL && asprintf(&text, "%s %s", path, fault) < 0)
			st = pl_fail_memory(ctx);
		else if (fault != NULL) {
			st = each(arg, text);
			free(text);
		}
		free(path);
	}
	return st;
}
