/* run_terminal.c - job control: a shell with one job on a pseudo-terminal, played by this program */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "run_cases.h"
#include "unit.h"

static int keyboard;                /* the pty's master */
static int tty;                     /* its slave, our controlling terminal */
static char screen[16384];          /* all that was written to it */
static struct termios normal;

struct job {
	pid_t pid;
	pid_t task;                     /* as the task says itself: "ready PID" */
};

/* What is on the screen by now, waiting at most 20 ms for more. */
static void
look(void)
{
	struct pollfd p = { .fd = keyboard, .events = POLLIN };
	size_t len = strlen(screen);
	ssize_t n;

	if (poll(&p, 1, 20) != 1)
		return;
	n = read(keyboard, screen + len, sizeof(screen) - 1 - len);
	if (n > 0)
		screen[len + (size_t)n] = '\0';
}

/* Look until `text` is there; false after two seconds. */
static int
see(const char *text)
{
	int64_t until = clock_ms() + 2000;

	while (strstr(screen, text) == NULL && clock_ms() < until)
		look();
	return strstr(screen, text) != NULL;
}

static void
type(const char *keys)
{
	CHECK(write(keyboard, keys, strlen(keys)) == (ssize_t)strlen(keys));
}

/* Wait until the terminal's foreground group is `group`. */
static int
foreground_becomes(pid_t group)
{
	int64_t until = clock_ms() + 2000;

	while (tcgetpgrp(tty) != group && clock_ms() < until)
		sleep_ms(5);
	return tcgetpgrp(tty) == group;
}

static int
echo_becomes(int on)
{
	int64_t until = clock_ms() + 2000;
	struct termios t;

	do {
		if (tcgetattr(tty, &t) == 0 && ((t.c_lflag & ECHO) != 0) == on)
			return 1;
		sleep_ms(5);
	} while (clock_ms() < until);
	return 0;
}

static char
process_state(pid_t pid)
{
	char path[64], state = '?';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = '?';
	if (f != NULL)
		fclose(f);
	return state;
}

