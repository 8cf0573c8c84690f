/* definition.h - what a registered task is, as text with a digest */
#ifndef PAMLITE_DEFINITION_H
#define PAMLITE_DEFINITION_H

#include <stdbool.h>

#include "pamlite/buffer.h"
#include "pamlite/digest.h"

/* The parts of a task of Type Task that decide what runs. All borrowed; lists and maps as in list.h. */
struct pl_definition {
	const char *name;                /* Scope\Name */
	const char *path;                /* absolute and canonical */
	const char *called;              /* argv[0], absolute, where it is not the path: NULL = the path */
	const char *arguments;           /* list: argv[1..] with placeholders */
	const char *parameters;          /* map name=TYPE */
	const char *run_as;
	const char *working_directory;   /* NULL = / */
	const char *environment;         /* map NAME=value */
	const char *sha256;              /* of the program, 64 hex digits; NULL = not pinned */
};

/* The canonical text, one "Key value" line each in fixed order, and its digest. */
void pl_definition_format(const struct pl_definition *def, struct pl_buf *out);
bool pl_definition_digest(const struct pl_definition *def, char out[PL_DIGEST_LEN + 1]);

/*
 * Is the definition one that can run: canonical absolute path, well-formed
 * declarations and template, environment names that change no loader or shell?
 * Appends one sentence to `why` if not.
 */
bool pl_definition_check(const struct pl_definition *def, struct pl_buf *why);

#endif
