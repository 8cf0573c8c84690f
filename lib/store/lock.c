/* lock.c - the lock file beside the database: one process at a time, in order of arrival */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "pamlite/file_lock.h"

#include "store/internal.h"

/*
 * Killed, and by the kernel: a last word of ours could be written into a pipe that the caller has filled,
 * and the lock would be held until he reads it. What was not committed is not there.
 */
static void
limit_hold(const struct pl_store *s, int seconds)
{
	const struct itimerval timer = { { 0, 0 }, { seconds, 0 } };
	const struct sigaction act = { .sa_handler = SIG_DFL };

	if (!s->system || s->apart)
		return;
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

void
pl_lock_hold_on(const struct pl_store *s)
{
	limit_hold(s, 0);
}

/* PATH.NAME; on a read-only file system a reader can still wait his turn. */
static enum pl_status
open_beside(struct pl_ctx *ctx, const struct pl_store *s, const char *name, int *fd)
{
	char *path;

	*fd = -1;
	if (asprintf(&path, "%s.%s", s->path, name) < 0)
		return pl_fail_memory(ctx);
	*fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
	if (*fd < 0 && (errno == EROFS || errno == EACCES))
		*fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
	if (*fd < 0) {
		pl_fail(ctx, PL_ERR_DATABASE_UNREACHABLE, "the lock file %s cannot be opened: %s", path,
		    strerror(errno));
		pl_target(ctx, path);
	}
	free(path);
	return *fd < 0 ? ctx->failure.status : PL_OK;
}

enum pl_status
pl_lock_open(struct pl_ctx *ctx, struct pl_store *s)
{
	return open_beside(ctx, s, "lock", &s->lock_fd);
}

enum pl_status
pl_store_claim(struct pl_ctx *ctx, const char *work, int wait_ms, int *fd)
{
	enum pl_status st = open_beside(ctx, ctx->store, work, fd);

	if (st != PL_OK || pl_file_lock(*fd, wait_ms))
		return st;
	st = errno == EINTR ? PL_E_STATE
	    : pl_fail(ctx, PL_ERR_OS_ERROR, "the lock file %s.%s: %s", ctx->store->path, work, strerror(errno));
	close(*fd);
	*fd = -1;
	return st;
}

/* Where it cannot be noted, on a read-only file system, nothing was done either. */
void
pl_store_work_done(int fd)
{
	(void)futimens(fd, NULL);
}

int64_t
pl_store_work_done_at(const struct pl_ctx *ctx, const char *work)
{
	int64_t when = PL_NULL;
	struct stat st;
	char *path;

	if (asprintf(&path, "%s.%s", ctx->store->path, work) < 0)
		return PL_NULL;
	if (lstat(path, &st) == 0)
		when = st.st_mtime;
	free(path);
	return when;
}

enum pl_status
pl_lock_take(struct pl_ctx *ctx, struct pl_store *s)
{
	if (pl_file_lock(s->lock_fd, s->patience_ms)) {
		limit_hold(s, PL_STORE_HOLD_S);
		return PL_OK;
	}
	if (errno == EINTR) {
		pl_fail(ctx, PL_ERR_DATABASE_BUSY, "database %s was busy for %d seconds; nothing was changed", s->path,
		    s->patience_ms / 1000);
		pl_target(ctx, s->path);
		return pl_hint(ctx, "try again; lslocks shows which process holds %s.lock", s->path);
	}
	return pl_fail(ctx, PL_ERR_OS_ERROR, "the lock file %s.lock: %s", s->path, strerror(errno));
}

void
pl_lock_drop(struct pl_store *s)
{
	(void)flock(s->lock_fd, LOCK_UN);
	limit_hold(s, 0);
}
