/* run_runner.h - a task of another account as a job: a front that waits, and a runner */
#ifndef PAMLITE_TESTS_RUN_RUNNER_H
#define PAMLITE_TESTS_RUN_RUNNER_H

#include <sys/pidfd.h>
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

static inline _Noreturn void
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

static inline _Noreturn void
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

static inline struct job
start_with(struct start s)
{
	struct pollfd rest = { .fd = keyboard, .events = POLLIN };
	struct job job = { 0 };
	int fd;

	/* What the last job has printed and nobody has looked at. */
	while (poll(&rest, 1, 0) == 1 && read(keyboard, screen, sizeof(screen)) > 0)
		;
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
		s.spec.front_fd = pidfd_open(getpid(), 0);
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

static inline struct job
start_script(const char *script)
{
	return start_with((struct start){ .script = script, .fds = ON_TERMINAL });
}

static inline void
find_ready(struct job *job)
{
	const char *at;

	CHECK(see("ready ") && see("."));
	at = strstr(screen, "ready ");
	job->task = at != NULL ? (pid_t)strtol(at + 6, NULL, 10) : 0;
}

static inline struct job
start_task(struct start s)
{
	struct job job = start_with(s);

	find_ready(&job);
	return job;
}

static inline struct job
start_in(const char *script, bool background)
{
	return start_task((struct start){ .script = script, .fds = ON_TERMINAL, .background = background });
}

/* Its state and, in *parent, who started it; '?' = it is gone. */
static inline char
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

static inline int
task_ends(pid_t task)
{
	int64_t until = clock_ms() + 2000;
	char state;

	while ((state = pl_process_state(task)) != '\0' && state != 'Z' && clock_ms() < until)
		sleep_ms(10);
	return state == '\0' || state == 'Z';
}

static inline int
task_stops(pid_t task, int stopped)
{
	int64_t until = clock_ms() + 2000;

	while (clock_ms() < until && (pl_process_state(task) == 'T') != stopped)
		sleep_ms(10);
	return (pl_process_state(task) == 'T') == stopped;
}

static inline int
becomes_normal(void)
{
	int64_t until = clock_ms() + 2000;

	while (!is_normal() && clock_ms() < until)
		sleep_ms(10);
	return is_normal();
}

/* Run the tests as a shell on a terminal of its own; only root can. */
static inline int
run_as_shell(int (*tests)(void))
{
	int status;
	pid_t pid;

	if (geteuid() != 0) {
		printf("SKIP tasks of other accounts: not root\n");
		return unit_end();
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 1;
	pid = fork();
	if (pid == 0)
		return open_terminal() ? tests() : unit_end();
	CHECK(waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

#endif
