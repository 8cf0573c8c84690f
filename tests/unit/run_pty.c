/* run_pty.c - a task of another account on a pseudo-terminal: job control, modes, sizes, redirections */

#include <sys/stat.h>

#include "run_cases.h"
#include "run_job.h"

static gid_t groups[] = { 65534 };
static const struct pl_run_account nobody = { 65534, 65534, groups, 1, NULL, NULL, NULL };

/* What the jobs' processes tell each other. */
static struct shared {
	pid_t runner;
	struct pl_run_result result;
} *shared;

/* A job is a front that waits, and a runner in its group; without a front the runner is the job's leader. */
static bool with_front;

enum { NO_RESULT = 99, UNKNOWN_END = 98 };

static _Noreturn void
be_runner(const char *path, const char *script, struct pl_run_spec spec)
{
	struct outcome out;

	signal(SIGTTOU, SIG_DFL);
	spec.account = &nobody;
	out = script != NULL ? run_shell(script, spec) : run_spec(path, spec);
	shared->result = out.result;
	if (out.status != PL_OK)
		_exit(NO_RESULT);
	if (out.result.reason == PL_END_UNKNOWN)
		_exit(UNKNOWN_END);
	_exit(out.result.signal != 0 ? 128 + out.result.signal : out.result.exit_status);
}

static _Noreturn void
be_front(void)
{
	int status = 0;

	while (waitpid(shared->runner, &status, 0) < 0 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : NO_RESULT);
}

struct start {
	const char *path, *script;
	int fds[3];                /* 0, 1 and 2; -1 = the terminal */
	bool background;
	bool deaf;                 /* the front ignores hang-ups */
	struct pl_run_spec spec;
};

static struct job
start_with(struct start s)
{
	struct job job = { 0 };
	int fd;

	screen[0] = '\0';
	shared->runner = 0;
	fflush(stdout);
	job.pid = fork();
	if (job.pid == 0) {
		setpgid(0, 0);
		if (!s.background)
			tcsetpgrp(tty, getpid());
		if (s.deaf)
			signal(SIGHUP, SIG_IGN);
		signal(SIGTTOU, SIG_DFL);
		close(keyboard);
		for (fd = 0; fd < 3; fd++)
			dup2(s.fds[fd] < 0 ? tty : s.fds[fd], fd);
		s.spec.front = with_front ? getpid() : 0;
		shared->runner = getpid();
		if (!with_front)
			be_runner(s.path, s.script, s.spec);
		shared->runner = fork();
		if (shared->runner == 0) {
			shared->runner = getpid();
			be_runner(s.path, s.script, s.spec);
		}
		be_front();
	}
	setpgid(job.pid, job.pid);
	return job;
}

#define ON_TERMINAL { -1, -1, -1 }

static struct job
start_script(const char *script)
{
	return start_with((struct start){ .script = script, .fds = ON_TERMINAL });
}

static void
find_ready(struct job *job)
{
	const char *at;

	CHECK(see("ready ") && see("."));
	at = strstr(screen, "ready ");
	job->task = at != NULL ? (pid_t)strtol(at + 6, NULL, 10) : 0;
}

static struct job
start_task(struct start s)
{
	struct job job = start_with(s);

	find_ready(&job);
	return job;
}

static struct job
start_in(const char *script, bool background)
{
	return start_task((struct start){ .script = script, .fds = ON_TERMINAL, .background = background });
}

/* Its state and, in *parent, who started it; '?' = it is gone. */
static char
process_parent(pid_t pid, pid_t *parent)
{
	char path[64], state = '?';
	FILE *f;
	int ppid = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%*d (%*[^)]) %c %d", &state, &ppid) != 2)
		state = '?';
	if (f != NULL)
		fclose(f);
	*parent = ppid;
	return state;
}

static int
task_ends(pid_t task)
{
	int64_t until = clock_ms() + 2000;
	char state = '?';

	while (clock_ms() < until && (state = process_state(task)) != '?' && state != 'Z')
		sleep_ms(10);
	return state == '?' || state == 'Z';
}

static int
task_stops(pid_t task, int stopped)
{
	int64_t until = clock_ms() + 2000;

	while (clock_ms() < until && (process_state(task) == 'T') != stopped)
		sleep_ms(10);
	return (process_state(task) == 'T') == stopped;
}

static int
becomes_normal(void)
{
	int64_t until = clock_ms() + 2000;

	while (!is_normal() && clock_ms() < until)
		sleep_ms(10);
	return is_normal();
}

