/* run_account.c - tasks that root runs as another account, without a terminal */

#include <errno.h>
#include <grp.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "run_cases.h"
#include "unit.h"

static char self[4096];

static gid_t groups[] = { 65534, 4242 };
static const struct pl_run_account nobody = { 65534, 65534, groups, 2, NULL, NULL, NULL };
static gid_t no_groups[] = { 0 };
static const struct pl_run_account root = { 0, 0, no_groups, 1, NULL, NULL, NULL };

/* --- what the task finds --- */

static void
print_limit(const char *name, int resource)
{
	struct rlimit limit;

	getrlimit((__rlimit_resource_t)resource, &limit);
	printf("%s %lld %lld\n", name, (long long)limit.rlim_cur, (long long)limit.rlim_max);
}

/* This program as the task. */
static int
describe(void)
{
	uid_t r, e, s;
	gid_t rg, eg, sg, list[64];
	int fd, i, n, null = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	char cwd[4096];
	sigset_t mask;

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	printf("uid %d %d %d gid %d %d %d groups", (int)r, (int)e, (int)s, (int)rg, (int)eg, (int)sg);
	n = getgroups(64, list);
	for (i = 0; i < n; i++)
		printf(" %d", (int)list[i]);
	printf("\ndescriptors");
	for (fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d", fd);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (i = 1, n = 0; i < NSIG; i++)
		n += sigismember(&mask, i) == 1 || signal(i, SIG_DFL) == SIG_IGN;
	printf("\nterminal %d blocked or ignored %d umask %o directory %s\n", null >= 0, n, (unsigned int)umask(0),
	    getcwd(cwd, sizeof(cwd)) != NULL ? cwd : "?");
	printf("leader %d session %d privileges %d parent %d\n", getpgrp() == getpid(), getsid(0) == getpid(),
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_PDEATHSIG, &i) == 0 ? i : -1);
	print_limit("nofile", RLIMIT_NOFILE);
	print_limit("core", RLIMIT_CORE);
	print_limit("stack", RLIMIT_STACK);
	print_limit("fsize", RLIMIT_FSIZE);
	print_limit("rtprio", RLIMIT_RTPRIO);
	return 0;
}

/* The caller hands over all that it can; nothing of it arrives. */
static void
test_identity(void)
{
	static const struct {
		const struct pl_run_account *account;
		const char *first;
		int privileges;
	} cases[] = {
		{ &nobody, "uid 65534 65534 65534 gid 65534 65534 65534 groups 4242 65534", 1 },
		{ &root, "uid 0 0 0 gid 0 0 0 groups 0", 0 },
	};
	static const gid_t callers[] = { 7, 8, 9 };
	struct rlimit few, much;
	char got[2048], expected[2048];
	size_t i;

	for (i = 0; i < 20; i++)
		CHECK(dup(STDIN_FILENO) >= 0);
	/* A hard limit that is lowered might stay so: not every root may raise it. */
	CHECK(getrlimit(RLIMIT_NOFILE, &few) == 0 && getrlimit(RLIMIT_CORE, &much) == 0);
	few.rlim_cur = 100;
	much.rlim_cur = much.rlim_max;
	CHECK(setgroups(3, callers) == 0 && setrlimit(RLIMIT_NOFILE, &few) == 0 && setrlimit(RLIMIT_CORE, &much) == 0);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTSTP, SIG_IGN);
	umask(077);
	for (i = 0; i < 2; i++) {
		run_captured(self, (struct pl_run_spec){ .account = cases[i].account, .arguments = "describe\n",
		    .working_directory = i == 0 ? "/usr" : NULL }, got, sizeof(got));
		snprintf(expected, sizeof(expected), "%s\ndescriptors 0 1 2\n"
		    "terminal 0 blocked or ignored 0 umask 22 directory %s\nleader 1 session 0 privileges %d parent 0\n"
		    "nofile 1024 %lld\ncore 0 %lld\nstack 8388608 -1\nfsize -1 -1\nrtprio 0 0\n", cases[i].first,
		    i == 0 ? "/usr" : "/", cases[i].privileges,
		    few.rlim_max < 524288 ? (long long)few.rlim_max : 524288, (long long)much.rlim_max);
		CHECK_STR(got, expected);
	}
	run_captured("/bin/sh", (struct pl_run_spec){ .account = &nobody, .name = "-other", .arguments =
	    "-c\necho $0 $#\n", .environment = "A=b\n" }, got, sizeof(got));
	CHECK_STR(got, "-other 0\n");
	run_captured("/usr/bin/env", (struct pl_run_spec){ .account = &nobody, .environment = "A=b c\n" }, got,
	    sizeof(got));
	CHECK_STR(got, "A=b c\n");
}

