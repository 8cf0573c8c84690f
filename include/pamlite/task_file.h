/* task_file.h - a task as root keeps it: one file in tasks.d that says what runs */
#ifndef PAMLITE_TASK_FILE_H
#define PAMLITE_TASK_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/definition.h"
#include "pamlite/digest.h"
#include "pamlite/name.h"

/* Of the file in bytes: a definition whose text is longer cannot be registered. Of its name: the file system's. */
enum { PL_TASK_FILE_MAX = 256 << 10, PL_TASK_FILE_NAME_MAX = 255 };

/* A definition that owns its text. */
struct pl_task_file {
	struct pl_definition definition;      /* points into `memory` */
	char digest[PL_DIGEST_LEN + 1];       /* of the text */
	char *memory;
};

/*
 * The file's text to a definition: exactly what pl_definition_format() writes of a
 * definition that passes pl_definition_check(), byte for byte, and nothing else. A pure
 * function of its input, linear in its length. Appends one sentence to `why` if it
 * is not. Lists and maps that are absent are "". *out is initialised whatever comes of it; the
 * caller clears it.
 */
bool pl_task_file_parse(const char *text, size_t len, struct pl_task_file *out, struct pl_buf *why);
void pl_task_file_clear(struct pl_task_file *f);

/*
 * The file's name: scope and name in lower case with a dot between them, a dot, the digest,
 * ".task". False if one of the two is not of its form, or the name becomes too long for a file's.
 */
bool pl_task_file_name(const char *task, const char *digest, char out[PL_TASK_FILE_NAME_MAX + 1]);
/* The other way round: is it the name of a file of this task (NULL = of any), and of which digest? */
bool pl_task_file_name_parse(const char *file, const char *task, char digest[PL_DIGEST_LEN + 1]);

/*
 * Read the file of that task and digest from PL_TASKS_DIR. It and every directory on
 * the way must be trusted (trusted.h), and its name, its digest and the task that it defines
 * must agree. The caller clears *out.
 *
 * PL_E_NOT_FOUND (TaskFileMissing)   there is none: the database does not fit what root keeps
 * PL_E_CONFIG (TaskFileRefused)           owner, mode, links, content
 */
enum pl_status pl_task_file_read(struct pl_ctx *ctx, const char *task, const char *digest, struct pl_task_file *out);

#endif