/* --- the terminal that the task sees --- */

/* This program as the task: write to the file what 0, 1 and 2 are, and the terminal behind them. */
static int
describe(const char *path)
{
	int fd, file = open(path, O_WRONLY | O_CLOEXEC), own = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct winsize size = { 0 };
	struct termios t = { 0 };
	struct stat st = { 0 };
	char kinds[4] = "---", line[256];

	for (fd = 0; fd < 3; fd++)
		if (isatty(fd))
			kinds[fd] = tcgetsid(fd) == getsid(0) ? 'T' : 'O';
	if (own >= 0) {
		for (fd = 0; fd < 3 && kinds[fd] != 'T'; fd++)
			;
		fstat(fd, &st);
		tcgetattr(own, &t);
		ioctl(own, TIOCGWINSZ, &size);
		/* Whether the group tty may write there is the machine's rule. */
		snprintf(line, sizeof(line), "%s %s %d %o front %d post %d echo %d size %d %d erase %d\n", kinds,
		    ttyname(fd), (int)st.st_uid, (unsigned int)st.st_mode & 0757, tcgetpgrp(own) == getpgrp(),
		    (t.c_oflag & OPOST) != 0, (t.c_lflag & ECHO) != 0, size.ws_row, size.ws_col, t.c_cc[VERASE]);
	} else {
		snprintf(line, sizeof(line), "%s none\n", kinds);
	}
	fd = write(file, line, strlen(line)) < 0;
	sleep_ms(300);
	return fd;
}

static void
read_text(int file, char *text, size_t size)
{
	int64_t until = clock_ms() + 2000;
	ssize_t n;

	do {
		n = pread(file, text, size - 1, 0);
		text[n > 0 ? n : 0] = '\0';
		sleep_ms(5);
	} while (n <= 0 && clock_ms() < until);
}

/* Each of 0, 1 and 2 is the terminal, or something else, which passes through untouched. */
static void
test_redirections(void)
{
	const struct winsize size = { .ws_row = 31, .ws_col = 97 };
	char text[256], expected[256], path[] = "/tmp/pam-lite-pty-XXXXXX", arguments[64], name[64] = "none";
	int mask, fd, file = mkstemp(path), null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct termios odd = normal;
	struct job job;
	bool whole;

	CHECK(file >= 0 && fchmod(file, 0666) == 0 && ioctl(tty, TIOCSWINSZ, &size) == 0);
	snprintf(arguments, sizeof(arguments), "describe\n%s\n", path);
	odd.c_cc[VERASE] = 'E';
	tcsetattr(tty, TCSANOW, &odd);
	for (mask = 0; mask < 8; mask++) {
		struct start s = { .path = "/proc/self/exe", .spec = { .arguments = arguments } };

		for (fd = 0; fd < 3; fd++)
			s.fds[fd] = (mask & 1 << fd) != 0 ? -1 : null;
		whole = (mask & 3) == 3;
		CHECK(ftruncate(file, 0) == 0);
		job = start_with(s);
		read_text(file, text, sizeof(text));
		if (mask != 0)
			CHECK(sscanf(text, "%*s %63s", name) == 1 && strcmp(name, ttyname(tty)) != 0);
		if (mask == 0)
			snprintf(expected, sizeof(expected), "--- none\n");
		else
			snprintf(expected, sizeof(expected),
			    "%c%c%c %s 65534 600 front %d post %d echo 1 size 31 97 erase 69\n", mask & 1 ? 'T' : '-',
			    mask & 2 ? 'T' : '-', mask & 4 ? 'T' : '-', name, whole, whole);
		CHECK_STR(text, expected);
		CHECK_INT(echo_becomes(!whole), 1);
		CHECK(WEXITSTATUS(wait_job(&job)) == 0);
		tcsetpgrp(tty, getpgrp());
		CHECK_INT(echo_becomes(1), 1);
		CHECK_INT(tcgetattr(tty, &odd) == 0 && odd.c_cc[VERASE] == 'E' && odd.c_oflag == normal.c_oflag, 1);
	}
	tcsetattr(tty, TCSANOW, &normal);
	close(null);
	close(file);
	unlink(path);
}

