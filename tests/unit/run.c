/* run.c - what a task starts with and how its end is told */

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "pamlite/digest.h"

#include "run_cases.h"
#include "unit.h"

static char self[4096];          /* this program, which is also what some cases run */
static char directory[] = "/tmp/pam-lite-run-XXXXXX";

static const char *
in_directory(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static void
write_file(const char *name, mode_t mode, const char *text, size_t len)
{
	int fd = open(in_directory(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && write(fd, text, len) == (ssize_t)len && fchmod(fd, mode) == 0);
	close(fd);
}

static void
test_exit_codes(void)
{
	static const int codes[] = { 0, 1, 2, 42, 64, 77, 125, 126, 127, 200, 255 };
	struct outcome out;
	char script[32];
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		snprintf(script, sizeof(script), "exit %d", codes[i]);
		out = run_shell(script, (struct pl_run_spec){ 0 });
		CHECK_INT(out.status, PL_OK);
		CHECK_INT(out.result.reason, PL_END_EXITED);
		CHECK_INT(out.result.exit_status, codes[i]);
		CHECK_INT(out.result.signal, 0);
	}
}

static void
test_signals(void)
{
	static const int signals[] = { SIGTERM, SIGKILL, SIGSEGV, SIGINT, SIGPIPE };
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	struct outcome out;
	char script[64];
	size_t i;

	setrlimit(RLIMIT_CORE, &unlimited);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		snprintf(script, sizeof(script), "kill -%d $$; sleep 5", signals[i]);
		out = run_shell(script, (struct pl_run_spec){ .working_directory = directory });
		CHECK_INT(out.status, PL_OK);
		CHECK_INT(out.result.reason, PL_END_SIGNALED);
		CHECK_INT(out.result.signal, signals[i]);
		CHECK_INT(out.result.exit_status, -1);
	}
	CHECK(access(in_directory("core"), F_OK) != 0);
}

static void
test_arguments(void)
{
	char got[8192], longest[4097];
	struct pl_run_spec spec = { 0 };
	struct pl_buf many;
	size_t i;

	spec.arguments = "%s|\n$(id)\n`id`\n*\n;\n-rf\na b\n\"'\\\n\n\xc3\xa9\n";
	run_captured("/usr/bin/printf", spec, got, sizeof(got));
	CHECK_STR(got, "$(id)|`id`|*|;|-rf|a b|\"'\\||\xc3\xa9|");

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	pl_buf_init(&many);
	pl_list_add(&many, "count-arguments");
	for (i = 0; i < 5000; i++)
		pl_list_add(&many, i % 1000 == 0 ? longest : "");
	spec.arguments = many.text;
	run_captured(self, spec, got, sizeof(got));
	CHECK_STR(got, "5000 20480\n");
	pl_buf_clear(&many);

	spec.arguments = NULL;
	run_captured("/usr/bin/env", spec, got, sizeof(got));
	CHECK_STR(got, "PATH=/usr/bin:/bin\n");
	spec.arguments = "argv0\n";
	run_captured(self, spec, got, sizeof(got));
	CHECK_STR(got, self);
}

