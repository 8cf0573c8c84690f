/* terminal.c - give the caller's terminal to the task and take it back as it was */

#include "run/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/run.h"

enum { BOTH = 1U << STDIN_FILENO | 1U << STDOUT_FILENO };

/* Only the controlling terminal of a session answers with that session. */
static bool
is_controlling(int fd)
{
	pid_t session = tcgetsid(fd);

	return session >= 0 && session == getsid(0);
}

/*
 * Opened anew: that it never blocks us must not hold for the caller's shell too, which shares
 * the descriptors that we were given.
 */
static int
open_controlling(unsigned int standard)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	char path[32];
	int fd, opened;

	opened = open("/dev/tty", flags);
	for (fd = STDIN_FILENO; opened < 0 && fd <= STDERR_FILENO; fd++) {
		if ((standard & 1U << fd) == 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		opened = open(path, flags);
		if (opened < 0)
			opened = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	}
	return opened;
}

void
pl_terminal_open(struct pl_terminal *t)
{
	int fd;

	*t = (struct pl_terminal){ .fd = -1 };
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		t->standard |= is_controlling(fd) ? 1U << fd : 0;
	t->fd = open_controlling(t->standard);
	/* A task that is not the terminal's from end to end gets it when it asks, by being stopped with SIGTTIN. */
	t->wanted = t->fd >= 0 && pl_terminal_is_whole(t);
}

bool
pl_terminal_is_foreign(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (isatty(fd) && !is_controlling(fd))
			return true;
	return false;
}

bool
pl_terminal_is_whole(const struct pl_terminal *t)
{
	return (t->standard & BOTH) == BOTH;
}

bool
pl_terminal_is_ours(const struct pl_terminal *t)
{
	return t->fd >= 0 && tcgetpgrp(t->fd) == getpgrp();
}

/* What is typed is read by the task's own terminal: its keys for signals, its echo, its lines. */
static bool
go_raw(struct pl_terminal *t)
{
	if (!t->has_own)
		return false;
	t->task = t->own;
	cfmakeraw(&t->task);
	if (!pl_terminal_is_whole(t))
		t->task.c_oflag = t->own.c_oflag;
	if (tcsetattr(t->fd, TCSANOW, &t->task) != 0)
		return false;
	/* As the terminal took them, so that they can be told from somebody else's. */
	t->has_task = tcgetattr(t->fd, &t->task) == 0;
	return true;
}

bool
pl_terminal_give(struct pl_terminal *t, pid_t group)
{
	if (t->given || !pl_terminal_is_ours(t))
		return false;
	t->has_own = tcgetattr(t->fd, &t->own) == 0;
	if (t->relayed)
		return t->given = go_raw(t);
	if (t->has_task)
		tcsetattr(t->fd, TCSANOW, &t->task);
	t->given = tcsetpgrp(t->fd, group) == 0;
	if (!t->given && t->has_task && t->has_own)
		tcsetattr(t->fd, TCSANOW, &t->own);
	return t->given;
}

static bool
has_modes(int fd, const struct termios *expected)
{
	struct termios t;

	return tcgetattr(fd, &t) == 0 && t.c_iflag == expected->c_iflag && t.c_oflag == expected->c_oflag &&
	    t.c_cflag == expected->c_cflag && t.c_lflag == expected->c_lflag &&
	    memcmp(t.c_cc, expected->c_cc, sizeof(t.c_cc)) == 0;
}

void
pl_terminal_take(struct pl_terminal *t)
{
	bool ours = true;

	if (!t->given)
		return;
	t->given = false;
	if (t->relayed) {
		/* A shell that took it from us, or what follows a front that was killed, has set its own modes. */
		ours = t->has_task ? has_modes(t->fd, &t->task) : pl_terminal_is_ours(t);
	} else {
		t->has_task = tcgetattr(t->fd, &t->task) == 0;
		tcsetpgrp(t->fd, getpgrp());
	}
	/* Not after output has drained: on a terminal held by ^S that would be never. */
	if (t->has_own && ours)
		tcsetattr(t->fd, TCSANOW, &t->own);
}

void
pl_run_put_right(int fd, const struct termios *modes)
{
	struct termios now;

	if (tcgetattr(fd, &now) == 0 && (now.c_lflag & (ICANON | ECHO | ISIG)) == 0)
		tcsetattr(fd, TCSANOW, modes);
}

bool
pl_terminal_say(const struct pl_terminal *t, const char *line)
{
	struct pollfd p = { .fd = t->fd, .events = POLLOUT };
	ssize_t n;

	if (t->fd < 0)
		return true;
	if (poll(&p, 1, 0) != 1 || (p.revents & POLLOUT) == 0)
		return false;
	n = write(t->fd, line, strlen(line));
	return n >= 0;
}

void
pl_terminal_close(struct pl_terminal *t)
{
	pl_terminal_take(t);
	if (t->fd >= 0)
		close(t->fd);
	*t = (struct pl_terminal){ .fd = -1 };
}