static void
test_ends(void)
{
	const struct pl_run_spec as_nobody = { .account = &nobody };
	char got[64], script[128];
	struct outcome out;

	out = run_shell("exit 42", as_nobody);
	CHECK_INT(out.status, PL_OK);
	CHECK_INT(out.result.reason, PL_END_EXITED);
	CHECK_INT(out.result.exit_status, 42);
	out = run_shell("kill -SEGV $$", as_nobody);
	CHECK_INT(out.result.reason, PL_END_SIGNALED);
	CHECK_INT(out.result.signal, SIGSEGV);
	CHECK_INT(out.result.exit_status, -1);
	/* What it may not enter or execute, root's rights notwithstanding. */
	snprintf(script, sizeof(script), "%s", "/tmp/pam-lite-account-XXXXXX");
	CHECK(mkdtemp(script) != NULL);
	out = run_shell("exit 0", (struct pl_run_spec){ .account = &nobody, .working_directory = script });
	CHECK_INT(out.status, PL_E_RUN);
	rmdir(script);
	CHECK((run_captured("/usr/bin/id", (struct pl_run_spec){ .account = &nobody, .arguments = "-u\n" }, got,
	    sizeof(got)).result.exit_status == 0));
	CHECK_STR(got, "65534\n");
	CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static void
test_refused(void)
{
	static const char text[] = "#!/bin/sh\nexit 0\n";
	char path[] = "/tmp/pam-lite-account-XXXXXX";
	int fd = mkstemp(path);
	struct outcome out;

	CHECK(fd >= 0 && write(fd, text, sizeof(text) - 1) > 0 && fchmod(fd, 0700) == 0);
	close(fd);
	out = run_spec(path, (struct pl_run_spec){ .account = &nobody });
	CHECK_INT(out.status, PL_E_NOT_EXECUTABLE);
	out = run_spec(path, (struct pl_run_spec){ .account = &root });
	CHECK_INT(out.status, PL_OK);
	unlink(path);
	CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static void
test_find(void)
{
	struct pl_run_account a;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	CHECK_INT(pl_run_account_find(&ctx, "root", &a), PL_OK);
	CHECK(a.uid == 0 && a.gid == 0 && a.group_count >= 1 && strcmp(a.home, "/root") == 0);
	CHECK_STR(a.name, "root");
	pl_run_account_clear(&a);
	CHECK(a.name == NULL && a.groups == NULL && a.uid == (uid_t)-1);
	CHECK_INT(pl_run_account_find(&ctx, "no-such-account", &a), PL_E_NOT_EXECUTABLE);
	CHECK_INT(ctx.failure.error, PL_ERR_RUN_AS_MISSING);
	CHECK_STR(ctx.failure.target, "no-such-account");
	CHECK(a.name == NULL);
	pl_run_account_clear(&a);
	pl_run_account_clear(NULL);
	pl_ctx_clear(&ctx);
}

/* --- pipes --- */

enum { BIG = 8 << 20 };

static unsigned char
big_byte(size_t i)
{
	return (unsigned char)((i * 2654435761U) >> 11);
}

static _Noreturn void
feed(int fd)
{
	unsigned char block[4096];
	size_t at, i;

	for (at = 0; at < BIG; at += sizeof(block)) {
		for (i = 0; i < sizeof(block); i++)
			block[i] = big_byte(at + i);
		for (i = 0; i < sizeof(block);) {
			ssize_t n = write(fd, block + i, sizeof(block) - i);

			if (n <= 0)
				_exit(1);
			i += (size_t)n;
		}
	}
	_exit(0);
}

/* Ends with 0 if all bytes came as they were. */
static _Noreturn void
compare(int fd)
{
	unsigned char block[4096];
	size_t at = 0;
	ssize_t n, i;

	while ((n = read(fd, block, sizeof(block))) > 0)
		for (i = 0; i < n; i++)
			if (block[i] != big_byte(at++))
				_exit(1);
	_exit(at == BIG ? 0 : 2);
}

static void
test_pipes(void)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, saved_in, saved_out, status;
	struct outcome o;
	pid_t feeder, reader;

	CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
	fflush(stdout);
	feeder = fork();
	if (feeder == 0)
		feed(in[1]);
	reader = fork();
	if (reader == 0) {
		close(in[0]);
		close(in[1]);
		close(out[1]);
		compare(out[0]);
	}
	saved_in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 10);
	saved_out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
	o = run_spec("/bin/cat", (struct pl_run_spec){ .account = &nobody });
	dup2(saved_in, STDIN_FILENO);
	dup2(saved_out, STDOUT_FILENO);
	close(saved_in);
	close(saved_out);
	CHECK_INT(o.result.exit_status, 0);
	CHECK(waitpid(feeder, &status, 0) == feeder && status == 0);
	CHECK(waitpid(reader, &status, 0) == reader);
	CHECK_INT(status, 0);
}

