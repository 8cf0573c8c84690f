/* run_pty_ends.c - how a task on a pseudo-terminal ends, who is killed, and what is on the terminal then */

#include <sys/ptrace.h>

#include "run_runner.h"

/* --- ends --- */

static void
test_ends(void)
{
	struct verdict_after v = { .after = 1, .verdict = PL_RUN_REVOKED };
	struct job job = start_in("stty raw -echo; echo ready $$.; kill -KILL $$", false);

	check_end(&job, 128 + SIGKILL, job.pid);
	job = start_with((struct start){ .script = "exit 0", .fds = ON_TERMINAL,
	    .spec = { .working_directory = "/nonexistent" } });
	check_end(&job, NO_RESULT, job.pid);
	job = start_with((struct start){ .script = "stty -echo; echo ready.; while :; do sleep 0.02; done",
	    .fds = ON_TERMINAL, .spec = { .poll = poll_verdict, .arg = &v } });
	CHECK(see("ready."));
	check_end(&job, 128 + SIGTERM, job.pid);
	CHECK_INT(shared->result.reason, PL_END_REVOKED);
	job = start_with((struct start){ .script = "sleep 1.2", .fds = ON_TERMINAL, .spec = { .warn_at = 1 } });
	check_end(&job, 0, job.pid);
	CHECK(strstr(screen, "pam-lite: the authorization ends within 5 minutes") != NULL);
}

/* A ^Z postpones no revocation: whatever of the task runs on in another group would go on with it. */
static void
test_revoked_while_stopped(void)
{
	struct verdict_after v = { .after = 3, .verdict = PL_RUN_REVOKED };
	struct job job = start_task((struct start){ .script = catcher("", SIGINT, 33), .fds = ON_TERMINAL,
	    .spec = { .poll = poll_verdict, .arg = &v } });

	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	CHECK(task_ends(job.task));
	CHECK_INT(pl_process_state(job.pid), 'T');
	continue_job(&job, 1);
	check_end(&job, 128 + SIGTERM, job.pid);
}

static void
test_killed(void)
{
	struct job job = start_in(catcher("", SIGINT, 33), false);
	pid_t monitor;

	/* the monitor */
	process_parent(job.task, &monitor);
	CHECK(monitor > 1 && monitor != shared->runner);
	if (monitor > 1)
		kill(monitor, SIGKILL);
	check_end(&job, UNKNOWN_END, job.pid);
	CHECK(task_ends(job.task));
	/* the runner */
	job = start_in(catcher("stty -echo;", SIGINT, 33), false);
	CHECK(echo_becomes(0));
	kill(shared->runner, SIGKILL);
	wait_job(&job);
	CHECK(task_ends(job.task));
	tcsetpgrp(tty, getpgrp());
	CHECK(becomes_normal());
	/* the front */
	if (!with_front)
		return;
	job = start_in(catcher("", SIGINT, 33), false);
	CHECK(echo_becomes(0));
	kill(job.pid, SIGKILL);
	wait_job(&job);
	CHECK(task_ends(job.task));
	tcsetpgrp(tty, getpgrp());
	CHECK(becomes_normal());
}

/* In a session of its own, since it loses its terminal. */
static void
test_hang_up(void)
{
	struct start s = { .script = catcher("", SIGHUP, 9), .fds = ON_TERMINAL, .deaf = true };
	int status, stopped;
	pid_t pid;

	/* A runner without a front has been stopped itself. */
	for (stopped = 0; stopped < (with_front ? 2 : 1); stopped++) {
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			struct job job;

			close(keyboard);
			close(tty);
			signal(SIGHUP, SIG_IGN);
			if (!open_terminal())
				_exit(0);
			job = start_task(s);
			if (stopped) {
				type("\032");
				if (waitpid(job.pid, &status, WUNTRACED) != job.pid || !WIFSTOPPED(status))
					_exit(1);
				tcsetpgrp(tty, getpgrp());
			}
			close(keyboard);
			close(tty);
			if (!task_ends(job.task))
				_exit(2);
			kill(-job.pid, SIGCONT);
			_exit(waitpid(job.pid, &status, 0) == job.pid && WIFEXITED(status) ? WEXITSTATUS(status) : 3);
		}
		CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
		CHECK_INT(WEXITSTATUS(status), 9);
	}
}

