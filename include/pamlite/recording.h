/* recording.h - the recordings of sessions as files: root's alone, named by the run */
#ifndef PAMLITE_RECORDING_H
#define PAMLITE_RECORDING_H

#include "pamlite/context.h"
#include "pamlite/recorder.h"

/* One in the making. */
struct pl_recording {
	struct pl_recorder recorder;
	int dir;                   /* PL_RECORDINGS_DIR; -1 = none */
	char name[64];             /* of the file there, for the time being; "" = it has its own */
};

struct pl_recording_spec {
	int64_t max;               /* bytes; held between 4 KiB and 16 GiB */
	const char *title;
	const char *term;          /* the caller's, unchecked; NULL = unset */
	const char *shell;
};

/*
 * All that can fail before the run is counted: look whether all that could happen on a terminal would be seen,
 * and write the header into a new file, which removes itself unless it gets a name. The caller ends it, whatever the
 * status.
 *
 * PL_E_RUN (RecordingFailed)
 */
enum pl_status pl_recording_begin(struct pl_ctx *ctx, const struct pl_recording_spec *spec, struct pl_recording *out);

/* It belongs to that run, and its time begins. Another file's name is never taken. PL_E_RUN (RecordingFailed) */
enum pl_status pl_recording_name(struct pl_ctx *ctx, struct pl_recording *r, const char *execution);

/* PL_OK: *digest is that of the file. PL_E_RUN (RecordingFailed): the same, but the file ends before the run. */
enum pl_status pl_recording_end(struct pl_ctx *ctx, struct pl_recording *r, char digest[PL_DIGEST_LEN + 1]);

/*
 * Open that of a run for reading. The name is made from the identity, which has to be one: nothing else of
 * root's can be meant.
 *
 * PL_E_NOT_FOUND (RecordingNotFound)  there is none
 * PL_E_IO (RecordingChanged)          it is not root's alone
 */
enum pl_status pl_recording_open(struct pl_ctx *ctx, const char *execution, int *fd);

#endif
