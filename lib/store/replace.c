/* replace.c - a file that takes the place of the database */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "pamlite/write.h"

#include "store/internal.h"

/* Of the first page, what SQLite's file format says where. */
enum { HEADER = 100, AT_PAGE_SIZE = 16, AT_VERSIONS = 18, AT_PAGES = 28, AT_APPLICATION = 68 };

static uint32_t
number(const unsigned char *at, int bytes)
{
	uint32_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | *at++;
	return n;
}

static enum pl_status
refuse(struct pl_ctx *ctx, enum pl_error error, const char *name, const char *why)
{
	(void)pl_fail(ctx, error, "%s %s", name, why);
	return pl_target(ctx, name);
}

/*
 * Before the disk is filled with it: is it one of ours at all, and how long is it? In a database in another journal
 * mode the newest changes may lie beside it.
 */
static enum pl_status
check_header(struct pl_ctx *ctx, const char *name, const unsigned char *h, size_t len, int64_t *size)
{
	uint32_t page;

	*size = 0;
	if (len == 0)
		return refuse(ctx, PL_ERR_DATABASE_EMPTY, name, "is an empty file");
	if (len < HEADER || memcmp(h, "SQLite format 3", 16) != 0 || number(h + AT_APPLICATION, 4) != PL_APPLICATION_ID)
		return refuse(ctx, PL_ERR_DATABASE_FOREIGN, name, "is not a pam-lite database");
	if (number(h + AT_VERSIONS, 2) != 0x0101)
		return refuse(ctx, PL_ERR_DATABASE_FOREIGN, name, "was changed by another program (write-ahead log)");
	page = number(h + AT_PAGE_SIZE, 2);
	*size = (int64_t)(page == 1 ? 65536 : page) * number(h + AT_PAGES, 4);
	return *size > 0 ? PL_OK : refuse(ctx, PL_ERR_DATABASE_DAMAGED, name, "is damaged");
}

/* Others need the room that there is, too. */
static enum pl_status
check_room(struct pl_ctx *ctx, const struct pl_store *copy, int64_t size)
{
	struct statvfs fs;

	if (fstatvfs(copy->lock_fd, &fs) != 0 || (int64_t)(fs.f_bavail * fs.f_frsize) >= size)
		return PL_OK;
	(void)pl_fail(ctx, PL_ERR_DATABASE_IO, "there is no room for the %" PRId64 " bytes of %s; nothing was changed",
	    size, copy->path);
	return pl_target(ctx, copy->staged);
}

/* All that is to be had, up to `size`; *len is what there was. */
static enum pl_status
read_some(struct pl_ctx *ctx, const char *name, int fd, void *block, size_t size, size_t *len)
{
	ssize_t n = 1;

	*len = 0;
	while (*len < size && n != 0) {
		if (!pl_wait_with_front(ctx, fd, POLLIN, -1))
			return pl_fail(ctx, PL_ERR_CALLER_GONE, "the process that asked is gone");
		n = read(fd, (char *)block + *len, size - *len);
		if (n < 0 && errno != EINTR) {
			(void)pl_fail(ctx, PL_ERR_INPUT_FAILED, "%s cannot be read: %s", name, strerror(errno));
			return pl_target(ctx, name);
		}
		*len += n > 0 ? (size_t)n : 0;
	}
	return PL_OK;
}

static enum pl_status
receive(struct pl_ctx *ctx, const struct pl_store *copy, int fd)
{
	char block[64 << 10];
	int64_t size = 0, done = 0;
	enum pl_status st;
	size_t len;

	do {
		st = read_some(ctx, copy->path, fd, block, sizeof(block), &len);
		if (st == PL_OK && done == 0) {
			st = check_header(ctx, copy->path, (const unsigned char *)block, len, &size);
			if (st == PL_OK)
				st = check_room(ctx, copy, size);
		}
		if (st == PL_OK && !pl_write_all(copy->lock_fd, block, len)) {
			(void)pl_fail(ctx, PL_ERR_DATABASE_IO, "%s cannot be written: %s; nothing was changed",
			    copy->staged, strerror(errno));
			st = pl_target(ctx, copy->staged);
		}
		done += (int64_t)len;
	} while (st == PL_OK && len == sizeof(block) && done <= size);
	if (st != PL_OK || done == size)
		return st;
	return refuse(ctx, PL_ERR_DATABASE_DAMAGED, copy->path,
	    done < size ? "is truncated" : "has more bytes than it says");
}

