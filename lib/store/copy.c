/* copy.c - a copy of the whole database: beside it, or apart, to be looked at and handed out */

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/write.h"

#include "store/internal.h"

/* 32 MB, where a page has 4096 bytes: others wait for some ten milliseconds. */
enum { PAGES_A_TURN = 8192 };

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

static enum pl_status
fail_file(struct pl_ctx *ctx, const char *path)
{
	bool disk = errno == ENOSPC || errno == EDQUOT || errno == EIO;

	pl_fail(ctx, disk ? PL_ERR_DATABASE_IO : PL_ERR_DATABASE_UNREACHABLE,
	    "the copy %s cannot be made: %s; nothing was changed", path, strerror(errno));
	return pl_target(ctx, path);
}

/*
 * A change by another process between two parts makes SQLite begin anew, and so for ever where somebody always writes.
 * So the second time nobody comes between: by then the file is in the machine's memory, where there is room for it.
 */
static enum pl_status
step_in_turns(struct pl_ctx *ctx, struct pl_store *s, sqlite3_backup *backup, int *rc)
{
	bool again = false;
	int left = INT_MAX;
	enum pl_status st;

	do {
		st = pl_check_front(ctx);
		if (st == PL_OK)
			st = pl_lock_take(ctx, s);
		if (st != PL_OK)
			return st;
		if (again)
			pl_lock_hold_on(s);
		*rc = sqlite3_backup_step(backup, again ? -1 : PAGES_A_TURN);
		pl_lock_drop(s);
		again = sqlite3_backup_remaining(backup) >= left;
		left = sqlite3_backup_remaining(backup);
	} while (*rc == SQLITE_OK);
	return PL_OK;
}

/* Unless it becomes whole it is thrown away, so it needs no journal in a file. */
enum pl_status
pl_store_copy_pages(struct pl_ctx *ctx, struct pl_store *s, sqlite3 *to, bool in_turns)
{
	enum pl_status st = pl_store_exec(ctx, to, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF");
	sqlite3_backup *backup;
	int rc = SQLITE_OK;

	if (st != PL_OK)
		return st;
	backup = sqlite3_backup_init(to, "main", s->db, "main");
	if (backup == NULL)
		return pl_store_fail(ctx, to, "being copied");
	if (in_turns)
		st = step_in_turns(ctx, s, backup, &rc);
	else
		rc = sqlite3_backup_step(backup, -1);
	/* That somebody else has the file is no failure to it. */
	if (sqlite3_backup_finish(backup) != SQLITE_OK && st == PL_OK)
		st = pl_store_fail(ctx, to, "being copied");
	if (st != PL_OK || rc == SQLITE_DONE)
		return st;
	(void)pl_fail(ctx, PL_ERR_DATABASE_BUSY, "database %s is held by another program; nothing was changed", s->path);
	return pl_target(ctx, s->path);
}

static enum pl_status
copy_into(struct pl_ctx *ctx, struct pl_store *s, const char *to)
{
	sqlite3 *copy = NULL;
	enum pl_status st;

	if (sqlite3_open_v2(to, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, NULL) ==
	    SQLITE_OK)
		st = pl_store_copy_pages(ctx, s, copy, false);
	else
		st = pl_store_fail(ctx, copy, "being copied");
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
		return fail_file(ctx, path);
	close(fd);
	st = copy_into(ctx, s, made);
	if (st == PL_OK && (!sync_file(made) || rename(made, path) != 0))
		st = fail_file(ctx, path);
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

/* The name goes as soon as the file is open: whatever ends this process leaves nothing behind. */
static enum pl_status
open_nameless(struct pl_ctx *ctx, const struct pl_store *s, struct pl_store *copy)
{
	enum pl_status st;

	copy->path = strdup(s->path);
	if (copy->path == NULL || asprintf(&copy->staged, "%s.copy.XXXXXX", s->path) < 0) {
		copy->staged = NULL;
		return pl_fail_memory(ctx);
	}
	copy->lock_fd = mkostemp(copy->staged, O_CLOEXEC);
	if (copy->lock_fd < 0) {
		st = fail_file(ctx, copy->staged);
		free(copy->staged);
	} else {
		st = pl_store_connect(ctx, copy->staged, &copy->db);
		(void)unlink(copy->staged);
		free(copy->staged);
	}
	copy->staged = NULL;
	return st;
}

/* Under the lock: the connection is made, or made again where the file was replaced. */
static enum pl_status
look_at(struct pl_ctx *ctx)
{
	enum pl_status st = pl_txn_begin(ctx, PL_TXN_READ);

	if (st == PL_OK)
		pl_txn_rollback(ctx);
	return st;
}

enum pl_status
pl_store_snapshot(struct pl_ctx *ctx, struct pl_store **out)
{
	struct pl_store *s = ctx->store, *copy = pl_store_new();
	enum pl_status st;

	*out = copy;
	if (copy == NULL)
		return pl_fail_memory(ctx);
	copy->apart = true;
	copy->system = s->system;
	copy->owner = s->owner;
	st = look_at(ctx);
	if (st == PL_OK)
		st = open_nameless(ctx, s, copy);
	return st == PL_OK ? pl_store_copy_pages(ctx, s, copy->db, true) : st;
}

enum pl_status
pl_store_write(struct pl_ctx *ctx, const struct pl_store *copy, int fd)
{
	char block[64 << 10];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(copy->lock_fd, block, sizeof(block), at)) > 0) {
		if (!pl_write_all(fd, block, (size_t)n))
			return pl_fail(ctx, PL_ERR_OUTPUT_FAILED, "the copy cannot be written: %s", strerror(errno));
		if (pl_check_front(ctx) != PL_OK)
			return ctx->failure.status;
		at += n;
	}
	return n == 0 ? PL_OK : pl_fail(ctx, PL_ERR_DATABASE_IO, "the copy cannot be read: %s", strerror(errno));
}
