/* run.c - run one program from its start to its end and say how it ended */

#include "pamlite/run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "run/child.h"
#include "run/relay.h"
#include "run/signals.h"
#include "run/tap.h"
#include "run/terminal.h"
#include "run/watch.h"

/*
 * The task must find three open descriptors, or the first file that it opens
 * becomes its standard output; and ours must not land there. *filled has a bit each.
 */
static bool
fill_standard_descriptors(unsigned int *filled)
{
	int fd;

	*filled = 0;
	for (;;) {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return false;
		if (fd > STDERR_FILENO)
			break;
		*filled |= 1U << fd;
		/* The task keeps this one. */
		if (fcntl(fd, F_SETFD, 0) != 0)
			return false;
	}
	close(fd);
	return true;
}

static void
empty_standard_descriptors(unsigned int filled)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if ((filled & 1U << fd) != 0)
			close(fd);
}

static void
tell(const struct pl_watch *w, struct pl_run_result *out)
{
	bool exited = w->end.si_code == CLD_EXITED;

	out->exit_status = exited ? w->end.si_status : -1;
	out->signal = exited ? 0 : w->end.si_status;
	out->ended_at = w->ended_at;
	switch (w->verdict) {
	case PL_RUN_GO_ON:
		out->reason = exited ? PL_END_EXITED : PL_END_SIGNALED;
		break;
	case PL_RUN_REVOKED:
		out->reason = PL_END_REVOKED;
		break;
	case PL_RUN_STOPPED:
		out->reason = PL_END_STOPPED;
		break;
	case PL_RUN_WINDOW_OVER:
		out->reason = PL_END_WINDOW;
		break;
	}
}

/* The monitor is gone, and with it how the task has ended. */
static void
tell_unknown(const struct pl_watch *w, struct pl_run_result *out)
{
	tell(w, out);
	if (w->verdict == PL_RUN_GO_ON)
		out->reason = PL_END_UNKNOWN;
	out->exit_status = -1;
	out->signal = 0;
}

static enum pl_status
run_watched(struct pl_ctx *ctx, struct pl_watch *watch, struct pl_run_result *out)
{
	const struct pl_run_spec *spec = watch->spec;
	const struct pl_streams streams = { watch->terminal, watch->relay, watch->taps };
	struct pl_child child;
	enum pl_status st;

	watch->child = &child;
	st = pl_child_start(ctx, spec, &streams, &child);
	if (st == PL_OK && pl_watch_run(watch))
		tell(watch, out);
	else if (st == PL_OK && spec->account != NULL)
		tell_unknown(watch, out);
	else if (st == PL_OK)
		st = pl_fail(ctx, PL_ERR_RUN_FAILED, "the end of %s cannot be seen: %s", spec->program->path,
		    strerror(errno));
	if (st == PL_OK)
		pl_child_take(&child);
	pl_child_reap(&child);
	watch->child = NULL;
	return st;
}

/* With what does not go through a terminal counted, where the run is recorded. */
static enum pl_status
run_counted(struct pl_ctx *ctx, struct pl_watch *watch, struct pl_run_result *out)
{
	struct pl_taps taps;
	enum pl_status st;

	if (watch->spec->recorder == NULL)
		return run_watched(ctx, watch, out);
	watch->taps = &taps;
	if (pl_taps_open(&taps, watch->terminal->standard, watch->spec->account))
		st = run_watched(ctx, watch, out);
	else
		st = pl_fail(ctx, PL_ERR_RUN_FAILED, "pipes cannot be had: %s", strerror(errno));
	pl_taps_close(&taps, out);
	watch->taps = NULL;
	return st;
}

static enum pl_status
run_on_terminal(struct pl_ctx *ctx, struct pl_watch *watch, struct pl_run_result *out)
{
	struct pl_terminal terminal;
	struct pl_relay relay;
	enum pl_status st;

	pl_terminal_open(&terminal);
	watch->terminal = &terminal;
	if (watch->spec->account == NULL || terminal.standard == 0) {
		st = run_counted(ctx, watch, out);
	} else if (!pl_relay_open(&relay, &terminal, watch->spec)) {
		st = pl_fail(ctx, PL_ERR_RUN_FAILED, "a pseudo-terminal cannot be had: %s", strerror(errno));
	} else {
		watch->relay = &relay;
		st = run_counted(ctx, watch, out);
		pl_relay_close(&relay);
	}
	pl_terminal_close(&terminal);
	watch->terminal = NULL;
	watch->relay = NULL;
	return st;
}

static enum pl_status
run_caught(struct pl_ctx *ctx, const struct pl_run_spec *spec, const struct pl_signals *signals,
    struct pl_run_result *out)
{
	struct pl_watch watch = { .spec = spec, .signals = signals, .front = -1 };
	enum pl_status st;

	if (spec->front != 0)
		watch.front = spec->front_fd;
	st = run_on_terminal(ctx, &watch, out);
	return st;
}

enum pl_status
pl_run(struct pl_ctx *ctx, const struct pl_run_spec *spec, struct pl_run_result *out)
{
	struct pl_signals signals;
	unsigned int filled;
	enum pl_status st;

	*out = (struct pl_run_result){ .reason = PL_END_EXITED, .exit_status = -1, .in = { .bytes = PL_NULL },
		.out = { .bytes = PL_NULL } };
	if (!fill_standard_descriptors(&filled)) {
		st = pl_fail(ctx, PL_ERR_RUN_FAILED, "/dev/null cannot be opened: %s", strerror(errno));
	} else if (!pl_signals_catch(&signals)) {
		st = pl_fail(ctx, PL_ERR_RUN_FAILED, "signals cannot be watched: %s", strerror(errno));
	} else {
		/* nohup and & of a script hold for the task too; but nobody makes it deaf to whoever ends it. */
		if (spec->account != NULL)
			sigdelset(&signals.ignored, SIGTERM);
		st = run_caught(ctx, spec, &signals, out);
		pl_signals_release(&signals);
	}
	empty_standard_descriptors(filled);
	return st;
}
