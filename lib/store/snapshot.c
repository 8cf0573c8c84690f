/* snapshot.c - a copy of the database as it is at one moment, apart: to be looked at and handed out */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/write.h"

#include "store/internal.h"

/* What is read at a time, and what of it is written where it differs. */
enum { BLOCK = 1 << 20, PIECE = 4096 };

/* Rounds that hold nobody up: the first copies, the second catches up with what has changed since. */
enum { FREE_ROUNDS = 2 };

struct round {
	struct pl_ctx *ctx;
	sqlite3_file *from;
	struct pl_store *copy;
	char *ours, *theirs;       /* BLOCK bytes each */
	bool held;                 /* the database, so that it is the last one */
};

static enum pl_status
write_pieces(const struct round *r, sqlite3_int64 at, ssize_t len, ssize_t known)
{
	ssize_t i, n;

	for (i = 0; i < len; i += PIECE) {
		n = len - i < PIECE ? len - i : PIECE;
		if (i + n <= known && memcmp(r->ours + i, r->theirs + i, (size_t)n) == 0)
			continue;
		/* What was not written says no errno of its own. */
		errno = ENOSPC;
		if (pwrite(r->copy->lock_fd, r->theirs + i, (size_t)n, at + i) != n)
			return pl_store_fail_copy(r->ctx, r->copy->path);
	}
	return PL_OK;
}

static enum pl_status
take_block(const struct round *r, sqlite3_int64 at, sqlite3_int64 size)
{
	const int len = size - at < BLOCK ? (int)(size - at) : BLOCK;
	const int rc = r->from->pMethods->xRead(r->from, r->theirs, len, at);
	ssize_t known;

	/* Who has it open may have made it shorter, unless it is held. */
	if (rc != SQLITE_OK && (rc != SQLITE_IOERR_SHORT_READ || r->held))
		return pl_fail(r->ctx, PL_ERR_DATABASE_IO, "database %s cannot be read", r->copy->path);
	known = pread(r->copy->lock_fd, r->ours, (size_t)len, at);
	if (known == len && memcmp(r->ours, r->theirs, (size_t)len) == 0)
		return PL_OK;
	return write_pieces(r, at, len, known);
}

static enum pl_status
make_round(const struct round *r)
{
	sqlite3_int64 at, size = 0;
	enum pl_status st = PL_OK;

	if (r->from->pMethods->xFileSize(r->from, &size) != SQLITE_OK)
		return pl_fail(r->ctx, PL_ERR_DATABASE_IO, "database %s cannot be read", r->copy->path);
	for (at = 0; at < size && st == PL_OK; at += BLOCK) {
		st = pl_check_front(r->ctx);
		if (st == PL_OK)
			st = take_block(r, at, size);
	}
	if (st == PL_OK && r->held && ftruncate(r->copy->lock_fd, size) != 0)
		st = pl_store_fail_copy(r->ctx, r->copy->path);
	return st;
}

/*
 * Locked by the lock file, and for programs that do not know it by SQLite, which also plays back what was interrupted.
 */
static enum pl_status
hold(struct pl_ctx *ctx)
{
	enum pl_status st = pl_txn_begin(ctx, PL_TXN_READ);

	if (st != PL_OK)
		return st;
	pl_lock_hold_on(ctx->store);
	st = pl_store_exec(ctx, ctx->store->db, "SELECT 1 FROM sqlite_schema");
	if (st != PL_OK)
		pl_txn_rollback(ctx);
	return st;
}

/*
 * SQLite's own way of copying begins anew whenever somebody writes, or keeps everybody waiting while all of it is
 * written: a minute, where the disk is busy. Here all is written while nobody waits, then compared while nobody writes,
 * which is a matter of reading what the machine has in its memory.
 */
static enum pl_status
copy_bytes(struct pl_ctx *ctx, struct pl_store *s, struct pl_store *copy)
{
	struct round r = { .ctx = ctx, .copy = copy, .ours = malloc(BLOCK), .theirs = malloc(BLOCK) };
	enum pl_status st = r.ours != NULL && r.theirs != NULL ? PL_OK : pl_fail_memory(ctx);
	int i;

	if (st == PL_OK && sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &r.from) != SQLITE_OK)
		st = pl_store_fail(ctx, s->db, "being copied");
	for (i = 0; i < FREE_ROUNDS && st == PL_OK; i++)
		st = make_round(&r);
	if (st == PL_OK)
		st = hold(ctx);
	if (st == PL_OK) {
		r.held = true;
		/* The file that has the name now, if it was replaced meanwhile. */
		if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &r.from) != SQLITE_OK)
			st = pl_store_fail(ctx, s->db, "being copied");
		if (st == PL_OK)
			st = make_round(&r);
		pl_txn_rollback(ctx);
	}
	free(r.ours);
	free(r.theirs);
	return st;
}

/* The name goes as soon as the file is open: whatever ends this process leaves nothing behind. */
static enum pl_status
open_nameless(struct pl_ctx *ctx, const struct pl_store *s, struct pl_store *copy)
{
	enum pl_status st;
	char *name;

	copy->path = strdup(s->path);
	if (copy->path == NULL || asprintf(&name, "%s.copy.XXXXXX", s->path) < 0)
		return pl_fail_memory(ctx);
	copy->lock_fd = mkostemp(name, O_CLOEXEC);
	if (copy->lock_fd < 0) {
		st = pl_store_fail_copy(ctx, name);
	} else {
		st = pl_store_connect(ctx, name, &copy->db);
		(void)unlink(name);
	}
	free(name);
	return st;
}

/* The connection is made, or made again where the file was replaced. */
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
	struct pl_store *s = ctx->store, *copy = pl_store_new_apart(s);
	enum pl_status st;

	*out = copy;
	if (copy == NULL)
		return pl_fail_memory(ctx);
	st = look_at(ctx);
	if (st == PL_OK)
		st = open_nameless(ctx, s, copy);
	return st == PL_OK ? copy_bytes(ctx, s, copy) : st;
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