/* What the job does: run the script on the terminal and end with its status, 128+n or 99. */
static _Noreturn void
be_job(const char *script, int output, struct pl_run_spec spec)
{
	struct outcome out;

	dup2(tty, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(tty, STDERR_FILENO);
	signal(SIGTTOU, SIG_DFL);
	out = run_shell(script, spec);
	_exit(out.status != PL_OK ? 99 : out.result.signal != 0 ? 128 + out.result.signal : out.result.exit_status);
}

static struct job
start_job(const char *script, int foreground, int output, struct pl_run_spec spec)
{
	struct job job = { 0 };

	screen[0] = '\0';
	fflush(stdout);
	job.pid = fork();
	if (job.pid == 0) {
		setpgid(0, 0);
		if (foreground)
			tcsetpgrp(tty, getpid());
		be_job(script, output, spec);
	}
	setpgid(job.pid, job.pid);
	return job;
}

static struct job
start_ready(const char *script, int foreground)
{
	struct job job = start_job(script, foreground, tty, (struct pl_run_spec){ 0 });
	const char *at;

	CHECK(see("ready ") && see("."));
	at = strstr(screen, "ready ");
	job.task = at != NULL ? (pid_t)strtol(at + 6, NULL, 10) : 0;
	return job;
}

/* The job's next change of state, as waitpid tells it; -1 after two seconds, then it is killed. */
static int
wait_job(const struct job *job)
{
	int64_t until = clock_ms() + 2000;
	int status;

	while (clock_ms() < until) {
		if (waitpid(job->pid, &status, WUNTRACED | WNOHANG) == job->pid)
			return status;
		look();
	}
	kill(job->pid, SIGKILL);
	waitpid(job->pid, &status, 0);
	return -1;
}

/* Whether the terminal has the modes that it had at first. */
static int
is_normal(void)
{
	struct termios t;

	return tcgetattr(tty, &t) == 0 && t.c_iflag == normal.c_iflag && t.c_oflag == normal.c_oflag &&
	    t.c_cflag == normal.c_cflag && t.c_lflag == normal.c_lflag &&
	    memcmp(t.c_cc, normal.c_cc, VEOL2 + 1) == 0;
}

/* The job has ended with `status`, and the terminal is its own again, as it was. */
static void
check_end(const struct job *job, int status, pid_t foreground)
{
	int how = wait_job(job);

	CHECK(how != -1 && WIFEXITED(how));
	CHECK_INT(WEXITSTATUS(how), status);
	CHECK_INT(tcgetpgrp(tty), foreground);
	CHECK(is_normal());
	tcsetpgrp(tty, getpgrp());
}

static void
check_stop(const struct job *job, int sig, pid_t foreground)
{
	int how = wait_job(job);

	CHECK(how != -1 && WIFSTOPPED(how));
	CHECK_INT(WSTOPSIG(how), sig);
	CHECK_INT(tcgetpgrp(tty), foreground);
	CHECK(is_normal());
	tcsetpgrp(tty, getpgrp());
}

static void
continue_job(const struct job *job, int foreground)
{
	if (foreground)
		tcsetpgrp(tty, job->pid);
	kill(-job->pid, SIGCONT);
}

static void
test_interrupt(void)
{
	struct job job = start_ready(catcher("", SIGINT, 33), 1);

	CHECK_INT(tcgetpgrp(tty), job.task);
	type("\003");
	check_end(&job, 33, job.pid);
	job = start_ready("echo ready $$.; while :; do sleep 0.02; done", 1);
	type("\034");
	check_end(&job, 128 + SIGQUIT, job.pid);
}

static void
test_suspend(void)
{
	struct job job = start_ready(catcher("", SIGINT, 33), 1);

	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	CHECK_INT(process_state(job.task), 'T');
	continue_job(&job, 1);
	CHECK(foreground_becomes(job.task));
	CHECK(process_state(job.task) != 'T');
	/* bg, and fg of what runs already */
	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	continue_job(&job, 0);
	sleep_ms(100);
	CHECK(process_state(job.task) != 'T');
	CHECK_INT(tcgetpgrp(tty), getpgrp());
	tcsetpgrp(tty, job.pid);
	CHECK(foreground_becomes(job.task));
	type("\003");
	check_end(&job, 33, job.pid);
	/* The suspend command of a shell. */
	job = start_ready("echo ready $$.; kill -STOP $$; exit 7", 1);
	check_stop(&job, SIGSTOP, job.pid);
	continue_job(&job, 1);
	check_end(&job, 7, job.pid);
}

static void
test_modes(void)
{
	struct job job = start_ready("stty -echo -icanon -opost; echo ready $$.; kill -KILL $$", 1);

	check_end(&job, 128 + SIGKILL, job.pid);
	job = start_ready(catcher("stty -echo;", SIGINT, 33), 1);
	CHECK(echo_becomes(0));
	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	continue_job(&job, 1);
	CHECK(foreground_becomes(job.task) && echo_becomes(0));
	type("\003");
	check_end(&job, 33, job.pid);
}

static void
test_background(void)
{
	struct job job = start_ready("echo ready $$.; read x; test \"$x\" = hello && exit 44", 0);

	CHECK_INT(tcgetpgrp(tty), getpgrp());
	check_stop(&job, SIGTTIN, getpgrp());
	CHECK_INT(tcgetpgrp(tty), getpgrp());
	continue_job(&job, 1);
	CHECK(foreground_becomes(job.task));
	type("hello\n");
	check_end(&job, 44, job.pid);
	job = start_ready("echo ready $$.; exit 3", 0);
	check_end(&job, 3, getpgrp());
}

/* In `task | less` the pager keeps the keyboard, until the task asks for it. */
static void
test_pipeline(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct job job;

	job = start_job(catcher("", SIGINT, 33), 1, null, (struct pl_run_spec){ 0 });
	CHECK(see("ready "));
	CHECK_INT(tcgetpgrp(tty), job.pid);
	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	continue_job(&job, 1);
	sleep_ms(50);
	CHECK_INT(tcgetpgrp(tty), job.pid);
	type("\003");
	check_end(&job, 33, job.pid);

	job = start_job("echo ready. >&2; read x; test \"$x\" = hello && exit 45", 1, null, (struct pl_run_spec){ 0 });
	CHECK(see("ready."));
	type("hello\n");
	check_end(&job, 45, job.pid);
	close(null);
}

static void
test_revoked(void)
{
	struct verdict_after v = { .after = 1, .verdict = PL_RUN_REVOKED };
	struct job job;

	job = start_job("stty -echo; echo ready.; while :; do sleep 0.02; done", 1, tty,
	    (struct pl_run_spec){ .poll = poll_verdict, .arg = &v });
	CHECK(see("ready."));
	check_end(&job, 128 + SIGTERM, job.pid);
	/* What was revoked while the shell had it stopped does not go on. */
	v.after = 2;
	job = start_job("trap 'exit 50' CONT; trap 'exit 51' TERM; sleep 0.6; echo ready.; kill -STOP $$; exit 52",
	    1, tty, (struct pl_run_spec){ .poll = poll_verdict, .arg = &v });
	CHECK(see("ready."));
	check_stop(&job, SIGSTOP, job.pid);
	continue_job(&job, 1);
	check_end(&job, 51, job.pid);
}

static void
test_warning(void)
{
	struct job job = start_job("sleep 1.2", 1, tty, (struct pl_run_spec){ .warn_at = 1 });
	char *first;

	check_end(&job, 0, job.pid);
	first = strstr(screen, "pam-lite: the authorization ends within 5 minutes");
	CHECK(first != NULL && strstr(first + 1, "pam-lite") == NULL);
}

/* A refused start leaves the terminal as it was, too. */
static void
test_failed_start(void)
{
	struct job job = start_job("exit 0", 1, tty, (struct pl_run_spec){ .working_directory = "/nonexistent" });

	check_end(&job, 99, job.pid);
}

/* A session leader's group is orphaned: nobody could continue it, so ^Z is dropped as for any such program. */
static void
test_orphaned(void)
{
	struct outcome out;
	pid_t typist;
	int in, saved;

	screen[0] = '\0';
	fflush(stdout);
	typist = fork();
	if (typist == 0) {
		setpgid(0, 0);
		CHECK(see("ready"));
		type("\032");
		sleep_ms(200);
		type("\003");
		_exit(0);
	}
	in = dup(STDIN_FILENO);
	saved = dup(STDOUT_FILENO);
	dup2(tty, STDIN_FILENO);
	dup2(tty, STDOUT_FILENO);
	out = run_shell(catcher("exec 2>/dev/null;", SIGINT, 33), (struct pl_run_spec){ 0 });
	dup2(in, STDIN_FILENO);
	dup2(saved, STDOUT_FILENO);
	close(in);
	close(saved);
	CHECK_INT(out.result.exit_status, 33);
	CHECK_INT(tcgetpgrp(tty), getpgrp());
	kill(typist, SIGKILL);
	waitpid(typist, NULL, 0);
}

static int
be_shell(void)
{
	setsid();
	keyboard = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (keyboard < 0 || grantpt(keyboard) != 0 || unlockpt(keyboard) != 0) {
		printf("SKIP no pseudo-terminal: %s\n", strerror(errno));
		return 0;
	}
	tty = open(ptsname(keyboard), O_RDWR | O_NOCTTY | O_CLOEXEC);
	CHECK(tty >= 0 && ioctl(tty, TIOCSCTTY, 0) == 0);
	signal(SIGTTOU, SIG_IGN);
	CHECK(tcgetattr(tty, &normal) == 0);
	test_interrupt();
	test_suspend();
	test_modes();
	test_background();
	test_pipeline();
	test_revoked();
	test_warning();
	test_failed_start();
	test_orphaned();
	return unit_end();
}

int
main(int argc, char *argv[])
{
	int status;
	pid_t pid;

	if (argc > 1)
		return be_catcher(argv);
	pid = fork();
	if (pid == 0)
		return be_shell();
	CHECK(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
