/* relay.c - bytes between the caller's terminal and the task's pseudo-terminal */

#include "run/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pamlite/recorder.h"

enum { TERMINAL, MASTER, LAST_BYTES = 1 << 20, FLUSH_MS = 50, FLUSH_TURNS = 200 };

static const char recorded[] = "pam-lite: this session is recorded\r\n";

/* Was it another one? Each change sends a signal. */
static bool
copy_size(const struct pl_relay *r)
{
	struct winsize theirs, its;
	bool other;

	if (ioctl(r->terminal->fd, TIOCGWINSZ, &theirs) != 0)
		return false;
	other = ioctl(r->pty.master, TIOCGWINSZ, &its) != 0 || memcmp(&theirs, &its, sizeof(its)) != 0;
	if (other)
		ioctl(r->pty.master, TIOCSWINSZ, &theirs);
	if (r->recorder != NULL)
		pl_recorder_resize(r->recorder, theirs.ws_col, theirs.ws_row);
	return other;
}

/*
 * Lines ends are translated once: by the pty while the caller's terminal is raw, else by that.
 * Through the master the modes of the other side are meant.
 */
static void
copy_modes(struct pl_relay *r, const struct termios *modes)
{
	struct termios t = *modes;

	if (!pl_terminal_is_whole(r->terminal))
		t.c_oflag &= ~(tcflag_t)OPOST;
	r->copied = tcsetattr(r->pty.master, TCSANOW, &t) == 0;
}

/*
 * In the background the terminal has modes of whoever uses it now; they are taken when it is ours. Until then
 * the pty is one as any, also for a task that has read its modes by then and sets them later.
 */
static void
first_modes(struct pl_relay *r)
{
	struct termios t;

	if (pl_terminal_is_ours(r->terminal) && tcgetattr(r->terminal->fd, &t) == 0) {
		copy_modes(r, &t);
	} else if (!pl_terminal_is_whole(r->terminal) && tcgetattr(r->pty.master, &t) == 0) {
		t.c_oflag &= ~(tcflag_t)OPOST;
		tcsetattr(r->pty.master, TCSANOW, &t);
	}
}

bool
pl_relay_open(struct pl_relay *r, struct pl_terminal *terminal, const struct pl_run_spec *spec)
{
	int flags = fcntl(terminal->fd, F_GETFL);

	*r = (struct pl_relay){ .terminal = terminal, .pty = { -1, -1 }, .left = SIZE_MAX,
		.recorder = spec->recorder };
	/* One that could not be opened anew: a write to it would hold up everything else. */
	if (flags < 0 || (flags & O_NONBLOCK) == 0) {
		errno = ENXIO;
		return false;
	}
	if (!pl_pty_open(&r->pty, spec->account))
		return false;
	terminal->relayed = true;
	(void)copy_size(r);
	first_modes(r);
	/* Nothing of the task overtakes what is under way before it; recorded is only what comes from the task. */
	if (r->recorder != NULL) {
		r->out.len = sizeof(recorded) - 1;
		memcpy(r->out.bytes, recorded, r->out.len);
	}
	return true;
}

bool
pl_relay_follow(struct pl_relay *r)
{
	bool resized = copy_size(r);

	if (!r->copied && r->terminal->given)
		copy_modes(r, &r->terminal->own);
	return resized;
}

static bool
is_empty(const struct pl_flow *f)
{
	return f->at == f->len;
}

void
pl_relay_wants(const struct pl_relay *r, struct pollfd fds[PL_RELAY_FDS])
{
	bool reads = r->terminal->given && !r->refused && is_empty(&r->in);

	/* Without an event a hang-up is told all the same. */
	fds[TERMINAL] = (struct pollfd){ .fd = r->hung_up ? -1 : r->terminal->fd };
	fds[TERMINAL].events = (short)((reads ? POLLIN : 0) | (is_empty(&r->out) ? 0 : POLLOUT));
	fds[MASTER].events = (short)((is_empty(&r->out) && r->left > 0 ? POLLIN : 0) |
	    (is_empty(&r->in) ? 0 : POLLOUT));
	/* Here it would be told again and again, for as long as a slow terminal is waited for. */
	fds[MASTER].fd = fds[MASTER].events != 0 ? r->pty.master : -1;
}