/* Another terminal is nothing that we relay. */
static void
test_other_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), other;
	char text[64] = "";
	struct job job;

	CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	other = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	job = start_with((struct start){ .script = "echo there; echo here >&2", .fds = { -1, other, -1 } });
	check_end(&job, 0, job.pid);
	CHECK(see("here\r\n") && strstr(screen, "there") == NULL);
	CHECK(read(master, text, sizeof(text) - 1) > 0);
	CHECK_STR(text, "there\r\n");
	close(other);
	close(master);
}

static void
test_size(void)
{
	struct winsize size = { .ws_row = 40, .ws_col = 100 };
	struct job job = start_in("trap 'stty size' WINCH; echo ready $$.; while :; do sleep 0.02; done", false);

	ioctl(keyboard, TIOCSWINSZ, &size);
	CHECK(see("40 100"));
	type("\003");
	check_end(&job, 128 + SIGINT, job.pid);
}

/* --- job control --- */

static void
test_keys(void)
{
	struct job job = start_in(catcher("", SIGINT, 33), false);

	CHECK_INT(tcgetpgrp(tty), job.pid);
	CHECK(echo_becomes(0));
	type("\003");
	check_end(&job, 33, job.pid);
	job = start_in("echo ready $$.; while :; do sleep 0.02; done", false);
	type("\034");
	check_end(&job, 128 + SIGQUIT, job.pid);
	job = start_script("echo ready.; stty -echo; read x; stty echo; echo \"<$x>\"; exit 4");
	CHECK(see("ready."));
	sleep_ms(100);
	type("secret\r");
	check_end(&job, 4, job.pid);
	CHECK(see("<secret>") && strstr(screen, "secret") == strstr(screen, "<secret>") + 1);
}

static void
test_suspend(void)
{
	struct job job = start_in(catcher("", SIGINT, 33), false);

	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	CHECK(task_stops(job.task, 1));
	/* It stays so. */
	sleep_ms(700);
	CHECK_INT(process_state(job.task), 'T');
	continue_job(&job, 1);
	CHECK(task_stops(job.task, 0) && echo_becomes(0));
	/* bg, and fg of what runs already */
	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	continue_job(&job, 0);
	CHECK(task_stops(job.task, 0));
	sleep_ms(400);
	CHECK(is_normal());
	CHECK_INT(tcgetpgrp(tty), getpgrp());
	tcsetpgrp(tty, job.pid);
	CHECK(echo_becomes(0));
	type("\003");
	check_end(&job, 33, job.pid);
	/* The suspend command of a shell. */
	job = start_in("echo ready $$.; kill -STOP $$; exit 7", false);
	check_stop(&job, SIGSTOP, job.pid);
	continue_job(&job, 1);
	check_end(&job, 7, job.pid);
}

static void
test_background(void)
{
	struct job job = start_in("echo ready $$.; read x; test \"$x\" = hello && exit 44", true);

	check_stop(&job, SIGTTIN, getpgrp());
	continue_job(&job, 1);
	CHECK(echo_becomes(0));
	type("hello\r");
	check_end(&job, 44, job.pid);
	job = start_in("echo ready $$.; stty -echo; exit 45", true);
	check_stop(&job, SIGTTOU, getpgrp());
	continue_job(&job, 1);
	check_end(&job, 45, job.pid);
	job = start_in("echo ready $$.; exit 3", true);
	check_end(&job, 3, getpgrp());
}

/* In `task | less` the pager keeps the keyboard, until the task asks for it. */
static void
test_pipeline(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct job job = start_task((struct start){ .script = catcher("", SIGINT, 33), .fds = { -1, null, -1 } });

	CHECK(is_normal());
	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	CHECK(task_stops(job.task, 1));
	continue_job(&job, 1);
	CHECK(task_stops(job.task, 0));
	CHECK(is_normal());
	if (!with_front) {
		/* A front of this test does not outlive a ^C. */
		type("\003");
		check_end(&job, 33, job.pid);
	} else {
		kill(job.pid, SIGKILL);
		wait_job(&job);
		CHECK(task_ends(job.task));
		tcsetpgrp(tty, getpgrp());
	}
	job = start_with((struct start){ .script = "echo ready. >&2; read x; test \"$x\" = hello && exit 45",
	    .fds = { -1, null, -1 } });
	CHECK(see("ready.") && echo_becomes(0));
	type("hello\r");
	check_end(&job, 45, job.pid);
	CHECK(see("hello\r\n") && strstr(strstr(screen, "hello") + 1, "hello") == NULL);
	close(null);
}

