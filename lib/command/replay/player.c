/* player.c - a recorded session on the terminal, with its pauses */

#include "player.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/json.h"
#include "pamlite/recorder.h"

#include "cast.h"
#include "screen.h"

enum { BLOCK_SIZE = 65536, US = 1000000, THOUSAND = 1000, SIGNALS = 4 };

static const int ends[SIGNALS] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static volatile sig_atomic_t caught;

struct player {
	struct pl_ctx *ctx;
	const struct pl_replay_spec *spec;
	int fd;
	struct pl_buf text;             /* what was read and not yet shown */
	size_t at;
	struct pl_cast_event event;
	struct pl_screen screen;
	struct pl_buf shown;
	struct timespec began;
	int64_t last_us, passed_us;     /* in the recording: the last event; the time until it without long pauses */
	struct termios modes;
	struct sigaction before[SIGNALS];
	bool cut, any;                  /* it reached its bound; something was printed */
};

static void
on_signal(int sig)
{
	caught = sig;
}

/* The next line, without its newline, which the recording must have; false at the end. */
static bool
next_line(struct player *p, const char **line, size_t *len)
{
	static char block[BLOCK_SIZE];
	char *newline;
	ssize_t n;

	while ((newline = memchr(p->text.text + p->at, '\n', p->text.len - p->at)) == NULL) {
		memmove(p->text.text, p->text.text + p->at, p->text.len - p->at);
		p->text.len -= p->at;
		p->at = 0;
		n = read(p->fd, block, sizeof block);
		if (caught != 0 || n == 0 || (n < 0 && errno != EINTR) || p->text.len > PL_JSON_OBJECT_MAX)
			return false;
		if (n > 0)
			pl_buf_bytes(&p->text, block, (size_t)n);
		if (pl_buf_failed(&p->text))
			return false;
	}
	*line = p->text.text + p->at;
	*len = (size_t)(newline - *line);
	p->at += *len + 1;
	return true;
}

/* Not as pl_write_all() does it: on a terminal held by ^S somebody may have enough of waiting. */
static bool
put(struct player *p)
{
	size_t at = 0;
	ssize_t n;

	while (at < p->shown.len && !pl_buf_failed(&p->shown)) {
		n = write(STDOUT_FILENO, p->shown.text + at, p->shown.len - at);
		if (n < 0 && errno == EINTR && caught == 0)
			continue;
		if (n < 0)
			return false;
		at += (size_t)n;
	}
	pl_buf_reset(&p->shown);
	return true;
}

/* Pauses longer than the limit are cut, then all is as many times faster. */
static void
wait_for(struct player *p)
{
	int64_t pause = p->event.at_us > p->last_us ? p->event.at_us - p->last_us : 0, due;
	struct timespec t;

	p->last_us = p->event.at_us;
	if (p->spec->idle_limit > 0 && pause / THOUSAND > p->spec->idle_limit)
		pause = p->spec->idle_limit * THOUSAND;
	p->passed_us += pause;
	due = p->spec->speed > 0 ? (int64_t)((double)p->passed_us * THOUSAND / (double)p->spec->speed) : p->passed_us;
	t.tv_sec = p->began.tv_sec + (time_t)(due / US);
	t.tv_nsec = p->began.tv_nsec + (long)(due % US) * THOUSAND;
	if (t.tv_nsec >= (long)US * THOUSAND) {
		t.tv_nsec -= (long)US * THOUSAND;
		t.tv_sec++;
	}
	while (caught == 0 && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static void
prepare_terminal(struct player *p)
{
	const struct sigaction act = { .sa_handler = on_signal };
	struct termios t;
	size_t i;

	caught = 0;
	for (i = 0; i < SIGNALS; i++) {
		(void)sigaction(ends[i], NULL, &p->before[i]);
		if (p->before[i].sa_handler != SIG_IGN)
			(void)sigaction(ends[i], &act, NULL);
	}
	if (tcgetattr(STDOUT_FILENO, &p->modes) != 0)
		return;
	t = p->modes;
	/* The lines of the recording have gone through a terminal; keys have no meaning, but for that of ^C. */
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON);
	t.c_cc[VSUSP] = _POSIX_VDISABLE;
	(void)tcsetattr(STDOUT_FILENO, TCSANOW, &t);
}

static int
restore_terminal(struct player *p)
{
	int sig = caught;
	size_t i;

	caught = 0;
	pl_buf_reset(&p->shown);
	pl_screen_end(&p->screen, &p->shown);
	(void)put(p);
	/* What was typed meanwhile, or sent by the terminal itself, is no command line. */
	(void)tcsetattr(STDOUT_FILENO, TCSANOW, &p->modes);
	(void)tcflush(STDOUT_FILENO, TCIFLUSH);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(ends[i], &p->before[i], NULL);
	return sig;
}

/* A picture that does not fit looks odd, and that is not the recording's fault. */
static void
note_size(struct player *p, int64_t width, int64_t height)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
	    (width > size.ws_col || height > size.ws_row))
		pl_note(p->ctx, PL_NOTE_WARNING, "the session was in a terminal of %lld columns and %lld lines;"
		    " this one has %d and %d", (long long)width, (long long)height, size.ws_col, size.ws_row);
}

static enum pl_status
play(struct player *p)
{
	enum pl_status st = PL_OK;
	const char *line;
	size_t len;

	(void)clock_gettime(CLOCK_MONOTONIC, &p->began);
	/* What a killed runner has left may end in a torn line, which is no event. */
	while (st == PL_OK && caught == 0 && next_line(p, &line, &len) && pl_cast_event_parse(line, len, &p->event)) {
		p->cut = p->cut || (p->event.kind == 'm' && strcmp(p->event.text.text, PL_RECORDER_CUT) == 0);
		if (p->event.kind != 'o')
			continue;
		p->any = true;
		wait_for(p);
		pl_screen_filter(&p->screen, p->event.text.text, p->event.text.len, &p->shown);
		if (caught == 0 && !put(p) && caught == 0)
			st = pl_fail(p->ctx, PL_ERR_OUTPUT_FAILED, "the output cannot be written: %s", strerror(errno));
	}
	if (pl_buf_failed(&p->text) || pl_buf_failed(&p->shown) || pl_buf_failed(&p->event.text))
		st = pl_fail_memory(p->ctx);
	return st;
}

enum pl_status
pl_player_run(struct pl_ctx *ctx, int fd, const struct pl_replay_spec *spec, int *interrupted)
{
	struct player p = { .ctx = ctx, .spec = spec, .fd = fd };
	int64_t width, height;
	enum pl_status st = PL_OK;
	const char *line;
	size_t len;

	*interrupted = 0;
	pl_buf_init(&p.text);
	pl_buf_init(&p.shown);
	pl_buf_init(&p.event.text);
	if (next_line(&p, &line, &len)) {
		if (pl_cast_header_parse(ctx, line, len, &width, &height) != PL_OK) {
			st = pl_fail(ctx, PL_ERR_RECORDING_CHANGED, "what is kept for execution %s is no recording",
			    spec->identity);
		} else {
			prepare_terminal(&p);
			st = play(&p);
			*interrupted = restore_terminal(&p);
			note_size(&p, width, height);
			if (!p.any && *interrupted == 0)
				pl_note(ctx, PL_NOTE_WARNING, "nothing was shown on a terminal in this session");
		}
	}
	if (p.cut)
		pl_note(ctx, PL_NOTE_WARNING,
		    "the recording ends before the session: it was at its bound (MaxRecordingBytes)");
	pl_buf_clear(&p.text);
	pl_buf_clear(&p.shown);
	pl_buf_clear(&p.event.text);
	return st;
}
