/* monitor.c - start the monitor of a task, give it orders, and hear what it reports */

#include "run/monitor_wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/signals.h"

enum { LEAVE_MS = 1000 };

/* The task's pidfd is made where the task cannot be reaped: opened here by number it might be another's. */
static bool
receive_start(int socket, struct pl_start *start, int *pidfd)
{
	struct iovec data = { start, sizeof(*start) };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	ssize_t n;

	*start = (struct pl_start){ 0 };
	*pidfd = -1;
	do
		n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (message.msg_controllen >= sizeof(control.header) && control.header.cmsg_type == SCM_RIGHTS)
		memcpy(pidfd, CMSG_DATA(&control.header), sizeof(int));
	errno = n == (ssize_t)sizeof(*start) ? start->error : EPIPE;
	return n == (ssize_t)sizeof(*start) && start->task > 0 && *pidfd >= 0;
}

bool
pl_monitor_start(const struct pl_monitor_spec *spec, struct pl_monitor *out, pid_t *task, int *pidfd)
{
	int socket[2], error;
	struct pl_start start;

	*out = (struct pl_monitor){ .pidfd = -1, .socket = -1 };
	*task = 0;
	*pidfd = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socket) != 0)
		return false;
	out->socket = socket[0];
	/* Its signals stay blocked for good: it only follows orders. */
	out->pid = pl_signals_fork();
	error = errno;
	if (out->pid == 0) {
		close(socket[0]);
		pl_monitor_run(spec, socket[1]);
	}
	close(socket[1]);
	if (out->pid > 0) {
		pl_entry_close_end(spec->entry, 1);
		out->pidfd = pidfd_open(out->pid, 0);
		if (receive_start(out->socket, &start, pidfd)) {
			*task = start.task;
			return true;
		}
		error = errno;
		if (*pidfd >= 0)
			close(*pidfd);
		*pidfd = -1;
	} else {
		out->pid = 0;
	}
	pl_monitor_close(out);
	errno = error;
	return false;
}

static void
give_order(const struct pl_monitor *m, const struct pl_order *order)
{
	if (m->socket >= 0)
		(void)send(m->socket, order, sizeof(*order), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void
pl_monitor_signal(const struct pl_monitor *m, int sig)
{
	struct pl_order order = { .kind = PL_ORDER_SIGNAL, .sig = sig };

	give_order(m, &order);
}

void
pl_monitor_give(const struct pl_monitor *m, bool foreground)
{
	struct pl_order order = { .kind = foreground ? PL_ORDER_GIVE : PL_ORDER_TAKE };

	give_order(m, &order);
}

void
pl_monitor_modes(const struct pl_monitor *m, const struct termios *own)
{
	struct pl_order order = { .kind = PL_ORDER_MODES, .has_modes = own != NULL };

	if (own != NULL)
		order.modes = *own;
	give_order(m, &order);
}

int
pl_monitor_next(const struct pl_monitor *m, struct pl_report *out)
{
	ssize_t n;

	*out = (struct pl_report){ 0 };
	if (m->socket < 0)
		return -1;
	n = recv(m->socket, out, sizeof(*out), MSG_DONTWAIT);
	if (n == (ssize_t)sizeof(*out))
		return 1;
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/* At the end of the socket it reaps the task and ends; one that somebody has stopped must not hold us. */
void
pl_monitor_close(struct pl_monitor *m)
{
	struct pollfd p = { .fd = m->pidfd, .events = POLLIN };

	if (m->socket >= 0)
		close(m->socket);
	if (m->pid > 0) {
		if (m->pidfd >= 0 && poll(&p, 1, LEAVE_MS) == 0)
			pidfd_send_signal(m->pidfd, SIGKILL, NULL, 0);
		while (waitpid(m->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (m->pidfd >= 0)
		close(m->pidfd);
	*m = (struct pl_monitor){ .pidfd = -1, .socket = -1 };
}