/* A session leader's group is orphaned: nobody could continue it, so ^Z is dropped as for any such program. */
static void
test_orphaned(void)
{
	int status, saved[3], fd;
	pid_t typist, runner;

	screen[0] = '\0';
	fflush(stdout);
	for (fd = 0; fd < 3; fd++)
		saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	for (fd = 0; fd < 3; fd++)
		dup2(tty, fd);
	runner = fork();
	if (runner == 0)
		be_runner(NULL, catcher("", SIGINT, 33), (struct pl_run_spec){ .front = with_front ? getppid() : 0 });
	typist = fork();
	if (typist == 0) {
		setpgid(0, 0);
		see("ready");
		if (write(keyboard, "\032", 1) == 1)
			sleep_ms(800);
		_exit(write(keyboard, "\003", 1) != 1);
	}
	for (fd = 0; fd < 3; fd++) {
		dup2(saved[fd], fd);
		close(saved[fd]);
	}
	CHECK(waitpid(runner, &status, 0) == runner && WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 33);
	CHECK(is_normal());
	CHECK(waitpid(typist, &status, 0) == typist && status == 0);
	/* What the typist has left on the screen. */
	look();
	look();
}

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
	CHECK_INT(process_state(job.pid), 'T');
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

/* Nobody reads the terminal: nothing of ours waits for that. */
static void
test_stuck(void)
{
	struct verdict_after v = { .after = 2, .verdict = PL_RUN_STOPPED };
	struct start s = { .script = "yes", .fds = ON_TERMINAL, .spec = { .poll = poll_verdict, .arg = &v } };
	int64_t start = clock_ms();
	struct job job = start_with(s);
	int status;
	char c;

	CHECK(waitpid(job.pid, &status, 0) == job.pid && WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 128 + SIGTERM);
	CHECK(clock_ms() - start < 2500);
	tcsetpgrp(tty, getpgrp());
	tcflush(tty, TCIOFLUSH);
	fcntl(keyboard, F_SETFL, O_NONBLOCK);
	while (read(keyboard, &c, 1) == 1)
		;
	fcntl(keyboard, F_SETFL, 0);
	CHECK(is_normal());
}

/* --- programs --- */

static void
test_vim(void)
{
	struct job job;

	if (access("/usr/bin/vim", X_OK) != 0) {
		printf("SKIP vim: not installed\n");
		return;
	}
	job = start_with((struct start){ .path = "/usr/bin/vim", .fds = ON_TERMINAL, .spec = {
	    .arguments = "-u\nNONE\n-i\nNONE\n-n\n", .environment = "TERM=xterm\nHOME=/\nPATH=/usr/bin:/bin\n" } });
	CHECK(see("~"));
	type("ihello world\033");
	CHECK(see("hello world"));
	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	screen[0] = '\0';
	continue_job(&job, 1);
	CHECK(see("hello world"));
	type(":q!\r");
	check_end(&job, 0, job.pid);
}

static void
test_less(void)
{
	struct job job;

	if (access("/usr/bin/less", X_OK) != 0) {
		printf("SKIP less: not installed\n");
		return;
	}
	job = start_with((struct start){ .path = "/usr/bin/less", .fds = ON_TERMINAL, .spec = {
	    .arguments = "/etc/services\n",
	    .environment = "TERM=xterm\nHOME=/\nPATH=/usr/bin:/bin\nLESSSECURE=1\n" } });
	CHECK(see("/etc/services"));
	type("q");
	check_end(&job, 0, job.pid);
}

static int
be_shell(void)
{
	int i;

	if (!open_terminal())
		return 0;
	for (i = 0; i < 2; i++) {
		with_front = i == 1;
		test_keys();
		test_suspend();
		test_background();
		test_pipeline();
		test_orphaned();
		test_killed();
		test_hang_up();
	}
	test_redirections();
	test_other_terminal();
	test_size();
	test_ends();
	test_revoked_while_stopped();
	test_much();
	test_stuck();
	test_vim();
	test_less();
	return unit_end();
}

int
main(int argc, char *argv[])
{
	int status;
	pid_t pid;

	if (argc > 2 && strcmp(argv[1], "describe") == 0)
		return describe(argv[2]);
	if (argc > 1)
		return be_catcher(argv);
	if (geteuid() != 0) {
		printf("SKIP tasks of other accounts: not root\n");
		return unit_end();
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	pid = fork();
	if (pid == 0)
		return be_shell();
	CHECK(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