/* --- much output --- */

/* Read all that a job prints; what it is, in *others the number of bytes that are not part of it. */
static size_t
read_lines(const struct job *job, long pause_ms, size_t *others, int *status)
{
	static const char expected[] = "0123456789abcdef\r\n";
	char block[4096];
	size_t total = 0;
	bool over = false;
	ssize_t n, i;

	*others = 0;
	for (;;) {
		struct pollfd p = { .fd = keyboard, .events = POLLIN };

		if (!over)
			over = waitpid(job->pid, status, WNOHANG) == job->pid;
		if (poll(&p, 1, over ? 0 : 20) != 1) {
			if (over)
				return total;
			continue;
		}
		n = read(keyboard, block, sizeof(block));
		for (i = 0; i < n; i++)
			*others += block[i] != expected[total++ % (sizeof(expected) - 1)];
		if (pause_ms > 0 && total / 4096 % 4 == 0)
			sleep_ms(pause_ms);
	}
}

static void
test_much(void)
{
	enum { LINES = 10 << 20 };
	const size_t lines[] = { LINES / 17, 40000 };
	char script[64];
	struct job job;
	size_t others, i;
	int status;

	for (i = 0; i < 2; i++) {
		snprintf(script, sizeof(script), "yes 0123456789abcdef | head -n %zu; exit 3", lines[i]);
		job = start_script(script);
		CHECK_INT(read_lines(&job, (long)i, &others, &status), lines[i] * 18);
		CHECK_INT(others, 0);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
		CHECK(is_normal());
		tcsetpgrp(tty, getpgrp());
	}
}

/* The terminal is nobody's who leaves it raw, nor ours once somebody else has set it. */
static void
test_modes_of_others(void)
{
	struct job job = start_in("trap '' TERM HUP; echo ready $$.; while :; do sleep 0.02; done", false);
	struct termios line_editor;
	pid_t monitor;
	bool held;

	/* The front is killed, and the task does not listen: its group still has the terminal. */
	CHECK(echo_becomes(0));
	kill(job.pid, SIGKILL);
	wait_job(&job);
	CHECK(becomes_normal());
	CHECK(pl_process_state(job.task) != '\0');
	kill(job.task, SIGKILL);
	CHECK(task_ends(job.task));
	tcsetpgrp(tty, getpgrp());
	/* The runner is killed, and its monitor comes later than the shell. */
	job = start_in(catcher("", SIGINT, 33), false);
	CHECK(echo_becomes(0));
	process_parent(job.task, &monitor);
	/* Not by a signal: the end of the runner hangs its terminal up, which would continue it. */
	held = ptrace(PTRACE_SEIZE, monitor, NULL, NULL) == 0 && ptrace(PTRACE_INTERRUPT, monitor, NULL, NULL) == 0 &&
	    waitpid(monitor, NULL, __WALL) == monitor;
	if (!held)
		printf("SKIP a monitor that is late: no process can be traced\n");
	kill(shared->runner, SIGKILL);
	wait_job(&job);
	tcsetpgrp(tty, getpgrp());
	line_editor = normal;
	line_editor.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(tty, TCSANOW, &line_editor);
	if (held)
		ptrace(PTRACE_DETACH, monitor, NULL, NULL);
	CHECK(task_ends(job.task));
	CHECK(!held || !is_normal());
	tcsetattr(tty, TCSANOW, &normal);
}

