/* recorder.h - what happens on a pseudo-terminal, written down as an asciicast of version 2 */
#ifndef PAMLITE_RECORDER_H
#define PAMLITE_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamlite/buffer.h"
#include "pamlite/digest.h"

enum { PL_RECORDER_CHUNK = 16384, PL_RECORDER_MIN = 4096 };

/* The text of the last event of a recording that has reached its bound. */
#define PL_RECORDER_CUT "cut: MaxRecordingBytes is reached"

/* The end of what was read last, where it is the beginning of a character. */
struct pl_recorder_rest {
	char bytes[4];
	size_t len;
};

struct pl_recorder {
	int fd;                    /* -1 = none */
	int64_t max, written;      /* bytes */
	int64_t began_us;
	unsigned int width, height;
	bool cut;                  /* at `max`: nothing more is written */
	int error;                 /* errno: it cannot be written any more; 0 = it can */
	struct pl_digest digest;   /* of what is written */
	struct pl_recorder_rest in, out;
	struct pl_buf line;
	char chunk[PL_RECORDER_CHUNK + 4];
};

struct pl_recorder_spec {
	int fd;                    /* open for writing and empty; the recorder's from now on */
	int64_t max;               /* bytes, at least PL_RECORDER_MIN */
	unsigned int width, height;
	const char *title, *term, *shell;
};

/*
 * Begin, with the header. Then each event is one line and one write: what is killed, or has no room on the disk
 * any more, leaves whole lines behind, but for a torn last one where a kill has met a write. Lines are valid JSON in
 * valid UTF-8 whatever the bytes were; a character that is not whole yet waits for its rest.
 * After an error, and after the cut, events do nothing.
 *
 * False with errno, as in r->error: it cannot be written.
 */
bool pl_recorder_open(struct pl_recorder *r, const struct pl_recorder_spec *spec);

/* From here on time counts. */
void pl_recorder_begin(struct pl_recorder *r);

void pl_recorder_output(struct pl_recorder *r, const char *bytes, size_t len);
void pl_recorder_input(struct pl_recorder *r, const char *bytes, size_t len);
/* Nothing if it has that size. */
void pl_recorder_resize(struct pl_recorder *r, unsigned int width, unsigned int height);

/* Sync and close. The digest is that of the file, as far as it was written. False: see r->error. */
bool pl_recorder_end(struct pl_recorder *r, char digest[PL_DIGEST_LEN + 1]);

#endif