/* --- signals and ends from outside --- */

static void
test_relay(void)
{
	static const struct {
		int signal;
		const char *name;
	} cases[] = {
		{ SIGTERM, "TERM" }, { SIGHUP, "HUP" }, { SIGINT, "INT" }, { SIGQUIT, "QUIT" }, { SIGUSR1, "USR1" },
		{ SIGUSR2, "USR2" }, { SIGALRM, "ALRM" }, { SIGCONT, "CONT" },
	};
	struct outcome out;
	char script[128];
	size_t i;

	signal(SIGTERM, SIG_IGN);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const int signals[] = { cases[i].signal, 0 };

		snprintf(script, sizeof(script), "trap 'exit 40' %s; echo ready; while :; do sleep 0.02; done",
		    cases[i].name);
		out = run_with_signals(script, signals, (struct pl_run_spec){ .account = &nobody });
		CHECK_INT(out.result.exit_status, 40);
		wait_for_group();
	}
	signal(SIGTERM, SIG_DFL);
	/* What nohup and & have set holds for the task. */
	for (i = 0; i < 3; i++) {
		const int signals[] = { cases[i + 1].signal, SIGUSR1, 0 };

		signal(signals[0], SIG_IGN);
		snprintf(script, sizeof(script), "trap 'exit 40' %s; trap 'exit 41' USR1; echo ready;"
		    " while :; do sleep 0.02; done", cases[i + 1].name);
		out = run_with_signals(script, signals, (struct pl_run_spec){ .account = &nobody });
		CHECK_INT(out.result.exit_status, 41);
		wait_for_group();
		signal(signals[0], SIG_DFL);
	}
	snprintf(script, sizeof(script), "trap 'exit 9' USR1; kill -USR1 %d; sleep 0.2; exit 5", (int)getpid());
	out = run_shell(script, (struct pl_run_spec){ .account = &root });
	CHECK_INT(out.result.exit_status, 5);
}

static void
test_verdicts(void)
{
	static const char *const scripts[] = {
		"exec 2>/dev/null; echo ready; trap 'exit 0' TERM; while :; do sleep 0.02; done",
		"echo ready; kill -STOP $$",
		"echo ready; setsid sh -c 'trap \"\" TERM; sleep 60' & exec sleep 60",
	};
	struct outcome out;
	size_t i;

	for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct verdict_after v = { .after = 1, .verdict = PL_RUN_REVOKED };

		out = run_with_signals(scripts[i], (int[]){ 0 },
		    (struct pl_run_spec){ .account = &nobody, .poll = poll_verdict, .arg = &v });
		CHECK_INT(out.status, PL_OK);
		CHECK_INT(out.result.reason, PL_END_REVOKED);
		CHECK_INT(out.result.exit_status, i == 0 ? 0 : -1);
		CHECK(clock_ms() - v.said_at_ms < 1000);
		/* The last has left the group, and only a control group holds it. */
		if (i < 2 || access("/sys/fs/cgroup/unified/cgroup.procs", W_OK) == 0 ||
		    access("/sys/fs/cgroup/cgroup.procs", W_OK) == 0)
			CHECK(wait_for_group() < 1000);
		else
			printf("SKIP a task's daemon: no control groups of version 2\n");
	}
}

/* Neither the task nor its children listen. */
static void
test_stubborn(void)
{
	struct verdict_after v = { .after = 1, .verdict = PL_RUN_STOPPED };
	struct outcome out;

	out = run_with_signals("trap '' TERM; echo ready; sleep 60 & while :; do sleep 0.1; done", (int[]){ 0 },
	    (struct pl_run_spec){ .account = &nobody, .poll = poll_verdict, .arg = &v });
	CHECK_INT(out.result.reason, PL_END_STOPPED);
	CHECK_INT(out.result.signal, SIGKILL);
	CHECK(clock_ms() - v.said_at_ms >= 4900 && clock_ms() - v.said_at_ms < 6500);
	CHECK(wait_for_group() < 500);
}

