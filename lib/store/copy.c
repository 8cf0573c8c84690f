/* copy.c - a copy of the whole database beside it */

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/internal.h"

void
pl_sync_directory(const char *path)
{
	char *copy = strdup(path);
	int fd = copy != NULL ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(copy);
}

enum pl_status
pl_store_fail_copy(struct pl_ctx *ctx, const char *path)
{
	bool disk = errno == ENOSPC || errno == EDQUOT || errno == EIO;

	pl_fail(ctx, disk ? PL_ERR_DATABASE_IO : PL_ERR_DATABASE_UNREACHABLE,
	    "the copy %s cannot be made: %s; nothing was changed", path, strerror(errno));
	return pl_target(ctx, path);
}

/* All pages, read under one lock of SQLite's. Unless it becomes whole it is thrown away, so it needs no journal. */
static enum pl_status
copy_pages(struct pl_ctx *ctx, struct pl_store *s, const char *to)
{
	sqlite3_backup *backup = NULL;
	sqlite3 *copy = NULL;
	enum pl_status st = PL_OK;
	int rc = SQLITE_DONE;

	if (sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL) !=
	    SQLITE_OK)
		st = pl_store_fail(ctx, copy, "being copied");
	if (st == PL_OK)
		st = pl_store_exec(ctx, copy, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF");
	if (st == PL_OK && (backup = sqlite3_backup_init(copy, "main", s->db, "main")) == NULL)
		st = pl_store_fail(ctx, copy, "being copied");
	if (backup != NULL) {
		rc = sqlite3_backup_step(backup, -1);
		/* That another program has the file is no failure of the whole, and there is no copy all the same. */
		if (sqlite3_backup_finish(backup) != SQLITE_OK)
			st = pl_store_fail(ctx, copy, "being copied");
		else if (rc != SQLITE_DONE)
			st = pl_fail(ctx, PL_ERR_DATABASE_BUSY, "database %s is held by another program", s->path);
	}
	if (sqlite3_close(copy) != SQLITE_OK && st == PL_OK)
		st = pl_fail(ctx, PL_ERR_INTERNAL, "a copy of database %s stays open", s->path);
	return st;
}

static bool
sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool done = fd >= 0 && fsync(fd) == 0;
	int error = errno;

	if (fd >= 0)
		close(fd);
	errno = error;
	return done;
}

/* What an interrupted copy left under its first name is in nobody's way. */
static enum pl_status
fill(struct pl_ctx *ctx, struct pl_store *s, const char *made, const char *path)
{
	enum pl_status st;
	int fd;

	(void)unlink(made);
	fd = open(made, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return pl_store_fail_copy(ctx, path);
	close(fd);
	st = copy_pages(ctx, s, made);
	if (st == PL_OK && (!sync_file(made) || rename(made, path) != 0))
		st = pl_store_fail_copy(ctx, path);
	if (st != PL_OK)
		(void)unlink(made);
	return st;
}

enum pl_status
pl_store_copy(struct pl_ctx *ctx, struct pl_store *s, const char *path)
{
	enum pl_status st;
	char *made;

	if (asprintf(&made, "%s.new", path) < 0)
		return pl_fail_memory(ctx);
	st = fill(ctx, s, made, path);
	free(made);
	if (st == PL_OK)
		pl_sync_directory(path);
	return st;
}
