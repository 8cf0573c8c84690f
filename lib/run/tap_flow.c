/* tap_flow.c - one direction through a recorded run: read, write, count */

#include "run/tap_flow.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/hygiene.h"
#include "pamlite/status.h"

#include "run/descriptors.h"

/* LAST_BYTES: of something that the task has left behind and that writes for ever. */
enum { BLOCK_SIZE = 65536, LAST_BYTES = 1 << 20 };

static char block[BLOCK_SIZE];

static void
count(struct pl_tap_shared *s, const char *bytes, size_t n)
{
	unsigned int now = atomic_load(&s->current) & 1, next = 1 - now;

	s->state[next] = s->state[now];
	s->state[next].bytes += (int64_t)n;
	pl_digest_add(&s->state[next].digest, bytes, n);
	atomic_store(&s->current, next);
}

static bool
is_passing(int error)
{
	return error == EAGAIN || error == EINTR;
}

/* Until `fd` (-1 = none) can be used or is broken; false once the task has ended. */
static bool
await(const struct pl_tap_flow *f, int fd, short events)
{
	struct pollfd p[] = { { .fd = f->order, .events = POLLIN }, { .fd = fd, .events = events } };

	while (poll(p, 2, -1) < 0)
		;
	return p[0].revents == 0;
}

/*
 * Whoever goes on behind us with the same file finds what the task has not read, as if it had read from there:
 * `while read line; do invoke-...; done <file` reads every line.
 */
static void
give_back(const struct pl_tap_flow *f, size_t left)
{
	struct stat st;
	int unread = 0;

	if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode) && ioctl(f->pipe[0], FIONREAD, &unread) == 0)
		(void)lseek(f->fd, -(off_t)left - unread, SEEK_CUR);
}

/* How much is left when the task has ended; 0 = all of it is in the pipe. */
static size_t
feed_block(const struct pl_tap_flow *f, size_t len)
{
	size_t at = 0;
	ssize_t n;

	while (at < len && await(f, f->pipe[1], POLLOUT)) {
		n = write(f->pipe[1], block + at, len - at);
		if (n > 0) {
			count(f->shared, block + at, (size_t)n);
			at += (size_t)n;
		} else if (n < 0 && !is_passing(errno)) {
			break;
		}
	}
	return len - at;
}

/* Our copy of the task's end keeps the pipe until it is known what was not read. */
static void
feed(struct pl_tap_flow *f)
{
	size_t left = 0;
	ssize_t n;

	while (left == 0 && await(f, f->fd, POLLIN)) {
		n = read(f->fd, block, sizeof(block));
		if (n > 0) {
			left = feed_block(f, (size_t)n);
		} else if (n == 0 || !is_passing(errno)) {
			close(f->pipe[1]);
			(void)await(f, -1, 0);
			break;
		}
	}
	give_back(f, left);
}

static bool
pass_on(struct pl_tap_flow *f, size_t len)
{
	size_t at = 0;
	ssize_t n;

	while (at < len) {
		struct pollfd p = { .fd = f->fd, .events = POLLOUT };

		n = write(f->fd, block + at, len - at);
		if (n > 0) {
			at += (size_t)n;
		} else if (n < 0 && !is_passing(errno)) {
			/* A reader that is gone is told to the task as always, by its next write. */
			f->shared->error = errno != EPIPE ? errno : 0;
			return false;
		} else {
			(void)poll(&p, 1, -1);
		}
	}
	return true;
}

/* To the task's end; or until nobody reads it any more, so that the task is told with its next byte. */
static void
drain(struct pl_tap_flow *f)
{
	size_t left = LAST_BYTES;
	bool over = false;
	ssize_t n;

	while (left > 0) {
		struct pollfd p[] = { { .fd = f->pipe[0], .events = POLLIN }, { .fd = f->fd },
			{ .fd = over ? -1 : f->order, .events = POLLIN } };

		if (poll(p, 3, over ? 0 : -1) < 0)
			continue;
		over = over || p[2].revents != 0;
		if ((p[1].revents & (POLLERR | POLLNVAL)) != 0)
			break;
		n = read(f->pipe[0], block, sizeof(block));
		if (n == 0 || (n < 0 && (!is_passing(errno) || (over && errno == EAGAIN))))
			break;
		if (n < 0)
			continue;
		count(f->shared, block, (size_t)n);
		if (over)
			left -= (size_t)n < left ? (size_t)n : left;
		if (!pass_on(f, (size_t)n))
			break;
	}
}

void
pl_tap_flow_run(struct pl_tap_flow *f, const struct pl_run_account *account)
{
	const bool feeds = f->fd == STDIN_FILENO;
	const int kept[] = { f->fd, f->pipe[0], feeds ? f->pipe[1] : -1, f->order };

	pl_descriptors_keep(kept, sizeof(kept) / sizeof(kept[0]));
	if (pl_hygiene_become(account->uid, account->gid, account->groups, account->group_count) != NULL)
		_exit(PL_E_RUN);
	if (feeds)
		feed(f);
	else
		drain(f);
	_exit(0);
}
