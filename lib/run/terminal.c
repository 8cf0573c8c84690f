/* terminal.c - give the caller's terminal to the task and take it back as it was */

#include "run/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Only the controlling terminal of a session answers with that session. */
static bool
is_controlling(int fd)
{
	pid_t session = tcgetsid(fd);

	return session >= 0 && session == getsid(0);
}

static int
open_controlling(void)
{
	int fd;

	fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (fd >= 0)
		return fd;
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (is_controlling(fd))
			return fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return -1;
}

void
pl_terminal_open(struct pl_terminal *t)
{
	*t = (struct pl_terminal){ .fd = open_controlling() };
	/*
	 * In `task | less` the keyboard is the pager's. A task that is not the
	 * terminal's from end to end gets it when it asks, by being stopped with SIGTTIN.
	 */
	t->wanted = t->fd >= 0 && is_controlling(STDIN_FILENO) && is_controlling(STDOUT_FILENO);
}

bool
pl_terminal_give(struct pl_terminal *t, pid_t group)
{
	if (t->fd < 0 || t->given || tcgetpgrp(t->fd) != getpgrp())
		return false;
	t->has_own = tcgetattr(t->fd, &t->own) == 0;
	if (t->has_task)
		tcsetattr(t->fd, TCSANOW, &t->task);
	t->given = tcsetpgrp(t->fd, group) == 0;
	if (!t->given && t->has_task && t->has_own)
		tcsetattr(t->fd, TCSANOW, &t->own);
	return t->given;
}

void
pl_terminal_take(struct pl_terminal *t)
{
	if (!t->given)
		return;
	t->given = false;
	t->has_task = tcgetattr(t->fd, &t->task) == 0;
	tcsetpgrp(t->fd, getpgrp());
	/* Not after output has drained: on a terminal held by ^S that would be never. */
	if (t->has_own)
		tcsetattr(t->fd, TCSANOW, &t->own);
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