static void
test_environment(void)
{
	static const struct {
		const char *term, *request, *own, *expected;
	} cases[] = {
		{ "xterm-256color", "R", NULL, "SHELL=/bin/bash\nLC_ALL=C.UTF-8\nTERM=xterm-256color\n"
		    "PAMLITE_REQUEST=R\nPAMLITE_REQUESTOR=alice\n" },
		{ NULL, NULL, "", "SHELL=/bin/bash\nLC_ALL=C.UTF-8\nTERM=dumb\nPAMLITE_REQUESTOR=alice\n" },
		{ "", NULL, "A=b c\nB=\n", "SHELL=/bin/bash\nLC_ALL=C.UTF-8\nTERM=dumb\nPAMLITE_REQUESTOR=alice\n"
		    "A=b c\nB=\n" },
		{ "../../x", NULL, NULL, "SHELL=/bin/bash\nLC_ALL=C.UTF-8\nTERM=dumb\nPAMLITE_REQUESTOR=alice\n" },
		{ "vt\033[2J", NULL, NULL, "SHELL=/bin/bash\nLC_ALL=C.UTF-8\nTERM=dumb\nPAMLITE_REQUESTOR=alice\n" },
		{ "abcdefghijklmnopqrstuvwxyz0123456", NULL, NULL,
		    "SHELL=/bin/bash\nLC_ALL=C.UTF-8\nTERM=dumb\nPAMLITE_REQUESTOR=alice\n" },
		{ "abcdefghijklmnopqrstuvwxyz012345", NULL, NULL, "SHELL=/bin/bash\nLC_ALL=C.UTF-8\n"
		    "TERM=abcdefghijklmnopqrstuvwxyz012345\nPAMLITE_REQUESTOR=alice\n" },
		{ NULL, "R", "PAMLITE_REQUEST=forged\nSHELL=/bin/false\nnothing\n=\nA=1\n", "SHELL=/bin/bash\n"
		    "LC_ALL=C.UTF-8\nTERM=dumb\nPAMLITE_REQUEST=R\nPAMLITE_REQUESTOR=alice\nA=1\n" },
	};
	static const char constant[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
	    "HOME=/home/svc\nUSER=svc\nLOGNAME=svc\n";
	char expected[1024], got[1024];
	struct pl_buf map;
	size_t i;

	setenv("LD_PRELOAD_", "x", 1);
	setenv("BASH_ENV", "/tmp/evil", 1);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pl_run_identity id = {
			"svc", "/home/svc", "/bin/bash", cases[i].term, cases[i].request, "alice"
		};

		snprintf(expected, sizeof(expected), "%s%s", constant, cases[i].expected);
		pl_buf_init(&map);
		CHECK(pl_run_environment(&id, cases[i].own, &map));
		CHECK_STR(map.text, expected);
		run_captured("/usr/bin/env", (struct pl_run_spec){ .environment = map.text }, got, sizeof(got));
		CHECK_STR(got, expected);
		pl_buf_clear(&map);
	}
}

static void
test_hygiene(void)
{
	int fds[48], i;
	char got[1024], expected[1024];
	sigset_t blocked, before, after;
	struct sigaction action;

	for (i = 0; i < 48; i++)
		fds[i] = open("/dev/null", O_RDONLY);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGRTMIN + 3);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	umask(077);
	run_captured(self, (struct pl_run_spec){ .arguments = "hygiene\n", .working_directory = directory },
	    got, sizeof(got));
	snprintf(expected, sizeof(expected), "descriptors 0 1 2\nblocked 0\nignored 0\numask 22\nleader 1\n"
	    "core 0 0\ndirectory %s\n", directory);
	CHECK_STR(got, expected);
	run_captured(self, (struct pl_run_spec){ .arguments = "hygiene\n" }, got, sizeof(got));
	CHECK(strstr(got, "directory /\n") != NULL);

	/* What the caller had is there again. */
	sigprocmask(SIG_SETMASK, &before, &after);
	CHECK(sigismember(&after, SIGUSR1) == 1 && sigismember(&after, SIGTERM) == 0);
	CHECK(sigaction(SIGCHLD, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	umask(022);
	for (i = 0; i < 48; i++)
		close(fds[i]);
}

/* The eight ways to come with closed descriptors; in a process of its own, which needs its output. */
static void
test_closed_descriptors(void)
{
	struct outcome out;
	int closed, fd, open_ones, status;
	pid_t pid;

	for (closed = 0; closed < 8; closed++) {
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			for (fd = 0; fd < 3; fd++)
				if ((closed & 1 << fd) != 0)
					close(fd);
			out = run_spec(self, (struct pl_run_spec){ .arguments = "open-descriptors\n" });
			for (fd = 0, open_ones = 0; fd < 3; fd++)
				if (fcntl(fd, F_GETFD) >= 0)
					open_ones |= 1 << fd;
			if (open_ones != (7 & ~closed))
				_exit(100);
			_exit(out.status == PL_OK ? out.result.exit_status : 101);
		}
		CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
		CHECK_INT(WEXITSTATUS(status), 7);
	}
}

