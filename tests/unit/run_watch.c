/* run_watch.c - signals that are passed on, and tasks that are ended from outside */

#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "run_cases.h"
#include "unit.h"

static const int no_signals[] = { 0 };

static void
test_relay(void)
{
	static const struct {
		int signal;
		const char *name;
	} cases[] = {
		{ SIGTERM, "TERM" }, { SIGHUP, "HUP" }, { SIGINT, "INT" }, { SIGQUIT, "QUIT" }, { SIGUSR1, "USR1" },
		{ SIGUSR2, "USR2" }, { SIGALRM, "ALRM" }, { SIGWINCH, "WINCH" }, { SIGCONT, "CONT" },
	};
	struct outcome out;
	char script[128];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const int signals[] = { cases[i].signal, 0 };

		snprintf(script, sizeof(script), "trap 'exit 40' %s; echo ready; while :; do sleep 0.02; done",
		    cases[i].name);
		out = run_with_signals(script, signals, (struct pl_run_spec){ 0 });
		CHECK_INT(out.result.reason, PL_END_EXITED);
		CHECK_INT(out.result.exit_status, 40);
		wait_for_group();
	}
}

/* nohup means this task too; and a signal from the task's own group would come back to it. */
static void
test_not_relayed(void)
{
	static const int signals[] = { SIGHUP, SIGTERM, 0 };
	struct outcome out;

	signal(SIGHUP, SIG_IGN);
	out = run_with_signals("trap 'exit 1' HUP; trap 'exit 2' TERM; echo ready; while :; do sleep 0.02; done",
	    signals, (struct pl_run_spec){ 0 });
	CHECK_INT(out.result.exit_status, 2);
	wait_for_group();
	signal(SIGHUP, SIG_DFL);

	out = run_shell("trap 'exit 9' USR1; kill -USR1 $PPID; sleep 0.1; exit 5", (struct pl_run_spec){ 0 });
	CHECK_INT(out.result.exit_status, 5);
}

/* The alarm of a timer of this process is its own, and waits for it no longer than the run. */
static void
test_own_timer(void)
{
	const struct itimerval timer = { { 0, 0 }, { 0, 100000 } };
	struct outcome out;

	setitimer(ITIMER_REAL, &timer, NULL);
	out = run_shell("trap 'exit 1' ALRM; sleep 0.4; exit 7", (struct pl_run_spec){ 0 });
	CHECK_INT(out.result.reason, PL_END_EXITED);
	CHECK_INT(out.result.exit_status, 7);
}

/* Who kills the process that watches the task ends the task. */
static void
test_orphan(void)
{
	pid_t watcher;
	char c;

	CHECK(pipe2(task_output, O_CLOEXEC) == 0);
	fflush(stdout);
	watcher = fork();
	if (watcher == 0) {
		dup2(task_output[1], STDOUT_FILENO);
		run_shell("echo ready; exec sleep 10", (struct pl_run_spec){ 0 });
		_exit(0);
	}
	close(task_output[1]);
	while (read(task_output[0], &c, 1) == 1 && c != '\n')
		;
	kill(watcher, SIGKILL);
	waitpid(watcher, NULL, 0);
	CHECK(wait_for_group() < 2000);
}

static void
test_verdicts(void)
{
	static const struct {
		enum pl_run_verdict verdict;
		enum pl_end_reason reason;
	} cases[] = {
		{ PL_RUN_REVOKED, PL_END_REVOKED },
		{ PL_RUN_STOPPED, PL_END_STOPPED },
		{ PL_RUN_WINDOW_OVER, PL_END_WINDOW },
	};
	struct outcome out;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct verdict_after v = { .after = 1, .verdict = cases[i].verdict };

		/* A task that ends well when asked has been ended all the same; a stopped one too. */
		out = run_shell(i == 0 ? "exec 2>/dev/null; trap 'exit 0' TERM; while :; do sleep 0.02; done" :
		    "kill -STOP $$", (struct pl_run_spec){ .poll = poll_verdict, .arg = &v });
		CHECK_INT(out.status, PL_OK);
		CHECK_INT(out.result.reason, cases[i].reason);
		CHECK_INT(out.result.exit_status, i == 0 ? 0 : -1);
		CHECK_INT(out.result.signal, i == 0 ? 0 : SIGTERM);
		CHECK_INT(v.calls, 1);
		CHECK(out.took_ms >= 450 && clock_ms() - v.said_at_ms < 1000);
	}
}

