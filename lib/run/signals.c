/* signals.c - catch what reaches this process without races, pass it on, and stop when the task stops */

#include "run/signals.h"

#include <errno.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static const int relayed[] = {
	SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU
};

/* An ignored SIGCHLD would reap the task before we saw its end; the others must be able to stop us. */
static const int defaulted[PL_SIGNALS_DEFAULTED] = { SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU };

static void
restore(struct pl_signals *s)
{
	size_t i;

	for (i = 0; i < PL_SIGNALS_DEFAULTED; i++)
		sigaction(defaulted[i], &s->old[i], NULL);
	sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
}

bool
pl_signals_catch(struct pl_signals *s)
{
	const struct sigaction deflt = { .sa_handler = SIG_DFL };
	struct sigaction old;
	int error;
	size_t i;

	*s = (struct pl_signals){ .fd = -1 };
	sigemptyset(&s->ignored);
	sigemptyset(&s->caught);
	sigaddset(&s->caught, SIGCHLD);
	for (i = 0; i < sizeof(relayed) / sizeof(relayed[0]); i++) {
		sigaddset(&s->caught, relayed[i]);
		if (relayed[i] != SIGCONT && sigaction(relayed[i], NULL, &old) == 0 &&
		    (old.sa_flags & SA_SIGINFO) == 0 && old.sa_handler == SIG_IGN)
			sigaddset(&s->ignored, relayed[i]);
	}
	sigprocmask(SIG_BLOCK, &s->caught, &s->old_mask);
	for (i = 0; i < PL_SIGNALS_DEFAULTED; i++)
		sigaction(defaulted[i], &deflt, &s->old[i]);
	s->fd = signalfd(-1, &s->caught, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->fd >= 0)
		return true;
	error = errno;
	restore(s);
	errno = error;
	return false;
}

void
pl_signals_release(struct pl_signals *s)
{
	if (s->fd < 0)
		return;
	while (pl_signals_next(s, 0) != 0)
		;
	close(s->fd);
	s->fd = -1;
	restore(s);
}

pid_t
pl_signals_fork(void)
{
	sigset_t all, before;
	pid_t pid;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	error = errno;
	if (pid != 0)
		sigprocmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return pid;
}

/* The store times its lock with an interval timer: that alarm is ours, and would kill most tasks. */
static bool
is_own_timer(const struct signalfd_siginfo *info)
{
	return info->ssi_signo == SIGALRM && (info->ssi_code == SI_KERNEL || info->ssi_code == SI_TIMER);
}

/* A stop of the whole job is sent to everybody in it, us among them. */
static bool
is_own_stop(const struct signalfd_siginfo *info)
{
	return (pid_t)info->ssi_pid == getpid() &&
	    (info->ssi_signo == SIGTSTP || info->ssi_signo == SIGTTIN || info->ssi_signo == SIGTTOU);
}

int
pl_signals_next(const struct pl_signals *s, pid_t group)
{
	struct signalfd_siginfo info;
	int sig;

	while (read(s->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		sig = (int)info.ssi_signo;
		if (sig == SIGCHLD || sigismember(&s->ignored, sig) == 1 || is_own_timer(&info) ||
		    is_own_stop(&info))
			continue;
		if (group > 0 && info.ssi_pid != 0 && getpgid((pid_t)info.ssi_pid) == group)
			continue;
		return sig;
	}
	return 0;
}

void
pl_signals_send(pid_t leader, int pidfd, int sig)
{
	kill(-leader, sig);
	/* A task may move to another group of its session, out of the reach of the first. */
	if (getpgid(leader) != leader)
		pidfd_send_signal(pidfd, sig, NULL, 0);
}

bool
pl_signals_stop(int sig)
{
	const struct timespec now = { 0 };
	sigset_t set, cont;

	sigemptyset(&set);
	sigaddset(&set, sig);
	/* The terminal stops a whole job: in `task | less` the shell waits until both are stopped. */
	kill(sig == SIGSTOP ? getpid() : 0, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* Whoever was stopped has been continued, and that signal waits. */
	sigemptyset(&cont);
	sigaddset(&cont, SIGCONT);
	return sigtimedwait(&cont, NULL, &now) == SIGCONT;
}
