/* uuid.h - random identities */
#ifndef PAMLITE_UUID_H
#define PAMLITE_UUID_H

#include <stdbool.h>

enum { PL_ID_LEN = 36 };

/* A random version-4 UUID in lower case (libuuid). Ids are labels, never rights. */
void pl_uuid_make(char out[PL_ID_LEN + 1]);

/* Is `s` a UUID in text form, in either case? */
bool pl_uuid_is_valid(const char *s);

#endif
