/* write.h - all of a text to a descriptor */
#ifndef PAMLITE_WRITE_H
#define PAMLITE_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/* However often it takes, and however long where the descriptor does not block. False with errno: not all of it. */
bool pl_write_all(int fd, const char *text, size_t len);

#endif