/* User's and kernel's; -1 = it is gone. */
static long
processor_ticks(pid_t pid)
{
	enum { BEFORE = 12 };
	char path[64], line[512] = "", *at;
	FILE *f;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	at = f != NULL && fgets(line, sizeof(line), f) != NULL ? strrchr(line, ')') : NULL;
	if (f != NULL)
		fclose(f);
	/* after the name: the state, and ten more */
	for (i = 0; at != NULL && i < BEFORE; i++)
		at = strchr(at + 1, ' ');
	return at != NULL ? strtol(at, &at, 10) + strtol(at, NULL, 10) : -1;
}

/*
 * The monitor is killed while the terminal is slow: what the task has printed still comes, and nobody
 * spins for it. A terminal that nobody reads holds about 12000 bytes, and the relay 4000.
 */
static void
test_last_bytes(void)
{
	char mark[] = "/tmp/pam-lite-pty-XXXXXX", script[160];
	int file = mkstemp(mark), status;
	int64_t until = clock_ms() + 5000;
	size_t total, others;
	struct stat st = { 0 };
	struct job job;
	pid_t monitor;
	long ticks;

	CHECK(file >= 0 && fchmod(file, 0666) == 0);
	snprintf(script, sizeof(script), "yes 0123456789abcdef | head -n 1000; echo $PPID >%s; exec sleep 60", mark);
	job = start_script(script);
	while (fstat(file, &st) == 0 && st.st_size == 0 && clock_ms() < until)
		sleep_ms(10);
	CHECK(st.st_size > 0 && pread(file, script, sizeof(script) - 1, 0) > 0);
	monitor = (pid_t)strtol(script, NULL, 10);
	CHECK(monitor > 1);
	if (monitor > 1)
		kill(monitor, SIGKILL);
	sleep_ms(100);
	ticks = processor_ticks(shared->runner);
	sleep_ms(400);
	ticks = processor_ticks(shared->runner) - ticks;
	CHECK(ticks >= 0 && ticks < 10);
	total = read_lines(&job, 0, &others, &status);
	CHECK_INT(total, 1000 * 18);
	CHECK_INT(others, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == UNKNOWN_END);
	CHECK(is_normal());
	tcsetpgrp(tty, getpgrp());
	close(file);
	unlink(mark);
}

/* Nobody reads the terminal: nothing of ours waits for that, neither a task that prints nor one that has ended. */
static void
test_stuck_by(const char *script, int status_expected, enum pl_end_reason reason)
{
	struct verdict_after v = { .after = 4, .verdict = PL_RUN_STOPPED };
	struct start s = { .script = script, .fds = ON_TERMINAL, .spec = { .poll = poll_verdict, .arg = &v } };
	int64_t start = clock_ms(), start_s = time(NULL);
	struct job job = start_with(s);
	int status;
	char c;

	CHECK(waitpid(job.pid, &status, 0) == job.pid && WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), status_expected);
	CHECK_INT(shared->result.reason, reason);
	/* The fourth time it is asked; and what had ended before had ended at once. */
	CHECK(clock_ms() - start >= 1900 && clock_ms() - start < 3500);
	CHECK(shared->result.ended_at >= start_s);
	CHECK(shared->result.ended_at <= start_s + (reason == PL_END_EXITED ? 1 : 4));
	tcsetpgrp(tty, getpgrp());
	tcflush(tty, TCIOFLUSH);
	fcntl(keyboard, F_SETFL, O_NONBLOCK);
	while (read(keyboard, &c, 1) == 1)
		;
	fcntl(keyboard, F_SETFL, 0);
	CHECK(is_normal());
}

static void
test_stuck(void)
{
	test_stuck_by("yes", 128 + SIGTERM, PL_END_STOPPED);
	test_stuck_by("yes 0123456789abcdef | head -n 1000; exit 3", 3, PL_END_EXITED);
}

static int
run_tests(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		with_front = i == 1;
		test_killed();
		test_hang_up();
	}
	test_modes_of_others();
	test_ends();
	test_revoked_while_stopped();
	test_much();
	test_last_bytes();
	test_stuck();
	return unit_end();
}

int
main(void)
{
	return run_as_shell(run_tests);
}