/* An answer that is there is read at once, not at the next half second. */
static void
test_poll_fd(void)
{
	struct verdict_after v = { .after = 1, .verdict = PL_RUN_REVOKED };
	struct outcome out;
	int p[2], none = -1;

	CHECK(pipe2(p, O_CLOEXEC) == 0 && write(p[1], "x", 1) == 1);
	out = run_shell("exec sleep 10", (struct pl_run_spec){ .account = &nobody, .poll = poll_verdict, .arg = &v,
	    .poll_fd = &p[0] });
	CHECK_INT(out.result.reason, PL_END_REVOKED);
	CHECK(out.took_ms < 400);
	/* What stays readable is asked about once a tick. */
	v = (struct verdict_after){ .after = 100, .verdict = PL_RUN_REVOKED };
	out = run_shell("exec sleep 1.2", (struct pl_run_spec){ .account = &nobody, .poll = poll_verdict, .arg = &v,
	    .poll_fd = &p[0] });
	CHECK_INT(out.result.reason, PL_END_EXITED);
	CHECK(v.calls >= 3 && v.calls <= 6);
	close(p[0]);
	close(p[1]);
	v = (struct verdict_after){ .after = 1, .verdict = PL_RUN_REVOKED };
	out = run_shell("exec sleep 10", (struct pl_run_spec){ .account = &nobody, .poll = poll_verdict, .arg = &v,
	    .poll_fd = &none });
	CHECK(out.took_ms >= 450 && out.took_ms < 1000);
}

static void
test_front(void)
{
	struct outcome out;
	pid_t front;

	fflush(stdout);
	front = fork();
	if (front == 0) {
		sleep_ms(200);
		_exit(0);
	}
	out = run_with_signals("trap 'exit 3' TERM; sh -c 'trap \"\" TERM; sleep 60' & echo ready;"
	    " while :; do sleep 0.02; done", (int[]){ 0 }, (struct pl_run_spec){ .account = &nobody, .front = front,
	    .front_fd = pidfd_open(front, 0) });
	CHECK_INT(out.result.reason, PL_END_EXITED);
	CHECK_INT(out.result.exit_status, 3);
	CHECK(out.took_ms < 1000);
	CHECK(wait_for_group() < 500);
	waitpid(front, NULL, 0);
}

/* The number that the task has written after "ready". */
static pid_t
read_ready(void)
{
	char text[64] = "";
	size_t len = 0;

	while (len < sizeof(text) - 1 && strchr(text, '\n') == NULL && read(task_output[0], text + len, 1) == 1)
		text[++len] = '\0';
	return strncmp(text, "ready ", 6) == 0 ? (pid_t)strtol(text + 6, NULL, 10) : 0;
}

/* A runner in a process of its own, with its output in the pipe; it ends with the reason of the task's end. */
static pid_t
start_runner(const char *script)
{
	struct outcome out;
	pid_t pid;

	CHECK(pipe2(task_output, O_CLOEXEC) == 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(task_output[1], STDOUT_FILENO);
		close(task_output[0]);
		close(task_output[1]);
		out = run_shell(script, (struct pl_run_spec){ .account = &nobody });
		_exit(out.status == PL_OK ? 10 + (int)out.result.reason : 1);
	}
	close(task_output[1]);
	return pid;
}

static void
test_killed(void)
{
	int64_t start;
	pid_t runner;
	int status;

	/* the monitor: how the task has ended is not known */
	runner = start_runner("echo ready $PPID; exec sleep 60");
	kill(read_ready(), SIGKILL);
	CHECK(wait_for_group() < 1000);
	CHECK(waitpid(runner, &status, 0) == runner && WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 10 + PL_END_UNKNOWN);
	/* the runner: the monitor ends the task */
	runner = start_runner("echo ready 1; sleep 60 & exec sleep 60");
	CHECK(read_ready() == 1);
	kill(runner, SIGKILL);
	CHECK(wait_for_group() < 1000);
	waitpid(runner, NULL, 0);
	runner = start_runner("trap '' TERM; echo ready 1; sleep 60 & while :; do sleep 0.1; done");
	CHECK(read_ready() == 1);
	start = clock_ms();
	kill(runner, SIGKILL);
	wait_for_group();
	CHECK(clock_ms() - start >= 4900 && clock_ms() - start < 6500);
	waitpid(runner, NULL, 0);
}