static void
test_polling(void)
{
	struct verdict_after v = { .after = 100, .verdict = PL_RUN_REVOKED };
	struct outcome out;

	out = run_shell("sleep 1.2", (struct pl_run_spec){ .poll = poll_verdict, .arg = &v });
	CHECK_INT(out.result.reason, PL_END_EXITED);
	CHECK_INT(out.result.exit_status, 0);
	CHECK_INT(v.calls, 2);
}

/* Neither the task nor its children listen: five seconds, and then all of them. */
static void
test_stubborn(void)
{
	struct verdict_after v = { .after = 1, .verdict = PL_RUN_REVOKED };
	struct outcome out;

	out = run_with_signals("trap '' TERM; echo ready; sleep 60 & sh -c 'sleep 60; :' & while :; do sleep 0.1; done",
	    no_signals, (struct pl_run_spec){ .poll = poll_verdict, .arg = &v });
	CHECK_INT(out.result.reason, PL_END_REVOKED);
	CHECK_INT(out.result.signal, SIGKILL);
	CHECK(clock_ms() - v.said_at_ms >= 4900 && clock_ms() - v.said_at_ms < 6500);
	CHECK(wait_for_group() < 500);
}

static void
test_descendants(void)
{
	struct verdict_after v = { .after = 1, .verdict = PL_RUN_STOPPED };
	struct outcome out;

	/* The task goes when asked; what it leaves in its group goes with it. */
	out = run_with_signals("echo ready; sh -c 'trap \"\" TERM; while :; do sleep 0.1; done' &"
	    " while :; do sleep 0.02; done", no_signals, (struct pl_run_spec){ .poll = poll_verdict, .arg = &v });
	CHECK_INT(out.result.reason, PL_END_STOPPED);
	CHECK_INT(out.result.signal, SIGTERM);
	CHECK(clock_ms() - v.said_at_ms < 1000);
	CHECK(wait_for_group() < 500);

	/* After an end of its own nothing is ended: what it left is meant to stay. */
	out = run_with_signals("sleep 0.4 & echo ready; exit 3", no_signals, (struct pl_run_spec){ 0 });
	CHECK_INT(out.result.exit_status, 3);
	CHECK(out.took_ms < 300);
	CHECK(wait_for_group() > 100);
}

/* Without a terminal a stopped task is watched on, and goes on when we are told to. */
static void
test_stopped(void)
{
	static const int signals[] = { SIGCONT, 0 }, both[] = { SIGTSTP, SIGCONT, 0 };
	struct outcome out;

	out = run_with_signals("echo ready; kill -STOP $$; exit 6", signals, (struct pl_run_spec){ 0 });
	CHECK_INT(out.result.exit_status, 6);
	wait_for_group();
	out = run_with_signals(catcher("", SIGCONT, 8), both, (struct pl_run_spec){ 0 });
	CHECK_INT(out.result.exit_status, 8);
	wait_for_group();
}

int
main(void)
{
	/* These cases are those of a process without a terminal. */
	if (getsid(0) != getpid() && setsid() < 0) {
		pid_t pid = fork();
		int status;

		if (pid != 0) {
			waitpid(pid, &status, 0);
			return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		}
		setsid();
	}
	test_relay();
	test_not_relayed();
	test_own_timer();
	test_orphan();
	test_verdicts();
	test_polling();
	test_stubborn();
	test_descendants();
	test_stopped();
	return unit_end();
}
