/* trusted.h - files that nobody but root can have put there or changed */
#ifndef PAMLITE_TRUSTED_H
#define PAMLITE_TRUSTED_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "pamlite/buffer.h"

/*
 * Open a file by an absolute canonical path, one component after the other, without
 * following links of any kind. Every directory and the file must belong to root
 * and be writable by nobody else; the file must be a regular one with one name.
 * `flags` as for open(2), O_PATH among them; O_CLOEXEC, O_NOCTTY and O_NONBLOCK are added.
 *
 * Returns the descriptor (never 0, 1 or 2), or -1 with errno: ENOENT or ENOTDIR if it does
 * not exist, EPERM with a sentence appended to `why` if it is not trusted, else what the
 * kernel said.
 */
int pl_trusted_open(const char *path, int flags, struct pl_buf *why);

/*
 * Follow a path as the kernel would, links and all: everything on the way, and what it leads to,
 * must be root's and writable by nobody else. *out is then where it leads, without links.
 * False with errno as above: EPERM with a sentence appended to `why` if it is not trusted.
 */
bool pl_trusted_way(const char *path, char out[PATH_MAX], struct pl_buf *why);

/* The same as pl_trusted_open() for a directory (O_DIRECTORY | O_RDONLY). */
int pl_trusted_open_directory(const char *path, struct pl_buf *why);

#endif