/* What an interrupted one has left there would be played back into this one. */
static void
remove_journal(const char *path)
{
	char *journal;

	if (asprintf(&journal, "%s-journal", path) < 0)
		return;
	(void)unlink(journal);
	free(journal);
}

void
pl_store_unstage(struct pl_store *s)
{
	if (s->staged == NULL)
		return;
	(void)unlink(s->staged);
	remove_journal(s->staged);
	free(s->staged);
	s->staged = NULL;
}

static enum pl_status
stage(struct pl_ctx *ctx, const struct pl_store *s, const char *name, struct pl_store *copy)
{
	copy->path = strdup(name);
	if (copy->path == NULL || asprintf(&copy->staged, "%s.restored", s->path) < 0) {
		copy->staged = NULL;
		return pl_fail_memory(ctx);
	}
	remove_journal(copy->staged);
	(void)unlink(copy->staged);
	copy->lock_fd = open(copy->staged, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (copy->lock_fd >= 0)
		return PL_OK;
	(void)pl_fail(ctx, errno == ENOSPC || errno == EDQUOT || errno == EIO ? PL_ERR_DATABASE_IO
	    : PL_ERR_DATABASE_UNREACHABLE, "%s cannot be made: %s; nothing was changed", copy->staged, strerror(errno));
	return pl_target(ctx, copy->staged);
}

enum pl_status
pl_store_import(struct pl_ctx *ctx, int fd, const char *name, struct pl_store **out)
{
	struct pl_store *s = ctx->store, *copy = pl_store_new_apart(s);
	enum pl_status st;

	*out = copy;
	if (copy == NULL)
		return pl_fail_memory(ctx);
	st = stage(ctx, s, name, copy);
	if (st == PL_OK)
		st = receive(ctx, copy, fd);
	return st == PL_OK ? pl_store_connect(ctx, copy->staged, &copy->db) : st;
}

bool
pl_store_is_free(const struct pl_ctx *ctx, const char *kept)
{
	bool is_free = false;
	char *path;

	if (asprintf(&path, "%s.%s", ctx->store->path, kept) < 0)
		return false;
	is_free = faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
	free(path);
	return is_free;
}

/*
 * A journal that is still to be played back belongs to a file that could not be opened: else it would be by now. Beside
 * the new one it would be played back into that.
 */
static bool
keep_journal(const char *path, const char *kept)
{
	char *from, *to = NULL;
	bool done = asprintf(&from, "%s-journal", path) >= 0 && asprintf(&to, "%s-journal", kept) >= 0 &&
	    (rename(from, to) == 0 || errno == ENOENT);

	if (done)
		pl_sync_directory(path);
	free(to);
	free(from);
	return done;
}

/*
 * In one step, so that there is a database at every moment; the new one has the name of the old one before for as long
 * as that takes. A file system that cannot exchange has none for a moment.
 */
static bool
exchange(const char *made, const char *path, const char *kept)
{
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT)
		return rename(made, path) == 0;
	if (rename(made, kept) != 0)
		return false;
	if (renameat2(AT_FDCWD, kept, AT_FDCWD, path, RENAME_EXCHANGE) == 0)
		return true;
	if (rename(kept, made) != 0 || (errno != EINVAL && errno != ENOSYS))
		return false;
	return rename(path, kept) == 0 && rename(made, path) == 0;
}

static bool
put_in_place(struct pl_store *s, struct pl_store *imported, const char *kept, bool usable)
{
	pl_store_disconnect(imported);
	remove_journal(imported->staged);
	if (fsync(imported->lock_fd) != 0 || (!usable && !keep_journal(s->path, kept)) ||
	    !exchange(imported->staged, s->path, kept))
		return false;
	pl_sync_directory(s->path);
	free(imported->staged);
	imported->staged = NULL;
	return true;
}

enum pl_status
pl_store_replace(struct pl_ctx *ctx, struct pl_store *imported, const char *name)
{
	struct pl_store *s = ctx->store;
	enum pl_status st = PL_OK;
	char *kept;

	if (asprintf(&kept, "%s.%s", s->path, name) < 0)
		return pl_fail_memory(ctx);
	if (!put_in_place(s, imported, kept, s->checked)) {
		(void)pl_fail(ctx, PL_ERR_DATABASE_IO, "%s cannot be put in the place of %s: %s", imported->path,
		    s->path, strerror(errno));
		st = pl_target(ctx, s->path);
	}
	free(kept);
	pl_txn_rollback(ctx);
	pl_store_disconnect(s);
	if (st == PL_OK) {
		imported->wakes = s->system;
		pl_store_send_announced(imported);
	}
	return st;
}