/* A task of root's can stop its monitor, too: it gets nothing by it. */
static void
test_monitor_stopped(void)
{
	struct outcome out = run_shell("kill -STOP $PPID; exit 3", (struct pl_run_spec){ .account = &root });

	CHECK_INT(out.status, PL_OK);
	CHECK_INT(out.result.reason, PL_END_UNKNOWN);
	CHECK_INT(out.result.exit_status, -1);
	CHECK(out.took_ms < 5000);
}

/* --- control groups --- */

static int
count_groups(pid_t runner)
{
	char arguments[96], got[512];
	int count = 0;
	char *at;

	snprintf(arguments, sizeof(arguments), "/sys/fs/cgroup\n-name\npam-lite-%d\n", (int)runner);
	run_captured("/usr/bin/find", (struct pl_run_spec){ .arguments = arguments }, got, sizeof(got));
	for (at = got; (at = strchr(at, '\n')) != NULL; at++)
		count++;
	return count;
}

static void
test_control_group(void)
{
	char got[512], name[64];
	pid_t runner, other;
	char c;

	run_captured("/bin/grep", (struct pl_run_spec){ .account = &nobody, .arguments = "^0::\n/proc/self/cgroup\n" },
	    got, sizeof(got));
	snprintf(name, sizeof(name), "/pam-lite-%d\n", (int)getpid());
	if (strstr(got, name) == NULL) {
		printf("SKIP control groups: none of version 2 that can be written\n");
		return;
	}
	CHECK_INT(count_groups(getpid()), 0);
	/* What a task leaves after an end of its own stays; its group goes when it can. */
	runner = start_runner("setsid sh -c 'sleep 0.5' & exit 0");
	waitpid(runner, NULL, 0);
	CHECK_INT(count_groups(runner), 1);
	CHECK(read(task_output[0], &c, 1) == 0);
	sleep_ms(50);
	other = start_runner("exit 0");
	waitpid(other, NULL, 0);
	wait_for_group();
	CHECK_INT(count_groups(runner), 0);
	CHECK_INT(count_groups(other), 0);
}

/* After the task's end no number is signalled that could be another's by then. */
static void
test_no_late_signal(void)
{
	char script[8400], line[512], path[] = "/tmp/pam-lite-trace-XXXXXX";
	int fd = mkstemp(path), kills = 0, runs = 0;
	FILE *f;

	if (run_shell("strace -o /dev/null true 2>/dev/null", (struct pl_run_spec){ 0 }).result.exit_status != 0) {
		printf("SKIP signals after the end: no strace\n");
		close(fd);
		unlink(path);
		return;
	}
	snprintf(script, sizeof(script), "exec strace -f -e trace=kill,tkill,tgkill,execve,execveat -o %s '%s' once",
	    path, self);
	CHECK_INT(run_shell(script, (struct pl_run_spec){ 0 }).result.exit_status, 0);
	f = fdopen(fd, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		kills += strstr(line, "kill(") != NULL;
		runs += strstr(line, "execve") != NULL;
	}
	CHECK_INT(kills, 0);
	CHECK_INT(runs, 2);
	if (f != NULL)
		fclose(f);
	unlink(path);
}

static int
be_tests(void)
{
	test_find();
	test_ends();
	test_refused();
	test_pipes();
	test_relay();
	test_verdicts();
	test_poll_fd();
	test_front();
	test_killed();
	test_monitor_stopped();
	test_stubborn();
	test_control_group();
	test_no_late_signal();
	test_identity();
	return unit_end();
}

int
main(int argc, char *argv[])
{
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int status;
	pid_t pid;

	if (n <= 0)
		return 1;
	if (argc > 1 && strcmp(argv[1], "describe") == 0)
		return describe();
	/* Under strace, where a leak check cannot be. */
	if (argc > 1)
		_exit(run_spec("/bin/true", (struct pl_run_spec){ .account = &nobody }).result.exit_status);
	if (geteuid() != 0) {
		printf("SKIP tasks of other accounts: not root\n");
		return unit_end();
	}
	pid = fork();
	if (pid == 0) {
		setsid();
		return be_tests();
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
