/* task_directory.h - the directory of task files, as root changes it */
#ifndef PAMLITE_COMMAND_TASK_DIRECTORY_H
#define PAMLITE_COMMAND_TASK_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/digest.h"
#include "pamlite/task_file.h"

enum { PL_TASK_VERSION_LEN = 16 };

/*
 * Put the file there whole, or not at all, under the lock (root_directory.h); it is on the disk on return. *existed:
 * there was one of that name, whose content then was the same or broken, since the name holds its digest.
 */
enum pl_status pl_task_directory_put(struct pl_ctx *ctx, int fd, const char *file, const struct pl_buf *text,
    bool *existed);

/*
 * The digest in the name of the task's file, of which the version is the beginning.
 * PL_E_NOT_EXECUTABLE (TaskFileMissing)
 */
enum pl_status pl_task_directory_find(struct pl_ctx *ctx, int fd, const char *task, const char *version,
    char digest[PL_DIGEST_LEN + 1]);

/*
 * What the database says is registered, lines "Scope\Name" TAB "Version" LF, to a list of references.
 * False if a line is anything else: then nothing may be concluded from the answer. A pure function.
 */
bool pl_task_references_parse(const char *answer, struct pl_buf *out);
/* A pure function, too. */
bool pl_task_references_have(const char *references, const char *file);

/* Remove the task files that nothing refers to; what is not named as one is left alone. False with errno. */
bool pl_task_directory_sweep(int fd, const char *references);

#endif
