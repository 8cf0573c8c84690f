/* file_lock.c - waiting for a lock in order of arrival, and not for ever */

#include "pamlite/file_lock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/time.h>

enum { REPEAT_US = 50000 };

static volatile sig_atomic_t deadline_passed;

static void
on_alarm(int signal_number)
{
	(void)signal_number;
	deadline_passed = 1;
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
bool
pl_file_lock(int fd, int wait_ms)
{
	struct sigaction old_act;
	struct itimerval old_timer;
	sigset_t old_mask;
	int rc, saved;

	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return false;
	/* None would be no timer at all. */
	start_timer(wait_ms > 0 ? wait_ms : 1, &old_act, &old_timer, &old_mask);
	do
		rc = flock(fd, LOCK_EX);
	while (rc != 0 && errno == EINTR && !deadline_passed);
	saved = errno;
	stop_timer(&old_act, &old_timer, &old_mask);
	errno = saved;
	return rc == 0;
}
