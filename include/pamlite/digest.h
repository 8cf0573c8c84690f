/* digest.h - SHA-256 by nettle */
#ifndef PAMLITE_DIGEST_H
#define PAMLITE_DIGEST_H

#include <stddef.h>

#include <nettle/sha2.h>

#include "pamlite/status.h"

enum { PL_DIGEST_LEN = 64 };   /* in hexadecimal */

struct pl_digest {
	struct sha256_ctx sha256;
};

void pl_digest_start(struct pl_digest *d);
void pl_digest_add(struct pl_digest *d, const void *p, size_t len);
void pl_digest_text(struct pl_digest *d, const char *s);           /* NULL adds nothing */
void pl_digest_end(struct pl_digest *d, char out[PL_DIGEST_LEN + 1]); /* lower-case hex; ready for a new text */

/* The digest of what can be read from `fd`, from its beginning. PL_E_IO with errno set. */
enum pl_status pl_digest_fd(int fd, char out[PL_DIGEST_LEN + 1]);

#endif
