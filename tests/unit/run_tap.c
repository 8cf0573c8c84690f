/* run_tap.c - tests of the taps: all bytes pass, are counted, and end as through a pipe */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/tap.h"

#include "unit.h"

enum { SIZE = 300000, WAIT_MS = 5000 };

static struct pl_run_account own;
static struct pl_taps taps;
static struct pl_run_result result;
static char bytes[SIZE], copy[SIZE + 1];
static int kept[2];

static void
pause_ms(int ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* 0 and 1 are these from now on; closed here. */
static void
become(int in, int out)
{
	if (in >= 0 && in != 0) {
		dup2(in, 0);
		close(in);
	}
	if (out >= 0 && out != 1) {
		fflush(stdout);
		dup2(out, 1);
		close(out);
	}
}

static void
be_ourselves(void)
{
	dup2(kept[0], 0);
	dup2(kept[1], 1);
}

static int
is_done(void)
{
	int i;

	for (i = 0; i < WAIT_MS / 5 && !pl_taps_are_done(&taps); i++)
		pause_ms(5);
	return pl_taps_are_done(&taps);
}

static ssize_t
read_all(int fd)
{
	ssize_t n, at = 0;

	while (at < SIZE && (n = read(fd, copy + at, (size_t)(SIZE - at))) > 0)
		at += n;
	return at;
}

static void
write_all(int fd, size_t len)
{
	size_t at = 0;
	ssize_t n;

	while (at < len && (n = write(fd, bytes + at, len - at)) > 0)
		at += (size_t)n;
	CHECK_INT(at, len);
}

static void
check_count(const struct pl_run_count *c, const void *of, size_t len)
{
	char digest[PL_DIGEST_LEN + 1];
	struct pl_digest d;

	pl_digest_start(&d);
	pl_digest_add(&d, of, len);
	pl_digest_end(&d, digest);
	CHECK_INT(c->bytes, len);
	CHECK_STR(c->sha256, digest);
}

/* An input that goes to its end, from a file, a pipe and a socket. */
static void
test_input(void)
{
	int fd[2], kind;
	pid_t writer;

	for (kind = 0; kind < 3; kind++) {
		if (kind == 0) {
			fd[0] = memfd_create("in", 0);
			write_all(fd[0], SIZE);
			lseek(fd[0], 0, SEEK_SET);
		} else {
			CHECK((kind == 1 ? pipe(fd) : socketpair(AF_UNIX, SOCK_STREAM, 0, fd)) == 0);
			writer = fork();
			if (writer == 0) {
				close(fd[0]);
				write_all(fd[1], SIZE);
				_exit(0);
			}
			close(fd[1]);
		}
		become(fd[0], -1);
		CHECK(pl_taps_open(&taps, 2, &own));
		CHECK_INT(read_all(taps.tap[0].end), SIZE);
		CHECK(memcmp(bytes, copy, SIZE) == 0);
		CHECK_INT(read(taps.tap[0].end, copy, 1), 0);
		pl_taps_close_ends(&taps);
		pl_taps_finish(&taps);
		CHECK(is_done());
		pl_taps_close(&taps, &result);
		be_ourselves();
		check_count(&result.in, bytes, SIZE);
		CHECK_INT(result.out.bytes, PL_NULL);
		CHECK_STR(result.out.sha256, "");
	}
	while (wait(NULL) > 0)
		;
}

/* What the task has not read of a file is there for whoever reads on, also when its end was reached. */
static void
test_give_back(void)
{
	static const size_t sizes[] = { 100, SIZE };
	size_t i;
	int fd;

	for (i = 0; i < 2; i++) {
		fd = memfd_create("in", 0);
		write_all(fd, sizes[i]);
		lseek(fd, 7, SEEK_SET);
		become(fd, -1);
		CHECK(pl_taps_open(&taps, 2, &own));
		CHECK_INT(read(taps.tap[0].end, copy, 11), 11);
		pause_ms(50);
		pl_taps_close_ends(&taps);
		pl_taps_finish(&taps);
		CHECK(is_done());
		pl_taps_close(&taps, &result);
		CHECK_INT(lseek(0, 0, SEEK_CUR), 18);
		be_ourselves();
	}
}

static void
test_output(void)
{
	int fd = memfd_create("out", 0), flags;

	become(-1, fd);
	flags = fcntl(1, F_GETFL);
	CHECK(pl_taps_open(&taps, 1, &own));
	write_all(taps.tap[1].end, SIZE);
	pl_taps_close_ends(&taps);
	CHECK(is_done());
	pl_taps_close(&taps, &result);
	CHECK_INT(fcntl(1, F_GETFL), flags);
	CHECK_INT(pread(1, copy, SIZE + 1, 0), SIZE);
	be_ourselves();
	CHECK(memcmp(bytes, copy, SIZE) == 0);
	check_count(&result.out, bytes, SIZE);
	CHECK_INT(result.in.bytes, PL_NULL);
}

/* Somebody else still has the task's end: what is in the pipe passes, and no more is waited for. */
static void
test_left_behind(void)
{
	int fd = memfd_create("out", 0), other;

	become(-1, fd);
	CHECK(pl_taps_open(&taps, 1, &own));
	other = dup(taps.tap[1].end);
	write_all(taps.tap[1].end, 1000);
	pl_taps_close_ends(&taps);
	CHECK(!pl_taps_are_done(&taps));
	pl_taps_finish(&taps);
	CHECK(is_done());
	pl_taps_close(&taps, &result);
	be_ourselves();
	check_count(&result.out, bytes, 1000);
	CHECK_INT(write(other, "x", 1), -1);
	CHECK_INT(errno, EPIPE);
	close(other);
}

/* A reader that goes away is told to the task by its next write, also while nothing is written. */
static void
test_no_reader(void)
{
	int fd[2];

	CHECK(pipe(fd) == 0);
	become(-1, fd[1]);
	CHECK(pl_taps_open(&taps, 1, &own));
	close(fd[0]);
	CHECK(is_done());
	CHECK_INT(write(taps.tap[1].end, "x", 1), -1);
	CHECK_INT(errno, EPIPE);
	pl_taps_close(&taps, &result);
	be_ourselves();
	CHECK_INT(result.out.error, 0);
	CHECK_INT(result.out.bytes, 0);
}

/* Nobody reads, nobody has finished: the close does not wait, and what was taken is counted. */
static void
test_stuck(void)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };

	CHECK(pipe(in) == 0 && pipe(out) == 0);
	become(in[0], out[1]);
	CHECK(pl_taps_open(&taps, 0, &own));
	fcntl(taps.tap[1].end, F_SETFL, O_NONBLOCK);
	while (write(taps.tap[1].end, bytes, 1000) > 0)
		pause_ms(1);
	pl_taps_close(&taps, &result);
	be_ourselves();
	close(in[1]);
	close(out[0]);
	CHECK(result.out.bytes > 60000);
	check_count(&result.in, "", 0);
}

static void
test_full(void)
{
	int fd = open("/dev/full", O_WRONLY);

	become(-1, fd);
	CHECK(pl_taps_open(&taps, 1, &own));
	write_all(taps.tap[1].end, 10);
	CHECK(is_done());
	pl_taps_close(&taps, &result);
	be_ourselves();
	CHECK_INT(result.out.error, ENOSPC);
	CHECK_INT(result.out.bytes, 10);
}

int
main(void)
{
	static gid_t groups[1];
	size_t i;

	own = (struct pl_run_account){ .uid = geteuid(), .gid = getegid(), .groups = groups, .group_count = 1 };
	groups[0] = own.gid;
	if (own.uid != 0) {
		printf("SKIP needs root\n");
		return unit_end();
	}
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < SIZE; i++)
		bytes[i] = (char)(i * 7 + i / 256);
	kept[0] = fcntl(0, F_DUPFD_CLOEXEC, 10);
	kept[1] = fcntl(1, F_DUPFD_CLOEXEC, 10);
	test_input();
	test_give_back();
	test_output();
	test_left_behind();
	test_no_reader();
	test_stuck();
	test_full();
	return unit_end();
}
