/* tap.c - what goes through standard input and output of a recorded run is counted on its way */

#include "run/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run/signals.h"
#include "run/tap_flow.h"

static bool
open_pipe(struct pl_tap_flow *f, struct pl_tap *tap, int fd)
{
	int ends[2], order[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	f->pipe[0] = ends[0];
	f->pipe[1] = ends[1];
	tap->end = ends[fd == STDIN_FILENO ? 0 : 1];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, order) != 0)
		return false;
	tap->order = order[0];
	f->order = order[1];
	return true;
}

/* Our end of the pipe never blocks; the task's is another one, and does. */
static bool
open_tap(struct pl_tap *tap, int fd, const struct pl_run_account *account)
{
	struct pl_tap_flow f = { .fd = fd, .pipe = { -1, -1 }, .order = -1 };
	bool made;
	int error;

	f.shared = mmap(NULL, sizeof(*f.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (f.shared == MAP_FAILED)
		return false;
	tap->shared = f.shared;
	pl_digest_start(&f.shared->state[0].digest);
	made = open_pipe(&f, tap, fd) && fcntl(f.pipe[fd == STDIN_FILENO ? 1 : 0], F_SETFL, O_NONBLOCK) == 0 &&
	    (tap->pid = pl_signals_fork()) >= 0;
	error = errno;
	if (made && tap->pid == 0)
		pl_tap_flow_run(&f, account);
	if (tap->pid < 0)
		tap->pid = 0;
	if (tap->pid > 0)
		tap->pidfd = pidfd_open(tap->pid, 0);
	if (f.order >= 0)
		close(f.order);
	if (f.pipe[0] >= 0)
		close(f.pipe[fd == STDIN_FILENO ? 1 : 0]);
	errno = error;
	return made;
}

bool
pl_taps_open(struct pl_taps *t, unsigned int standard, const struct pl_run_account *account)
{
	bool opened = true;
	int fd;

	for (fd = 0; fd < PL_TAPS; fd++)
		t->tap[fd] = (struct pl_tap){ .pidfd = -1, .order = -1, .end = -1 };
	for (fd = 0; fd < PL_TAPS && opened; fd++)
		if ((standard & 1U << fd) == 0)
			opened = open_tap(&t->tap[fd], fd, account);
	return opened;
}

static void
close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void
pl_taps_close_ends(struct pl_taps *t)
{
	int fd;

	for (fd = 0; fd < PL_TAPS; fd++)
		close_one(&t->tap[fd].end);
}

void
pl_taps_finish(struct pl_taps *t)
{
	int fd;

	for (fd = 0; fd < PL_TAPS; fd++)
		close_one(&t->tap[fd].order);
}

bool
pl_taps_are_done(struct pl_taps *t)
{
	bool done = true;
	int fd;

	for (fd = 0; fd < PL_TAPS; fd++) {
		struct pl_tap *tap = &t->tap[fd];

		if (tap->pid > 0 && waitpid(tap->pid, NULL, WNOHANG) == tap->pid) {
			tap->pid = 0;
			close_one(&tap->pidfd);
		}
		done = done && tap->pid == 0;
	}
	return done;
}

static void
count(const struct pl_tap *tap, struct pl_run_count *out)
{
	struct pl_tap_state s;

	*out = (struct pl_run_count){ .bytes = PL_NULL };
	if (tap->shared == NULL)
		return;
	s = tap->shared->state[atomic_load(&tap->shared->current) & 1];
	out->bytes = s.bytes;
	out->error = tap->shared->error;
	pl_digest_end(&s.digest, out->sha256);
}

void
pl_taps_close(struct pl_taps *t, struct pl_run_result *out)
{
	int fd;

	pl_taps_close_ends(t);
	pl_taps_finish(t);
	for (fd = 0; fd < PL_TAPS; fd++) {
		struct pl_tap *tap = &t->tap[fd];

		/* Its number is its own until it is waited for. */
		if (tap->pid > 0) {
			kill(tap->pid, SIGKILL);
			while (waitpid(tap->pid, NULL, 0) < 0 && errno == EINTR)
				;
		}
		tap->pid = 0;
		close_one(&tap->pidfd);
		count(tap, fd == STDIN_FILENO ? &out->in : &out->out);
		if (tap->shared != NULL)
			munmap(tap->shared, sizeof(*tap->shared));
		tap->shared = NULL;
	}
}
