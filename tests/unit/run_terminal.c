/* run_terminal.c - job control: a shell with one job on a pseudo-terminal, played by this program */

#include "run_job.h"

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
	CHECK_INT(pl_process_state(job.task), 'T');
	continue_job(&job, 1);
	CHECK(foreground_becomes(job.task));
	CHECK(pl_process_state(job.task) != 'T');
	/* bg, and fg of what runs already */
	type("\032");
	check_stop(&job, SIGTSTP, job.pid);
	continue_job(&job, 0);
	sleep_ms(100);
	CHECK(pl_process_state(job.task) != 'T');
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
	if (!open_terminal())
		return 0;
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
main(void)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		return be_shell();
	CHECK(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
