/* monitor_run.c - the monitor's side: lead the session, follow orders, and outlive who gave them */

#include "run/monitor_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/elapsed.h"
#include "pamlite/run.h"

#include "run/descriptors.h"
#include "run/signals.h"

enum { GRACE_MS = 5000 };

struct post {
	const struct pl_monitor_spec *spec;
	int socket;                /* -1 = nobody is there any more */
	int slave;
	int children;              /* readable when the task has changed its state */
	pid_t task;
	int pidfd;
	bool stopped;
	bool ended;
	int64_t kill_at_ms;
	bool has_modes;
	struct termios modes;
};

/* The pipes of the task and the store child's channel are not ours. */
static void
close_others(const struct post *p)
{
	const int kept[] = { p->socket, p->slave, p->children, p->pidfd, p->spec->terminal, p->spec->cgroup->fd,
		p->spec->cgroup->parent };

	pl_descriptors_keep(kept, sizeof(kept) / sizeof(kept[0]));
}

static bool
send_start(const struct post *p, int error)
{
	struct pl_start start = { .task = p->task, .error = error };
	struct iovec data = { &start, sizeof(start) };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };

	if (p->pidfd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &p->pidfd, sizeof(int));
	}
	return sendmsg(p->socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(start);
}

/* False with errno set. A task that could not be watched is never released, and ends by itself. */
static bool
start_task(struct post *p)
{
	struct pl_entry *entry = p->spec->entry;
	sigset_t child;

	/* A session of its own: no key and no hang-up of the caller's terminal reaches the task but through us. */
	if (setsid() < 0 || (p->slave >= 0 && ioctl(p->slave, TIOCSCTTY, 0) != 0))
		return false;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	p->children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (p->children < 0)
		return false;
	pl_entry_close_end(entry, 0);
	p->task = pl_cgroup_fork(p->spec->cgroup);
	if (p->task == 0)
		pl_entry_run(entry);
	if (p->task < 0) {
		p->task = 0;
		return false;
	}
	pl_entry_close_end(entry, 1);
	p->pidfd = pidfd_open(p->task, 0);
	return p->pidfd >= 0 && setpgid(p->task, p->task) == 0 &&
	    (p->slave < 0 || !p->spec->foreground || tcsetpgrp(p->slave, p->task) == 0);
}

/*
 * The pseudo-terminal is ours or the task's. A group that the task has put there itself stays, except
 * as below a shell: what is continued after a stop has the terminal, whoever had it before.
 */
static void
give(const struct post *p, pid_t from, pid_t to)
{
	if (p->slave >= 0 && ((p->stopped && to == p->task) || tcgetpgrp(p->slave) == from))
		tcsetpgrp(p->slave, to);
}

static void
follow(struct post *p, const struct pl_order *order)
{
	switch (order->kind) {
	case PL_ORDER_SIGNAL:
		if (order->sig == SIGCONT)
			p->stopped = false;
		pl_signals_send(p->task, p->pidfd, order->sig);
		break;
	case PL_ORDER_GIVE:
		give(p, getpgrp(), p->task);
		break;
	case PL_ORDER_TAKE:
		give(p, p->task, getpgrp());
		break;
	case PL_ORDER_MODES:
		p->has_modes = order->has_modes;
		p->modes = order->modes;
		break;
	}
}

/* Nobody watches over the task any more: it does not go on, and the caller's terminal is not left raw. */
static void
take_over(struct post *p)
{
	p->socket = -1;
	if (p->has_modes)
		pl_run_put_right(p->spec->terminal, &p->modes);
	if (p->ended)
		return;
	pl_signals_send(p->task, p->pidfd, SIGTERM);
	pl_signals_send(p->task, p->pidfd, SIGCONT);
	p->kill_at_ms = pl_elapsed_ms() + GRACE_MS;
}

static void
read_orders(struct post *p)
{
	struct pl_order order;
	ssize_t n;

	while (p->socket >= 0) {
		n = recv(p->socket, &order, sizeof(order), MSG_DONTWAIT);
		if (n == (ssize_t)sizeof(order))
			follow(p, &order);
		else if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		else
			take_over(p);
	}
}

static void
report(const struct post *p, const struct pl_report *r)
{
	if (p->socket >= 0)
		(void)send(p->socket, r, sizeof(*r), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The task stays a zombie, so that its number means nobody else. */
static void
look_at_task(struct post *p)
{
	struct signalfd_siginfo drained;
	struct pl_report r = { 0 };
	siginfo_t info = { 0 };

	while (read(p->children, &drained, sizeof(drained)) > 0)
		;
	if (p->ended)
		return;
	if (waitid(P_PIDFD, (id_t)p->pidfd, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid != 0) {
		r.stopped = info.si_status;
		p->stopped = true;
		report(p, &r);
	}
	r = (struct pl_report){ 0 };
	if (waitid(P_PIDFD, (id_t)p->pidfd, &r.how, WEXITED | WNOHANG | WNOWAIT) == 0 && r.how.si_pid != 0) {
		p->ended = r.ended = true;
		report(p, &r);
	}
}

/* Alone: what is left of the task's group goes with it. */
static void
end_alone(const struct post *p)
{
	pl_signals_send(p->task, p->pidfd, SIGKILL);
	if (!p->ended)
		pl_cgroup_kill(p->spec->cgroup);
}

static void
watch(struct post *p)
{
	int64_t left;

	while (!p->ended || p->socket >= 0) {
		struct pollfd fds[] = {
			{ .fd = p->socket, .events = POLLIN },
			{ .fd = p->children, .events = POLLIN },
		};

		left = p->kill_at_ms != 0 ? p->kill_at_ms - pl_elapsed_ms() : -1;
		if (p->kill_at_ms != 0 && left <= 0) {
			end_alone(p);
			p->kill_at_ms = pl_elapsed_ms() + GRACE_MS;
			continue;
		}
		poll(fds, 2, (int)left);
		look_at_task(p);
		read_orders(p);
	}
	if (p->kill_at_ms != 0)
		end_alone(p);
}

void
pl_monitor_run(const struct pl_monitor_spec *spec, int socket)
{
	struct post p = { .spec = spec, .socket = socket, .slave = spec->entry->slave, .children = -1, .pidfd = -1 };
	bool started = start_task(&p);
	int error = errno;

	if (!started)
		p.task = 0;
	if (!send_start(&p, error) || !started)
		_exit(PL_E_RUN);
	close_others(&p);
	watch(&p);
	while (waitpid(p.task, NULL, 0) < 0 && errno == EINTR)
		;
	/* With us alone there is nobody else to do it. */
	if (p.kill_at_ms != 0)
		pl_cgroup_remove(spec->cgroup);
	_exit(0);
}
