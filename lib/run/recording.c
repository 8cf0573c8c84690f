/* recording.c - the recordings of sessions as files: root's alone, named by the run */

#include "pamlite/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "pamlite/recording_path.h"
#include "pamlite/run.h"
#include "pamlite/trusted.h"

#include "run/terminal.h"

static const int64_t most_bytes = (int64_t)16 << 30;

enum { WIDTH = 80, HEIGHT = 24 };

static enum pl_status
fail(struct pl_ctx *ctx, const char *what, const char *why)
{
	return pl_fail(ctx, PL_ERR_RECORDING_FAILED, "the session cannot be recorded, so that nothing is run: %s: %s",
	    what, why);
}

static enum pl_status
open_directory(struct pl_ctx *ctx, int *dir)
{
	enum pl_status st = PL_OK;
	struct pl_buf why;

	pl_buf_init(&why);
	*dir = pl_trusted_open_directory(PL_RECORDINGS_DIR, &why);
	if (*dir < 0) {
		st = fail(ctx, PL_RECORDINGS_DIR, why.len > 0 ? why.text : strerror(errno));
		(void)pl_hint(ctx, "test-elevated-access-installation says what is to be done");
	}
	pl_buf_clear(&why);
	return st;
}

/* Nobody can know it, and two runs never have the same. */
static enum pl_status
create(struct pl_ctx *ctx, struct pl_recording *r, int *fd)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return fail(ctx, "no random number can be had", strerror(errno));
	(void)snprintf(r->name, sizeof(r->name), ".%016" PRIx64 ".new", number);
	*fd = openat(r->dir, r->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
	if (*fd >= 0)
		return PL_OK;
	r->name[0] = '\0';
	return fail(ctx, "a file in " PL_RECORDINGS_DIR, strerror(errno));
}

/* As the caller's terminal has it now; the task's follows it when it is there. */
static void
look_at_size(struct pl_recorder_spec *spec)
{
	struct winsize size = { 0 };
	struct pl_terminal t;

	pl_terminal_open(&t);
	if (t.fd < 0 || ioctl(t.fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
		size = (struct winsize){ .ws_col = WIDTH, .ws_row = HEIGHT };
	pl_terminal_close(&t);
	spec->width = size.ws_col;
	spec->height = size.ws_row;
}

enum pl_status
pl_recording_begin(struct pl_ctx *ctx, const struct pl_recording_spec *spec, struct pl_recording *out)
{
	struct pl_recorder_spec file = { .max = spec->max < most_bytes ? spec->max : most_bytes, .title = spec->title,
		.term = pl_run_term(spec->term), .shell = spec->shell };
	enum pl_status st;

	memset(out, 0, sizeof(*out));
	out->dir = out->recorder.fd = -1;
	pl_buf_init(&out->recorder.line);
	/* What somebody types and sees on another terminal than the task's own would be on no recording. */
	if (pl_terminal_is_foreign())
		return fail(ctx, "standard input, output or error", "a terminal that is not the caller's own");
	st = open_directory(ctx, &out->dir);
	if (st == PL_OK)
		st = create(ctx, out, &file.fd);
	if (st != PL_OK)
		return st;
	look_at_size(&file);
	return pl_recorder_open(&out->recorder, &file) ? PL_OK
	    : fail(ctx, "a file in " PL_RECORDINGS_DIR, strerror(errno));
}

enum pl_status
pl_recording_name(struct pl_ctx *ctx, struct pl_recording *r, const char *execution)
{
	char path[PL_RECORDING_PATH_SIZE];
	const char *name = path + PL_RECORDING_NAME_AT;

	if (!pl_recording_path(execution, path))
		return fail(ctx, execution, "no identity of a run");
	if (renameat2(r->dir, r->name, r->dir, name, RENAME_NOREPLACE) != 0)
		return fail(ctx, name, strerror(errno));
	r->name[0] = '\0';
	pl_recorder_begin(&r->recorder);
	return PL_OK;
}

enum pl_status
pl_recording_end(struct pl_ctx *ctx, struct pl_recording *r, char digest[PL_DIGEST_LEN + 1])
{
	enum pl_status st = PL_OK;

	if (!pl_recorder_end(&r->recorder, digest))
		st = pl_fail(ctx, PL_ERR_RECORDING_FAILED, "the recording could not be written to its end: %s",
		    strerror(r->recorder.error));
	/* A power cut must not take the name of a recording that the record of the run's end speaks of. */
	if (st == PL_OK && r->dir >= 0 && fsync(r->dir) != 0)
		st = pl_fail(ctx, PL_ERR_RECORDING_FAILED, "the name of the recording could not be made durable: %s",
		    strerror(errno));
	if (r->name[0] != '\0')
		(void)unlinkat(r->dir, r->name, 0);
	if (r->dir >= 0)
		close(r->dir);
	r->name[0] = '\0';
	r->dir = -1;
	return st;
}

enum pl_status
pl_recording_open(struct pl_ctx *ctx, const char *execution, int *fd)
{
	char path[PL_RECORDING_PATH_SIZE];
	enum pl_status st = PL_OK;
	struct pl_buf why;

	*fd = -1;
	if (!pl_recording_path(execution, path))
		return pl_fail(ctx, PL_ERR_RECORDING_MISSING, "'%s' is no identity of a run", execution);
	pl_buf_init(&why);
	*fd = pl_trusted_open(path, O_RDONLY, &why);
	if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		st = pl_fail(ctx, PL_ERR_RECORDING_MISSING, "the recording of execution %s is not kept any more",
		    execution);
	else if (*fd < 0)
		st = pl_fail(ctx, PL_ERR_RECORDING_CHANGED,
		    "the recording of execution %s is not what root has written: %s", execution,
		    why.len > 0 ? why.text : strerror(errno));
	pl_buf_clear(&why);
	return st == PL_OK ? st : pl_target(ctx, execution);
}
