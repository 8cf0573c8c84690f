/* core_process.c - tests of processes that are known again: alive, gone, a zombie, another of the same number */

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/process.h"

#include "unit.h"

/* What stands between the state and the start: fields 4 to 21. */
#define BETWEEN " 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0"

static const struct {
	const char *stat;
	char state;
	uint64_t started;          /* 0: not of that form */
} cases[] = {
	{ "1 (bash) S" BETWEEN " 12345 5 6", 'S', 12345 },
	{ "1 (bash) Z" BETWEEN " 12345\n", 'Z', 12345 },
	{ "1 (bash) R" BETWEEN " 12345", 'R', 12345 },
	{ "1 (a) Z" BETWEEN " 1) S" BETWEEN " 7 8", 'S', 7 },
	{ "1 (a b\n(c)) S" BETWEEN " 18446744073709551615 8", 'S', UINT64_MAX },
	{ "1 (bash) S" BETWEEN " 18446744073709551616 8", 'S', 0 },
	{ "1 (bash) S" BETWEEN " -5 8", 'S', 0 },
	{ "1 (bash) S" BETWEEN " x 8", 'S', 0 },
	{ "1 (bash) S" BETWEEN " 5x 8", 'S', 0 },
	{ "1 (bash) S" BETWEEN " ", 'S', 0 },
	{ "1 (bash) S" BETWEEN, 'S', 0 },
	{ "1 (bash) S", '\0', 0 },
	{ "1 (bash) SS" BETWEEN " 12345", '\0', 0 },
	{ "1 (bash)", '\0', 0 },
	{ "1 bash S" BETWEEN " 12345", '\0', 0 },
	{ "", '\0', 0 },
};

static void
test_parse(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int failed = unit_failed;
		uint64_t started = 1;
		char state = '?';
		bool good = pl_process_parse(cases[i].stat, &state, &started);

		CHECK_INT(good, cases[i].started != 0);
		CHECK_INT(state, cases[i].state);
		if (good)
			CHECK(started == cases[i].started);
		if (unit_failed > failed)
			printf("  %s\n", cases[i].stat);
	}
}

static void
test_login(void)
{
	static const struct {
		const char *text;
		uint32_t login;
		bool good;
	} logins[] = {
		{ "1000", 1000, true }, { "1000\n", 1000, true }, { "0\n", 0, true },
		{ "4294967295\n", UINT32_MAX, true }, { "4294967296\n", UINT32_MAX, false },
		{ "-1\n", UINT32_MAX, false }, { " 1\n", UINT32_MAX, false }, { "1x\n", UINT32_MAX, false },
		{ "\n", UINT32_MAX, false }, { "", UINT32_MAX, false },
	};
	uint32_t login;

	for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		login = 7;
		CHECK_INT(pl_process_login(logins[i].text, &login), logins[i].good);
		CHECK_INT(login, logins[i].login);
	}
	/* The largest minor number of a terminal is printed as a negative number, and passed on as none. */
	CHECK_INT(pl_process_terminal("1 (bash) S 2 3 4 -1013505 5"), 4293953791);
	CHECK_INT(pl_process_terminal("1 (bash) S 2 3 4 99999999999 5"), 0);
}

/* A child that waits for its end under a name made to deceive. */
static pid_t
start_child(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	CHECK_INT(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NAME, ") Z 1 1 1");
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	CHECK_INT(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void
test_life(void)
{
	siginfo_t info;
	uint64_t started, mine = pl_process_started(getpid());
	pid_t pid = start_child();

	started = pl_process_started(pid);
	CHECK(mine != 0 && started >= mine);
	CHECK(pl_process_is_alive(getpid(), mine));
	CHECK(pl_process_is_alive(pid, started));
	CHECK(pl_process_is_alive(pid, 0));
	CHECK(!pl_process_is_alive(pid, started + 1));
	CHECK(!pl_process_is_alive(pid, UINT64_MAX));
	CHECK_INT(pl_process_state(getpid()), 'R');
	kill(pid, SIGSTOP);
	CHECK(waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT) == 0);
	CHECK_INT(pl_process_state(pid), 'T');
	CHECK(pl_process_is_alive(pid, started));
	kill(pid, SIGKILL);
	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	/* A zombie: nobody can ask it for anything any more. */
	CHECK_INT(kill(pid, 0), 0);
	CHECK_INT(pl_process_state(pid), 'Z');
	CHECK(!pl_process_is_alive(pid, started));
	CHECK(!pl_process_is_alive(pid, 0));
	CHECK(waitpid(pid, NULL, 0) == pid);
	CHECK(!pl_process_is_alive(pid, started));
	CHECK(!pl_process_is_alive(pid, 0));
	CHECK(pl_process_started(pid) == 0);
	CHECK_INT(pl_process_state(pid), '\0');
}

/* Numbers that kill() takes for many processes, or that none can have. */
static void
test_numbers(void)
{
	static const pid_t none[] = { 0, -1, -2, INT32_MIN, INT32_MAX };

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		CHECK(!pl_process_is_alive(none[i], 0));
		CHECK(!pl_process_is_alive(none[i], 1));
		CHECK(pl_process_started(none[i]) == 0);
		CHECK_INT(pl_process_state(none[i]), '\0');
	}
	CHECK(!pl_process_is_alive(-getpid(), 0));
	CHECK(pl_process_is_alive(1, pl_process_started(1)));
}

/* Where /proc shows only one's own processes, somebody else's are there all the same. */
static void
look_through_hidepid(pid_t other, uint64_t started)
{
	if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("proc", "/proc", "proc", 0, "hidepid=2") != 0 || setgid(65534) != 0 || setuid(65534) != 0) {
		printf("hidepid: skipped, %s\n", strerror(errno));
		return;
	}
	CHECK(pl_process_started(other) == 0);
	CHECK_INT(pl_process_state(other), '\0');
	CHECK_INT(kill(other, 0), -1);
	CHECK_INT(errno, EPERM);
	CHECK(pl_process_is_alive(other, started));
	CHECK(pl_process_is_alive(other, started + 1));
	CHECK(pl_process_started(getpid()) != 0);
}

static void
test_hidden(void)
{
	pid_t pid, other;
	uint64_t started;
	int status;

	if (geteuid() != 0)
		return;
	other = start_child();
	started = pl_process_started(other);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		unit_failed = 0;
		look_through_hidepid(other, started);
		fflush(stdout);
		_exit(unit_failed != 0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
}

int
main(void)
{
	test_parse();
	test_login();
	test_life();
	test_numbers();
	test_hidden();
	return unit_end();
}
