/* store.c - one database file: opening it, and transactions on it */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/list.h"
#include "pamlite/place.h"
#include "pamlite/syslog.h"

#include "store/internal.h"

/* Of SQLite's machine, between two looks at the clock. */
enum { PROGRESS_STEPS = 1000 };

struct pl_store *
pl_store_new(void)
{
	struct pl_store *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->lock_fd = -1;
	s->watch_fd = -1;
	s->patience_ms = PL_STORE_PATIENCE_MS;
	pl_buf_init(&s->announced);
	return s;
}

struct pl_store *
pl_store_new_apart(const struct pl_store *of)
{
	struct pl_store *s = pl_store_new();

	if (s == NULL)
		return NULL;
	s->apart = true;
	s->system = of->system;
	s->owner = of->owner;
	return s;
}

static enum pl_status
fail_missing(struct pl_ctx *ctx, const struct pl_store *s)
{
	if (s->system) {
		pl_fail(ctx, PL_ERR_NOT_INSTALLED, "the system database %s does not exist", s->path);
		return pl_hint(ctx, "as root, test-elevated-access-installation says what is wrong");
	}
	pl_fail(ctx, PL_ERR_DATABASE_MISSING, "database %s does not exist", s->path);
	pl_target(ctx, s->path);
	return pl_hint(ctx, "enable-elevated-access-control and new-elevated-access-approver-group make one");
}

/* `st`: what the place of the file was found to be. */
static enum pl_status
open_at(struct pl_ctx *ctx, struct pl_store *s, enum pl_status st, enum pl_presence presence)
{
	bool missing;

	ctx->store = s;
	if (st == PL_OK)
		st = pl_path_check(ctx, s);
	missing = st == PL_E_NOT_FOUND;
	if (missing && presence == PL_STORE_THERE)
		st = fail_missing(ctx, s);
	if (presence == PL_STORE_ANY && (missing || ctx->failure.error == PL_ERR_DATABASE_EMPTY)) {
		pl_ctx_forgive(ctx);
		st = PL_OK;
	}
	if (st == PL_OK || (missing && presence == PL_STORE_CREATE)) {
		st = pl_lock_open(ctx, s);
		if (st == PL_OK && missing && presence == PL_STORE_CREATE)
			st = pl_schema_create(ctx, s);
	}
	if (st != PL_OK)
		pl_store_close(ctx);
	return st;
}

enum pl_status
pl_store_open(struct pl_ctx *ctx, const char *path, enum pl_presence presence)
{
	struct pl_store *s = pl_store_new();

	if (s == NULL)
		return pl_fail_memory(ctx);
	s->keeper = s->owner = ctx->caller.uid;
	return open_at(ctx, s, pl_path_resolve(ctx, path, s), presence);
}

enum pl_status
pl_store_open_system(struct pl_ctx *ctx, enum pl_presence presence)
{
	struct pl_store *s = pl_store_new();

	if (s == NULL)
		return pl_fail_memory(ctx);
	s->system = true;
	s->keeper = geteuid();
	return open_at(ctx, s, pl_path_system(ctx, s), presence);
}

void
pl_store_close(struct pl_ctx *ctx)
{
	struct pl_store *s = ctx->store;

	if (s == NULL)
		return;
	if (s->in_transaction)
		pl_txn_rollback(ctx);
	pl_buf_clear(&s->announced);
	pl_store_disconnect(s);
	pl_store_unstage(s);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->path);
	free(s);
	ctx->store = NULL;
}

void
pl_store_disconnect(struct pl_store *s)
{
	pl_cache_clear(s);
	sqlite3_finalize(s->rollback);
	s->rollback = NULL;
	sqlite3_close(s->db);
	s->db = NULL;
	s->checked = false;
	if (s->watch_fd >= 0)
		close(s->watch_fd);
	s->watch_fd = -1;
}

void
pl_store_exchange(struct pl_ctx *ctx, struct pl_store **other)
{
	struct pl_store *s = ctx->store;

	ctx->store = *other;
	*other = s;
}

void
pl_store_patience(struct pl_ctx *ctx, int ms)
{
	ctx->store->patience_ms = ms;
}

const char *
pl_store_path(const struct pl_ctx *ctx)
{
	return ctx->store->path;
}

bool
pl_store_is_system(const struct pl_ctx *ctx)
{
	return ctx->store->system;
}

