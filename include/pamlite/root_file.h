/* root_file.h - files that root alone writes, and everybody may believe */
#ifndef PAMLITE_ROOT_FILE_H
#define PAMLITE_ROOT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/buffer.h"

/*
 * As root, in a directory that is open and whose lock is held: the file is written beside and renamed
 * (root:root, 0644), or removed (none is fine too), whole or not at all and durable on return. False with errno.
 */
bool pl_root_file_put(int directory, const char *name, const char *text, size_t len);
bool pl_root_file_remove(int directory, const char *name);

/*
 * A setting of the host: a file that holds one line. No file is an empty value, and an empty value
 * is no file. It is read by whoever uses it, trusted as trusted.h says.
 *
 * Reading is false with errno: EPERM with a sentence appended to `why` where it is not trusted, EINVAL with one
 * where it is not one line of UTF-8 of at most PL_PATH_MAX bytes, else what the kernel said.
 */
bool pl_root_setting_read(const char *path, struct pl_buf *out, struct pl_buf *why);
bool pl_root_setting_write(int directory, const char *name, const char *value);

#endif
