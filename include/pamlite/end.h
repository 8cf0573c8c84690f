/* end.h - how a run ended, and the note that root leaves where the database did not take it */
#ifndef PAMLITE_END_H
#define PAMLITE_END_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/digest.h"

enum pl_end_reason { PL_END_EXITED, PL_END_SIGNALED, PL_END_REVOKED, PL_END_WINDOW, PL_END_STOPPED, PL_END_UNKNOWN };

/* As it is stored: "Exited", "Revoked" and so on. */
const char *pl_end_reason_name(enum pl_end_reason reason);

struct pl_end {
	enum pl_end_reason reason;
	int exit_status;           /* 0..255; -1 = none */
	int signal;                /* 0 = none */
	int64_t at;                /* Unix seconds */
	char recording[PL_DIGEST_LEN + 1];   /* of the recorded session; "" = none */
};

/* PL_LOG_DIR/unrecorded-EXECUTION, and what it holds: one line of text. */
#define PL_END_PREFIX "unrecorded-"
enum { PL_END_TEXT_SIZE = 192 };
void pl_end_path(const char *execution, char out[PL_END_TEXT_SIZE]);
void pl_end_format(const struct pl_end *end, char out[PL_END_TEXT_SIZE]);
bool pl_end_parse(const char *text, struct pl_end *out);

/* The note about that execution, an id. False if there is none, or if it is not root's alone or not of its form. */
bool pl_end_read(const char *execution, struct pl_end *out);

#endif