static void
test_refusals(void)
{
	static const struct {
		const char *name;
		enum pl_status status;
		enum pl_error error;
	} cases[] = {
		{ "missing", PL_E_NO_PROGRAM, PL_ERR_PROGRAM_MISSING },
		{ "plain/below", PL_E_NO_PROGRAM, PL_ERR_PROGRAM_MISSING },
		{ "", PL_E_NOT_EXECUTABLE, PL_ERR_PROGRAM_REFUSED },
		{ "fifo", PL_E_NOT_EXECUTABLE, PL_ERR_PROGRAM_REFUSED },
		{ "plain", PL_E_NOT_EXECUTABLE, PL_ERR_PROGRAM_REFUSED },
		{ "empty", PL_E_NOT_EXECUTABLE, PL_ERR_PROGRAM_REFUSED },
		{ "text", PL_E_NOT_EXECUTABLE, PL_ERR_PROGRAM_REFUSED },
		{ "one", PL_E_NOT_EXECUTABLE, PL_ERR_PROGRAM_REFUSED },
		{ "machine", PL_E_NOT_EXECUTABLE, PL_ERR_PROGRAM_REFUSED },
		{ "loop", PL_E_NOT_EXECUTABLE, PL_ERR_PROGRAM_REFUSED },
		{ "uninterpreted", PL_E_NO_PROGRAM, PL_ERR_PROGRAM_MISSING },
		{ "script", PL_OK, PL_ERR_NONE },
	};
	char loop[4200], head[64] = "\177ELF\2\1\1";
	struct outcome out;
	size_t i;

	write_file("plain", 0644, "#!/bin/sh\n", 10);
	write_file("empty", 0755, "", 0);
	write_file("text", 0755, "exit 0\n", 7);
	write_file("one", 0755, "#", 1);
	head[16] = 2;
	head[18] = 99;
	write_file("machine", 0755, head, sizeof(head));
	snprintf(loop, sizeof(loop), "#!%s\n", in_directory("loop"));
	write_file("loop", 0755, loop, strlen(loop));
	write_file("uninterpreted", 0755, "#!/nonexistent/interpreter\n", 27);
	write_file("script", 0755, "#!/bin/sh\nexit 3\n", 17);
	CHECK(mkfifo(in_directory("fifo"), 0755) == 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		out = run_spec(in_directory(cases[i].name), (struct pl_run_spec){ 0 });
		CHECK_INT(out.status, cases[i].status);
		CHECK_INT(out.error, cases[i].error);
	}
	CHECK_INT(out.result.exit_status, 3);

	out = run_shell("exit 0", (struct pl_run_spec){ .working_directory = in_directory("missing") });
	CHECK_INT(out.status, PL_E_RUN);
	CHECK_INT(out.error, PL_ERR_RUN_FAILED);
	out = run_shell("exit 0", (struct pl_run_spec){ .working_directory = in_directory("plain") });
	CHECK_INT(out.status, PL_E_RUN);
}

/* The digest is that of the descriptor that is run, whatever the path means by then. */
static void
test_program(void)
{
	struct pl_run_spec spec = { .environment = "", .warn_at = PL_NULL };
	char digest[PL_DIGEST_LEN + 1], path[4096];
	struct pl_program program;
	struct pl_run_result result;
	struct pl_ctx ctx;
	int fd;

	pl_ctx_init(&ctx);
	snprintf(path, sizeof(path), "%s", in_directory("false"));
	fd = open("/bin/false", O_RDONLY | O_CLOEXEC);
	CHECK_INT(pl_digest_fd(fd, digest), PL_OK);
	close(fd);
	CHECK_INT(pl_program_open(&ctx, "/bin/false", digest, &program), PL_OK);
	CHECK(!program.script && program.fd > 2);
	pl_program_clear(&program);
	CHECK_INT(program.fd, -1);
	pl_program_clear(&program);
	pl_program_clear(NULL);

	CHECK_INT(symlink("/bin/false", path), 0);
	CHECK_INT(pl_program_open(&ctx, path, digest, &program), PL_OK);
	CHECK(unlink(path) == 0 && symlink("/bin/true", path) == 0);
	spec.program = &program;
	CHECK_INT(pl_run(&ctx, &spec, &result), PL_OK);
	CHECK_INT(result.exit_status, 1);
	pl_program_clear(&program);

	CHECK_INT(pl_program_open(&ctx, path, digest, &program), PL_E_NOT_EXECUTABLE);
	CHECK_INT(ctx.failure.error, PL_ERR_PROGRAM_REFUSED);
	CHECK_STR(ctx.failure.target, path);
	CHECK(program.path == NULL && program.fd == -1);
	pl_program_clear(&program);
	CHECK_INT(pl_program_open(&ctx, in_directory("script"), NULL, &program), PL_OK);
	CHECK(program.script);
	pl_program_clear(&program);
	pl_ctx_clear(&ctx);
}