uid_t
pl_store_owner(const struct pl_ctx *ctx)
{
	return ctx->store->owner;
}

static enum pl_status
begin(struct pl_ctx *ctx, struct pl_store *s, enum pl_txn kind)
{
	if (kind == PL_TXN_WRITE && sqlite3_db_readonly(s->db, "main") == 1) {
		pl_fail(ctx, PL_ERR_DATABASE_UNREACHABLE, "database %s is read-only", s->path);
		return pl_target(ctx, s->path);
	}
	/* While there is memory: a transaction that could not be undone would outlast the lock. */
	if (s->rollback == NULL && sqlite3_prepare_v2(s->db, "ROLLBACK", -1, &s->rollback, NULL) != SQLITE_OK)
		return pl_store_fail(ctx, s->db, "beginning a transaction");
	if (sqlite3_exec(s->db, kind == PL_TXN_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return pl_store_fail(ctx, s->db, "beginning a transaction");
	return PL_OK;
}

static void
rollback(struct pl_store *s)
{
	if (s->db == NULL || sqlite3_get_autocommit(s->db))
		return;
	(void)sqlite3_step(s->rollback);
	(void)sqlite3_reset(s->rollback);
}

/* The content is looked at in the first transaction itself: one lock, and nothing can change in between. */
static enum pl_status
begin_first(struct pl_ctx *ctx, struct pl_store *s, enum pl_txn kind)
{
	bool outdated = false;
	enum pl_status st;

	st = begin(ctx, s, kind);
	if (st == PL_OK)
		st = pl_schema_check(ctx, s, &outdated);
	if (st == PL_OK && outdated) {
		pl_lock_hold_on(s);
		rollback(s);
		st = pl_schema_upgrade(ctx, s);
		if (st == PL_OK)
			st = begin(ctx, s, kind);
	}
	s->checked = st == PL_OK;
	if (st != PL_OK)
		rollback(s);
	return st;
}

static int64_t
processor_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* What one person wants to see must not keep all others from the database of the host. */
static int
is_out_of_time(void *store)
{
	const struct pl_store *s = store;

	return s->in_transaction && s->read_until_ms != 0 && processor_ms() > s->read_until_ms;
}

/* Another file may have taken its place since the last transaction: what is written to the old one would be lost. */
static bool
is_connected(struct pl_store *s)
{
	struct stat now;

	if (s->db != NULL && !s->apart &&
	    (lstat(s->path, &now) != 0 || now.st_dev != s->device || now.st_ino != s->inode))
		pl_store_disconnect(s);
	return s->db != NULL;
}

/* The file may have been replaced or removed since it was looked at: look again under the lock. */
static enum pl_status
connect_once(struct pl_ctx *ctx, struct pl_store *s)
{
	enum pl_status st;
	struct stat opened;

	if (is_connected(s))
		return PL_OK;
	st = pl_path_check(ctx, s);
	if (st == PL_E_NOT_FOUND)
		return fail_missing(ctx, s);
	if (st == PL_OK)
		st = pl_store_connect(ctx, s->path, &s->db);
	if (st == PL_OK && lstat(s->path, &opened) == 0) {
		s->device = opened.st_dev;
		s->inode = opened.st_ino;
	}
	if (st != PL_OK) {
		sqlite3_close(s->db);
		s->db = NULL;
	} else if (s->system) {
		sqlite3_progress_handler(s->db, PROGRESS_STEPS, is_out_of_time, s);
	}
	return st;
}

enum pl_status
pl_txn_begin(struct pl_ctx *ctx, enum pl_txn kind)
{
	struct pl_store *s = ctx->store;
	enum pl_status st;

	st = pl_lock_take(ctx, s);
	if (st != PL_OK)
		return st;
	if (!ctx->clock_fixed)
		pl_clock_read(&ctx->clock);
	st = pl_check_front(ctx);
	if (st == PL_OK)
		st = connect_once(ctx, s);
	if (st == PL_OK)
		st = s->checked ? begin(ctx, s, kind) : begin_first(ctx, s, kind);
	if (st != PL_OK) {
		pl_lock_drop(s);
		return st;
	}
	s->in_transaction = true;
	s->read_until_ms = kind == PL_TXN_READ ? processor_ms() + PL_STORE_READ_MS : 0;
	return PL_OK;
}

enum pl_status
pl_store_hold(struct pl_ctx *ctx)
{
	struct pl_store *s = ctx->store;
	enum pl_status st = pl_lock_take(ctx, s);

	if (st == PL_OK && !ctx->clock_fixed)
		pl_clock_read(&ctx->clock);
	s->in_transaction = st == PL_OK;
	return st;
}

enum pl_status
pl_txn_announce(struct pl_ctx *ctx, const char *line)
{
	struct pl_buf *b = &ctx->store->announced;

	if (ctx->store->system)
		pl_list_add(b, line);
	return pl_buf_failed(b) ? pl_fail_memory(ctx) : PL_OK;
}

void
pl_txn_wake(struct pl_ctx *ctx)
{
	ctx->store->wakes = ctx->store->system;
}

static void
forget_announced(struct pl_store *s)
{
	pl_buf_reset(&s->announced);
	s->wakes = false;
}

/*
 * A hint only, in the account's own directory: whoever misses it finds within a minute what was queued. A
 * process that is killed before it has not told, one that cannot tell it has still done what it was asked.
 */
static void
wake_sender(void)
{
	int fd = open(PL_QUEUE, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd >= 0)
		close(fd);
}

/* Without the lock: a log daemon that does not read keeps nobody else from the database. */
void
pl_store_send_announced(struct pl_store *s)
{
	const char *at = s->announced.text;
	struct pl_item it;

	while (pl_list_next(&at, &it))
		pl_syslog(LOG_NOTICE, "%.*s", (int)it.len, it.text);
	if (s->wakes)
		wake_sender();
	forget_announced(s);
}

/*
 * The changes hold from the moment at which the journal has been emptied. What fails there or behind it, to make that
 * durable or to let go of SQLite's own locks, must not be told as if nothing had been changed.
 */
static enum pl_status
fail_commit(struct pl_ctx *ctx, const struct pl_store *s)
{
	switch (sqlite3_extended_errcode(s->db)) {
	case SQLITE_IOERR_TRUNCATE:
	case SQLITE_IOERR_FSYNC:
	case SQLITE_IOERR_UNLOCK:
	case SQLITE_IOERR_RDLOCK:
		pl_fail(ctx, PL_ERR_OUTCOME_UNKNOWN,
		    "the disk failed at the end of a change to database %s: it may have been done, or not", s->path);
		pl_target(ctx, s->path);
		return pl_hint(ctx, "the get- commands show how it is now");
	default:
		return pl_store_fail(ctx, s->db, "committing");
	}
}

enum pl_status
pl_txn_commit(struct pl_ctx *ctx)
{
	struct pl_store *s = ctx->store;
	enum pl_status st = PL_OK;

	if (sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
		st = fail_commit(ctx, s);
		rollback(s);
		forget_announced(s);
	}
	s->in_transaction = false;
	pl_lock_drop(s);
	/* What happened apart has not happened yet. */
	if (!s->apart)
		pl_store_send_announced(s);
	return st;
}

void
pl_txn_rollback(struct pl_ctx *ctx)
{
	struct pl_store *s = ctx->store;

	rollback(s);
	forget_announced(s);
	s->in_transaction = false;
	pl_lock_drop(s);
}

/* Nobody can come between: the lock file is still held. */
enum pl_status
pl_txn_undo(struct pl_ctx *ctx)
{
	struct pl_store *s = ctx->store;

	rollback(s);
	if (!sqlite3_get_autocommit(s->db))
		return pl_store_fail(ctx, s->db, "undoing");
	s->read_until_ms = 0;
	forget_announced(s);
	return begin(ctx, s, PL_TXN_WRITE);
}

void
pl_store_wait(struct pl_ctx *ctx, int timeout_ms)
{
	struct pl_store *s = ctx->store;
	char events[4096];

	if (s->watch_fd < 0) {
		s->watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
		if (s->watch_fd >= 0 && inotify_add_watch(s->watch_fd, s->path, IN_MODIFY | IN_MOVE_SELF) < 0) {
			close(s->watch_fd);
			s->watch_fd = -1;
		}
		if (s->watch_fd >= 0)
			return;   /* what changed before the watch was there is seen by looking again */
	}
	(void)pl_wait_with_front(ctx, s->watch_fd, POLLIN, timeout_ms);
	if (s->watch_fd >= 0)
		while (read(s->watch_fd, events, sizeof(events)) > 0)
			continue;
}
