/* run_job.h - a shell with jobs on a pseudo-terminal, played by a test */
#ifndef PAMLITE_TESTS_RUN_JOB_H
#define PAMLITE_TESTS_RUN_JOB_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "pamlite/process.h"

#include "run_cases.h"
#include "unit.h"

static int keyboard;                /* the pty's master */
static int tty;                     /* its slave, our controlling terminal */
static char screen[65536];          /* all that was written to it */
static struct termios normal;

struct job {
	pid_t pid;
	pid_t task;                     /* as the task says itself: "ready PID" */
};

/* What is on the screen by now, waiting at most 20 ms for more. */
static inline void
look(void)
{
	struct pollfd p = { .fd = keyboard, .events = POLLIN };
	size_t len = strlen(screen);
	ssize_t n;

	if (poll(&p, 1, 20) != 1)
		return;
	n = read(keyboard, screen + len, sizeof(screen) - 1 - len);
	if (n > 0)
		screen[len + (size_t)n] = '\0';
}

/* Look until `text` is there; false after two seconds. */
static inline int
see(const char *text)
{
	int64_t until = clock_ms() + 2000;

	while (strstr(screen, text) == NULL && clock_ms() < until)
		look();
	return strstr(screen, text) != NULL;
}

static inline void
type(const char *keys)
{
	CHECK(write(keyboard, keys, strlen(keys)) == (ssize_t)strlen(keys));
}

/* Wait until the terminal's foreground group is `group`. */
static inline int
foreground_becomes(pid_t group)
{
	int64_t until = clock_ms() + 2000;

	while (tcgetpgrp(tty) != group && clock_ms() < until)
		sleep_ms(5);
	return tcgetpgrp(tty) == group;
}

static inline int
echo_becomes(int on)
{
	int64_t until = clock_ms() + 2000;
	struct termios t;

	do {
		if (tcgetattr(tty, &t) == 0 && ((t.c_lflag & ECHO) != 0) == on)
			return 1;
		sleep_ms(5);
	} while (clock_ms() < until);
	return 0;
}

/* The job's next change of state, as waitpid tells it; -1 after two seconds, then it is killed. */
static inline int
wait_job(const struct job *job)
{
	int64_t until = clock_ms() + 2000;
	int status;

	while (clock_ms() < until) {
		if (waitpid(job->pid, &status, WUNTRACED | WNOHANG) == job->pid)
			return status;
		look();
	}
	kill(job->pid, SIGKILL);
	waitpid(job->pid, &status, 0);
	return -1;
}

/* Whether the terminal has the modes that it had at first. */
static inline int
is_normal(void)
{
	struct termios t;

	return tcgetattr(tty, &t) == 0 && t.c_iflag == normal.c_iflag && t.c_oflag == normal.c_oflag &&
	    t.c_cflag == normal.c_cflag && t.c_lflag == normal.c_lflag &&
	    memcmp(t.c_cc, normal.c_cc, VEOL2 + 1) == 0;
}

/* The job has ended with `status`, and the terminal is its own again, as it was. */
static inline void
check_end(const struct job *job, int status, pid_t foreground)
{
	int how = wait_job(job);

	CHECK(how != -1 && WIFEXITED(how));
	CHECK_INT(WEXITSTATUS(how), status);
	CHECK_INT(tcgetpgrp(tty), foreground);
	CHECK(is_normal());
	tcsetpgrp(tty, getpgrp());
}

static inline void
check_stop(const struct job *job, int sig, pid_t foreground)
{
	int how = wait_job(job);

	CHECK(how != -1 && WIFSTOPPED(how));
	CHECK_INT(WSTOPSIG(how), sig);
	CHECK_INT(tcgetpgrp(tty), foreground);
	CHECK(is_normal());
	tcsetpgrp(tty, getpgrp());
}

static inline void
continue_job(const struct job *job, int foreground)
{
	if (foreground)
		tcsetpgrp(tty, job->pid);
	kill(-job->pid, SIGCONT);
}

/* Become the leader of a session on a new terminal; 0 = that cannot be had here. */
static inline int
open_terminal(void)
{
	setsid();
	keyboard = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (keyboard < 0 || grantpt(keyboard) != 0 || unlockpt(keyboard) != 0) {
		printf("SKIP no pseudo-terminal: %s\n", strerror(errno));
		return 0;
	}
	tty = open(ptsname(keyboard), O_RDWR | O_NOCTTY | O_CLOEXEC);
	CHECK(tty >= 0 && ioctl(tty, TIOCSCTTY, 0) == 0);
	signal(SIGTTOU, SIG_IGN);
	CHECK(tcgetattr(tty, &normal) == 0);
	return 1;
}

#endif
