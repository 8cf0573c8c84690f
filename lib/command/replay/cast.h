/* cast.h - an asciicast of version 2, line by line */
#ifndef PAMLITE_COMMAND_CAST_H
#define PAMLITE_COMMAND_CAST_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"

struct pl_cast_event {
	int64_t at_us;             /* since the beginning */
	char kind;                 /* o i r m */
	struct pl_buf text;        /* valid UTF-8; the caller initialises and clears it */
};

/* One line, without its newline, as an event. False if it is none: a torn one, or the header. */
bool pl_cast_event_parse(const char *line, size_t len, struct pl_cast_event *out);

/* The size that the header tells of; 0 = none. PL_E_DATA (InvalidJson)  it is no header */
enum pl_status pl_cast_header_parse(struct pl_ctx *ctx, const char *line, size_t len, int64_t *width,
    int64_t *height);

#endif
