/* run_pty.c - a task of another account on a pseudo-terminal: job control, modes, sizes, redirections */

#include "pamlite/recorder.h"

#include "run_runner.h"

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

/* Whoever is there is told before the task prints anything; the recording has what the task has printed. */
static void
test_recorded(void)
{
	static struct pl_recorder recorder;
	const struct pl_recorder_spec spec = { .fd = memfd_create("recording", MFD_CLOEXEC), .max = 1 << 20,
		.width = 80, .height = 24, .title = "", .term = "", .shell = "" };
	const struct pl_run_spec run = { .recorder = &recorder };
	static const char said[] = "pam-lite: this session is recorded\r\n";
	char text[4096] = "", digest[PL_DIGEST_LEN + 1];
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct job job;

	CHECK(null >= 0 && pl_recorder_open(&recorder, &spec));
	job = start_with((struct start){ .script = "echo shown; exit 7", .fds = ON_TERMINAL, .spec = run });
	check_end(&job, 7, job.pid);
	CHECK(see("shown\r\n"));
	CHECK(strncmp(screen, said, strlen(said)) == 0);
	CHECK_STR(screen + strlen(said), "shown\r\n");
	CHECK(pread(recorder.fd, text, sizeof(text) - 1, 0) > 0);
	CHECK(strstr(text, "shown") != NULL && strstr(text, "pam-lite") == NULL);
	/* Nobody is there. */
	job = start_with((struct start){ .script = "exit 8", .fds = { null, null, null }, .spec = run });
	CHECK_INT(WEXITSTATUS(wait_job(&job)), 8);
	tcsetpgrp(tty, getpgrp());
	look();
	CHECK_STR(screen, "");
	CHECK(pl_recorder_end(&recorder, digest));
	close(null);
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
	CHECK_INT(pl_process_state(job.task), 'T');
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
		be_runner(NULL, catcher("", SIGINT, 33), (struct pl_run_spec){ .front = with_front ? getppid() : 0,
		    .front_fd = pidfd_open(getppid(), 0) });
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

/* This program as the task: its terminal stays with a group that is gone. */
static int
lose_terminal(void)
{
	char line[32] = "";
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		signal(SIGTTOU, SIG_IGN);
		_exit(tcsetpgrp(STDIN_FILENO, getpid()) != 0);
	}
	if (waitpid(pid, NULL, 0) != pid || printf("ready %d.\n", (int)getpid()) < 0 || fflush(stdout) != 0)
		return 1;
	return read(STDIN_FILENO, line, sizeof(line)) == 6 && strcmp(line, "hello\n") == 0 ? 44 : 2;
}

/* As below a shell: it is stopped when it reads, and fg gives it the terminal whoever had it. */
static void
test_lost_terminal(void)
{
	struct job job = start_task((struct start){ .path = "/proc/self/exe", .fds = ON_TERMINAL,
	    .spec = { .arguments = "lose\n" } });

	check_stop(&job, SIGTTIN, job.pid);
	continue_job(&job, 1);
	CHECK(task_stops(job.task, 0));
	type("hello\r");
	check_end(&job, 44, job.pid);
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
run_tests(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		with_front = i == 1;
		test_keys();
		test_suspend();
		test_background();
		test_pipeline();
		test_orphaned();
	}
	test_redirections();
	test_other_terminal();
	test_recorded();
	test_size();
	test_lost_terminal();
	test_vim();
	test_less();
	return unit_end();
}

int
main(int argc, char *argv[])
{
	if (argc > 2 && strcmp(argv[1], "describe") == 0)
		return describe(argv[2]);
	if (argc > 1 && strcmp(argv[1], "lose") == 0)
		return lose_terminal();
	return run_as_shell(run_tests);
}