/* A program that may be executed and not read runs, but cannot have a digest. */
static void
test_unreadable(void)
{
	struct outcome out;
	struct pl_program program;
	struct pl_ctx ctx;
	char script[64];
	int status;
	pid_t pid;

	snprintf(script, sizeof(script), "cp /bin/true %s", in_directory("unreadable"));
	CHECK_INT(run_shell(script, (struct pl_run_spec){ 0 }).result.exit_status, 0);
	CHECK(chmod(in_directory("unreadable"), 0111) == 0 && chmod(directory, 0755) == 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		out = run_spec(in_directory("unreadable"), (struct pl_run_spec){ 0 });
		pl_ctx_init(&ctx);
		status = pl_program_open(&ctx, in_directory("unreadable"), "00", &program);
		_exit(out.status == PL_OK && out.result.exit_status == 0 && status == PL_E_NOT_EXECUTABLE ? 0 : 1);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
}

static void
print_status_line(const char *key, const char *name)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, key, strlen(key)) == 0)
			printf("%s %llx\n", name, strtoull(line + strlen(key), NULL, 16));
	if (f != NULL)
		fclose(f);
}

static void
print_hygiene(void)
{
	struct rlimit core;
	char cwd[4096];
	int fd;

	printf("descriptors");
	for (fd = 0; fd < 1024; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d", fd);
	printf("\n");
	print_status_line("SigBlk:", "blocked");
	print_status_line("SigIgn:", "ignored");
	printf("umask %o\nleader %d\n", (unsigned int)umask(0), getpgrp() == getpid());
	getrlimit(RLIMIT_CORE, &core);
	printf("core %lu %lu\n", (unsigned long)core.rlim_cur, (unsigned long)core.rlim_max);
	printf("directory %s\n", getcwd(cwd, sizeof(cwd)) != NULL ? cwd : "?");
}

/* This program as the task of a case. */
static int
be_task(int argc, char *argv[])
{
	size_t bytes = 0;
	int fd, i, open_ones = 0;

	if (strcmp(argv[1], "hygiene") == 0)
		print_hygiene();
	if (strcmp(argv[1], "argv0") == 0)
		printf("%s", argv[0]);
	if (strcmp(argv[1], "count-arguments") == 0) {
		for (i = 2; i < argc; i++)
			bytes += strlen(argv[i]);
		printf("%d %zu\n", argc - 2, bytes);
	}
	if (strcmp(argv[1], "open-descriptors") == 0)
		for (fd = 0; fd < 1024; fd++)
			open_ones |= fcntl(fd, F_GETFD) < 0 ? 0 : fd < 3 ? 1 << fd : 8;
	return open_ones;
}

int
main(int argc, char *argv[])
{
	char script[64];
	ssize_t n;

	if (argc > 1)
		return be_task(argc, argv);
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0 || mkdtemp(directory) == NULL)
		return 1;
	test_exit_codes();
	test_signals();
	test_arguments();
	test_environment();
	test_hygiene();
	test_closed_descriptors();
	test_refusals();
	test_program();
	test_unreadable();
	snprintf(script, sizeof(script), "rm -r %s", directory);
	CHECK_INT(run_shell(script, (struct pl_run_spec){ 0 }).result.exit_status, 0);
	return unit_end();
}
