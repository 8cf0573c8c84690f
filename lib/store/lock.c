/* lock.c - the lock file beside the database: one process at a time, in order of arrival */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>
#include <unistd.h>

#include "store/internal.h"

enum { REPEAT_US = 50000 };

static volatile sig_atomic_t deadline_passed;

static void
on_alarm(int signal_number)
{
	(void)signal_number;
	deadline_passed = 1;
}

/*
 * Killed, and by the kernel: a last word of ours could be written into a pipe that the caller has filled,
 * and the lock would be held until he reads it. What was not committed is not there.
 */
static void
limit_hold(const struct pl_store *s, int seconds)
{
	const struct itimerval timer = { { 0, 0 }, { seconds, 0 } };
	const struct sigaction act = { .sa_handler = SIG_DFL };

	if (!s->system)
		return;
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

void
pl_lock_hold_on(const struct pl_store *s)
{
	limit_hold(s, 0);
}

enum pl_status
pl_lock_open(struct pl_ctx *ctx, struct pl_store *s)
{
	char *path;

	if (asprintf(&path, "%s.lock", s->path) < 0)
		return pl_fail_memory(ctx);
	s->lock_fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
	/* On a read-only file system a reader can still wait his turn. */
	if (s->lock_fd < 0 && (errno == EROFS || errno == EACCES))
		s->lock_fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
	if (s->lock_fd < 0) {
		pl_fail(ctx, PL_ERR_DATABASE_UNREACHABLE, "the lock file %s cannot be opened: %s", path,
		    strerror(errno));
		pl_target(ctx, path);
	}
	free(path);
	return s->lock_fd < 0 ? ctx->failure.status : PL_OK;
}

/*
 * The timer's signal must reach us also where the caller or a run under way has
 * it blocked; and none of ours may stay pending, or it would be taken for somebody's.
 */
static void
start_timer(int wait_ms, struct sigaction *old_act, struct itimerval *old_timer, sigset_t *old_mask)
{
	struct itimerval timer = { { 0, REPEAT_US }, { wait_ms / 1000, wait_ms % 1000 * 1000 } };
	struct sigaction act;
	sigset_t alarm;

	memset(&act, 0, sizeof(act));
	act.sa_handler = on_alarm;   /* without SA_RESTART */
	deadline_passed = 0;
	sigaction(SIGALRM, &act, old_act);
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &alarm, old_mask);
	setitimer(ITIMER_REAL, &timer, old_timer);
}

static void
stop_timer(const struct sigaction *old_act, const struct itimerval *old_timer, const sigset_t *old_mask)
{
	static const struct itimerval off;

	/* Disarmed while its signal still comes to our handler, so that none is left over. */
	setitimer(ITIMER_REAL, &off, NULL);
	pthread_sigmask(SIG_SETMASK, old_mask, NULL);
	sigaction(SIGALRM, old_act, NULL);
	setitimer(ITIMER_REAL, old_timer, NULL);
}

/*
 * Blocking flock, exclusive for readers too: readers that share a lock starve the
 * writers, and polling loses the order of arrival. The deadline is a repeating
 * timer, since a single alarm that fires just before the call would be lost.
 */
static int
flock_with_deadline(int fd, int wait_ms)
{
	struct sigaction old_act;
	struct itimerval old_timer;
	sigset_t old_mask;
	int rc, saved;

	start_timer(wait_ms, &old_act, &old_timer, &old_mask);
	do
		rc = flock(fd, LOCK_EX);
	while (rc != 0 && errno == EINTR && !deadline_passed);
	saved = errno;
	stop_timer(&old_act, &old_timer, &old_mask);
	errno = saved;
	return rc;
}

enum pl_status
pl_lock_take(struct pl_ctx *ctx, struct pl_store *s)
{
	if (flock(s->lock_fd, LOCK_EX | LOCK_NB) == 0 ||
	    (errno == EWOULDBLOCK && flock_with_deadline(s->lock_fd, s->patience_ms) == 0)) {
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
