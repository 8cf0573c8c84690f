/* digest.c - SHA-256 by nettle */

#include "pamlite/digest.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { BLOCK_SIZE = 32768 };

void
pl_digest_start(struct pl_digest *d)
{
	sha256_init(&d->sha256);
}

void
pl_digest_add(struct pl_digest *d, const void *p, size_t len)
{
	if (len > 0)
		sha256_update(&d->sha256, len, p);
}

void
pl_digest_text(struct pl_digest *d, const char *s)
{
	if (s != NULL)
		pl_digest_add(d, s, strlen(s));
}

void
pl_digest_end(struct pl_digest *d, char out[PL_DIGEST_LEN + 1])
{
	static const char hex[] = "0123456789abcdef";
	uint8_t raw[SHA256_DIGEST_SIZE];

	sha256_digest(&d->sha256, sizeof(raw), raw);
	for (size_t i = 0; i < sizeof(raw); i++) {
		out[2 * i] = hex[raw[i] >> 4];
		out[2 * i + 1] = hex[raw[i] & 15];
	}
	out[PL_DIGEST_LEN] = '\0';
}

enum pl_status
pl_digest_fd(int fd, char out[PL_DIGEST_LEN + 1])
{
	unsigned char block[BLOCK_SIZE];
	struct pl_digest d;
	off_t at = 0;
	ssize_t n;

	out[0] = '\0';
	pl_digest_start(&d);
	/* By position, so that a descriptor that somebody else reads too is not moved. */
	for (;;) {
		n = pread(fd, block, sizeof(block), at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return PL_E_IO;
		if (n == 0)
			break;
		pl_digest_add(&d, block, (size_t)n);
		at += n;
	}
	pl_digest_end(&d, out);
	return PL_OK;
}
