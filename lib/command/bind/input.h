/* input.h - objects on a stream, one at a time, never the whole */
#ifndef PAMLITE_COMMAND_INPUT_H
#define PAMLITE_COMMAND_INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"

#include "bind.h"

/*
 * The first character that is not blank decides what the stream is: [ an array,
 * { objects one after the other, anything else a plain value on each line.
 */
enum { PL_INPUT_BEGIN = 256 };   /* of a line that is too long, what is kept */
enum pl_input_mode { PL_INPUT_UNKNOWN, PL_INPUT_ARRAY, PL_INPUT_OBJECTS, PL_INPUT_LINES };

/* What ends a JSON value: braces outside of strings. */
struct pl_input_scan {
	size_t depth;
	bool string, escape;
};

struct pl_input {
	const struct pl_ctx *ctx;
	int fd;
	char *block;                 /* as read */
	size_t block_at, block_len;
	bool ended;
	int error;                   /* errno of a failed read; 0 = none */
	enum pl_input_mode mode;
	struct pl_buf text;          /* lines that were read and not yet given out, or the array's element */
	size_t at;                   /* where in `text` the next line begins */
	size_t number;               /* of the line at `at`, or of the last element; from 1 */
	bool overlong;               /* the line at the end of `text` was too long: this is its beginning */
	bool skipping;               /* after a bad object: up to a line that begins with { */
	bool closed;                 /* the array's end was seen */
	struct pl_input_scan scan;
};

enum pl_input_result {
	PL_INPUT_END,
	PL_INPUT_OBJECT,     /* text, len: one strict JSON value */
	PL_INPUT_VALUE,      /* text: a plain value, ended by NUL */
	PL_INPUT_BAD,        /* not an object; noted in ctx. What follows can be read. text: how a line began */
	PL_INPUT_FAILED,     /* the stream cannot be read further; noted in ctx */
};

struct pl_input_item {
	const char *text;      /* borrowed until the next one is read */
	size_t len;
	const char *unit;      /* "line" or "object" */
	size_t number;
};

enum pl_status pl_input_open(struct pl_ctx *ctx, struct pl_input *in, int fd);
enum pl_input_result pl_input_next(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item);
void pl_input_close(struct pl_input *in);

/* For the parts of the reader. */
int pl_input_peek(struct pl_input *in);            /* the next byte; -1 at the end */
void pl_input_step(struct pl_input_scan *scan, char c);
enum pl_input_result pl_input_bad(struct pl_ctx *ctx, const char *why);
enum pl_input_result pl_input_next_element(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item);
enum pl_input_result pl_input_next_object(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item);
enum pl_input_result pl_input_next_line(struct pl_ctx *ctx, struct pl_input *in, struct pl_input_item *item);

/*
 * Bind an object's members, or one plain value, to parameters that take them
 * and that the command line has not given.
 *
 * PL_E_DATA  not JSON, without the mandatory value, or with one that the parameter cannot take
 */
enum pl_status pl_object_bind(struct pl_ctx *ctx, const struct pl_binding *b, const struct pl_input_item *item,
    void *args);
enum pl_status pl_value_bind(struct pl_ctx *ctx, const struct pl_binding *b, const char *value, void *args);

#endif