/* The number of bytes; 0 = nothing now; -1 = nothing ever, with errno 0 at the end. */
static ssize_t
fill(struct pl_flow *f, int fd, size_t most)
{
	ssize_t n = read(fd, f->bytes, most < sizeof(f->bytes) ? most : sizeof(f->bytes));

	if (n > 0) {
		f->at = 0;
		f->len = (size_t)n;
		return n;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == 0)
		errno = 0;
	return -1;
}

static bool
empty(struct pl_flow *f, int fd)
{
	ssize_t n = write(fd, f->bytes + f->at, f->len - f->at);

	if (n > 0)
		f->at += (size_t)n;
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

static void
move_terminal(struct pl_relay *r, short events)
{
	if ((events & (POLLHUP | POLLERR | POLLNVAL)) != 0)
		r->hung_up = true;
	if ((events & POLLOUT) != 0 && !r->hung_up && !empty(&r->out, r->terminal->fd))
		r->hung_up = true;
	if ((events & POLLIN) != 0 && !r->hung_up && is_empty(&r->in) &&
	    fill(&r->in, r->terminal->fd, SIZE_MAX) < 0) {
		/* EIO: somebody else's turn. */
		r->refused = errno == EIO;
		r->hung_up = errno != EIO;
	}
	/* Nobody reads it any more, and the task must not wait for that. */
	if (r->hung_up)
		r->out.at = r->out.len;
}

/* Does the task's terminal show what is typed? */
static bool
echoes(const struct pl_relay *r)
{
	struct termios t;

	return tcgetattr(r->pty.master, &t) == 0 && (t.c_lflag & ECHO) != 0;
}

/* A password is not recorded: what is read while echo is off. Before and after, since the task may just change it. */
static void
type(struct pl_relay *r)
{
	bool shown = r->recorder != NULL && echoes(r);
	size_t from = r->in.at;

	if (!empty(&r->in, r->pty.master))
		r->in.at = r->in.len;
	else if (shown && r->in.at > from && echoes(r))
		pl_recorder_input(r->recorder, r->in.bytes + from, r->in.at - from);
}

static void
move_master(struct pl_relay *r, short asked, short events)
{
	ssize_t n = 0;

	if ((events & POLLOUT) != 0)
		type(r);
	if ((events & POLLIN) != 0 && is_empty(&r->out)) {
		n = fill(&r->out, r->pty.master, r->left);
		if (n > 0 && r->recorder != NULL)
			pl_recorder_output(r->recorder, r->out.bytes, (size_t)n);
		if (n > 0 && r->left != SIZE_MAX)
			r->left -= (size_t)n;
		if (r->hung_up)
			r->out.at = r->out.len;
	}
	/* The other side is gone for good, monitor and all, and has left nothing: known only where that was asked. */
	if (n < 0 || ((asked & POLLIN) != 0 && (events & (POLLHUP | POLLERR)) != 0 && (events & POLLIN) == 0))
		pl_pty_close(&r->pty);
}

void
pl_relay_move(struct pl_relay *r, const struct pollfd fds[PL_RELAY_FDS])
{
	if (fds[TERMINAL].revents != 0)
		move_terminal(r, fds[TERMINAL].revents);
	if (fds[MASTER].revents != 0)
		move_master(r, fds[MASTER].events, fds[MASTER].revents);
}

/* Keys that were typed after the one that stopped the task are the shell's. */
void
pl_relay_flush(struct pl_relay *r)
{
	struct pollfd fds[PL_RELAY_FDS];
	int turn;

	for (turn = 0; turn < FLUSH_TURNS && !pl_relay_is_empty(r) && !r->hung_up; turn++) {
		pl_relay_wants(r, fds);
		fds[TERMINAL].events &= (short)~POLLIN;
		if (poll(fds, PL_RELAY_FDS, FLUSH_MS) <= 0)
			break;
		pl_relay_move(r, fds);
	}
}

void
pl_relay_finish(struct pl_relay *r)
{
	r->left = LAST_BYTES;
	r->in.at = r->in.len;
}

bool
pl_relay_is_empty(const struct pl_relay *r)
{
	struct pollfd p = { .fd = r->pty.master, .events = POLLIN };

	if (!is_empty(&r->out))
		return r->hung_up;
	return r->pty.master < 0 || r->left == 0 || poll(&p, 1, 0) != 1 || (p.revents & POLLIN) == 0;
}

void
pl_relay_close(struct pl_relay *r)
{
	pl_pty_close(&r->pty);
}
