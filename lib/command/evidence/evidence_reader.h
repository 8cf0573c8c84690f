/* evidence_reader.h - a JSON object of any length, a member or an element of an array at a time */
#ifndef PAMLITE_COMMAND_EVIDENCE_READER_H
#define PAMLITE_COMMAND_EVIDENCE_READER_H

#include <stdbool.h>
#include <stdio.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"

/* `text` is strict JSON (pl_json_check), at most PL_JSON_OBJECT_MAX bytes, and valid until the next call. */
struct reader {
	struct pl_ctx *ctx;
	const char *path;        /* for messages */
	FILE *stream;
	struct pl_buf name;      /* of the member, with its quotes */
	struct pl_buf text;
	bool begun, inside;      /* behind the opening brace; inside an array */
	bool first;              /* of the object or array */
};

enum reader_event {
	READER_VALUE,            /* a member that is no array */
	READER_ARRAY,            /* one that is: its elements follow */
	READER_ELEMENT,
	READER_ARRAY_END,
	READER_END,              /* of the object, with nothing behind it */
	READER_FAILED,           /* noted in ctx: InvalidJson, InvalidInputObject (too long), InputFailed */
};

/* `stream` is not closed. */
void reader_init(struct reader *r, struct pl_ctx *ctx, const char *path, FILE *stream);
enum reader_event reader_next(struct reader *r);
void reader_clear(struct reader *r);

#endif
