/* notify_transport.c - tests of the program that takes a notification: what it is given, how it ends, and when */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "notify/transport.h"

#include "unit.h"

static struct pl_buf message, why;

/* A shell as the program; it and its words are the test's. */
static bool
run(int limit_ms, const char *script)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };

	pl_buf_reset(&why);
	return pl_transport_run(limit_ms, argv, &message, &why) == PL_TAKEN;
}

static void
test_given(void)
{
	int secret = open("/", O_RDONLY);

	pl_buf_text(&message, "the message\n");
	CHECK(setenv("EVIL", "x", 1) == 0);
	CHECK(run(10000, "[ \"$(cat)\" = 'the message' ]"));
	CHECK(run(10000, "[ \"$(tr '\\0' ' ' </proc/$$/environ)\" ="
	    " 'PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 ' ]"));
	CHECK(run(10000, "[ \"$(pwd)\" = / ]"));
	CHECK(run(10000, "for i in 3 4 5 6 7 8 9 10 11 12; do [ ! -e /proc/$$/fd/$i ] || exit 1; done"));
	/* A session of its own, so that no terminal is its to write to. */
	CHECK(run(10000, "set -- $(cat /proc/$$/stat); [ $5 = $$ ] && [ $6 = $$ ]"));
	CHECK_STR(why.text, "");
	close(secret);
}

static void
test_signals(void)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	/* The two above 31 are the C library's own. */
	CHECK(run(10000, "set -- $(grep -E '^Sig(Blk|Ign)' /proc/$$/status); [ $((0x$2)) = 0 ] &&"
	    " [ $((0x$4 & 0x7fffffff)) = 0 ]"));
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static void
test_ends(void)
{
	static const struct {
		const char *script, *why;
	} cases[] = {
		{ "exit 75", "/bin/sh ended with status 75" },
		{ "echo no such user >&2; exit 67", "/bin/sh ended with status 67: no such user" },
		{ "printf 'a\\nb\\033[31m\\n\\n'; exit 1", "/bin/sh ended with status 1: a b\\u{1b}[31m" },
		{ "kill -9 $$", "/bin/sh was killed by signal 9" },
	};
	const char *const none[] = { "/nonexistent/mail", NULL };
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CHECK(!run(10000, cases[i].script));
		CHECK_STR(why.text, cases[i].why);
	}
	pl_buf_reset(&why);
	CHECK_INT(pl_transport_run(1000, none, &message, &why), PL_NOT_TAKEN);
	CHECK_STR(why.text, "/nonexistent/mail cannot be started: No such file or directory");
	/* More than a pipe holds; of it a part is kept. */
	CHECK(!run(10000, "yes word | head -c 300000; exit 1"));
	CHECK(why.len > 300 && why.len < 500);
}

static double
seconds_of(int limit_ms, const char *script, bool *sent)
{
	struct timespec a, b;

	clock_gettime(CLOCK_MONOTONIC, &a);
	*sent = run(limit_ms, script);
	clock_gettime(CLOCK_MONOTONIC, &b);
	return (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
}

static void
test_deadline(void)
{
	char dir[] = "/tmp/pam-lite-notify.XXXXXX", script[128], pid[32] = "";
	ssize_t n;
	bool sent;
	int fd;

	if (mkdtemp(dir) == NULL) {
		CHECK(false);
		return;
	}
	/* The whole group goes, also what has closed its output and ignores whatever can be. */
	(void)snprintf(script, sizeof script, "trap '' TERM HUP; sleep 100 >/dev/null & echo $! >%s/pid; wait", dir);
	CHECK(seconds_of(500, script, &sent) < 20 && !sent);
	CHECK_STR(why.text, "/bin/sh had not ended after 0 seconds and was killed");
	(void)snprintf(script, sizeof script, "%s/pid", dir);
	fd = open(script, O_RDONLY);
	n = read(fd, pid, sizeof pid - 1);
	CHECK(n > 0);
	for (int i = 0; i < 500 && kill((pid_t)strtol(pid, NULL, 10), 0) == 0; i++)
		(void)usleep(10000);
	CHECK(kill((pid_t)strtol(pid, NULL, 10), 0) != 0 && errno == ESRCH);
	close(fd);
	(void)unlink(script);
	(void)rmdir(dir);
	/* What a mail program leaves behind goes on, and nobody waits for it. */
	CHECK(seconds_of(30000, "sleep 20 & exit 0", &sent) < 15 && sent);
	CHECK(seconds_of(30000, "sleep 20 & exit 1", &sent) < 15 && !sent);
}

int
main(void)
{
	pl_buf_init(&message);
	pl_buf_init(&why);
	test_given();
	test_signals();
	test_ends();
	test_deadline();
	pl_buf_clear(&message);
	pl_buf_clear(&why);
	return unit_end();
}
