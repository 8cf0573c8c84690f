/* core_digest.c - tests of SHA-256 over texts and files */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "pamlite/digest.h"

#include "unit.h"

/* FIPS 180-4 examples. */
#define OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define OF_ABC     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_MILLION "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

static void
test_text(void)
{
	char out[PL_DIGEST_LEN + 1];
	struct pl_digest d;

	pl_digest_start(&d);
	pl_digest_text(&d, NULL);
	pl_digest_add(&d, NULL, 0);
	pl_digest_end(&d, out);
	CHECK_STR(out, OF_NOTHING);
	/* Ready for a new text. */
	pl_digest_text(&d, "a");
	pl_digest_add(&d, "bc", 2);
	pl_digest_end(&d, out);
	CHECK_STR(out, OF_ABC);
}

static void
test_file(void)
{
	char path[] = "/tmp/core_digest.XXXXXX", block[1000], out[PL_DIGEST_LEN + 1];
	int fd, pipes[2];

	fd = mkstemp(path);
	CHECK(fd >= 0);
	unlink(path);
	CHECK_INT(pl_digest_fd(fd, out), PL_OK);
	CHECK_STR(out, OF_NOTHING);
	memset(block, 'a', sizeof(block));
	for (int i = 0; i < 1000; i++)
		CHECK(write(fd, block, sizeof(block)) == (ssize_t)sizeof(block));
	CHECK_INT(pl_digest_fd(fd, out), PL_OK);
	CHECK_STR(out, OF_MILLION);
	/* The position is nobody's business. */
	CHECK_INT(lseek(fd, 0, SEEK_CUR), 1000000);
	CHECK_INT(pl_digest_fd(fd, out), PL_OK);
	CHECK_STR(out, OF_MILLION);
	close(fd);
	errno = 0;
	CHECK_INT(pl_digest_fd(-1, out), PL_E_IO);
	CHECK_INT(errno, EBADF);
	CHECK_STR(out, "");
	CHECK(pipe(pipes) == 0);
	CHECK_INT(pl_digest_fd(pipes[0], out), PL_E_IO);
	CHECK_INT(errno, ESPIPE);
	close(pipes[0]);
	close(pipes[1]);
}

int
main(void)
{
	test_text();
	test_file();
	return unit_end();
}
