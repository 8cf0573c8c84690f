/* run_cases.h - what the tests of lib/run share: run something and keep how it ended */
#ifndef PAMLITE_TESTS_RUN_CASES_H
#define PAMLITE_TESTS_RUN_CASES_H

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/list.h"
#include "pamlite/run.h"

#include "unit.h"

struct outcome {
	enum pl_status status;
	enum pl_error error;
	struct pl_run_result result;
	int64_t took_ms;
};

static inline int64_t
clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static inline void
sleep_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

/* Open the program and run it. The spec's program is filled in here. */
static inline struct outcome
run_spec(const char *path, struct pl_run_spec spec)
{
	struct pl_program program;
	struct outcome out = { .result = { .exit_status = -2 } };
	int64_t start = clock_ms();
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	out.status = pl_program_open(&ctx, path, NULL, &program);
	spec.program = &program;
	if (spec.warn_at == 0)
		spec.warn_at = PL_NULL;
	if (spec.environment == NULL)
		spec.environment = "PATH=/usr/bin:/bin\n";
	if (out.status == PL_OK)
		out.status = pl_run(&ctx, &spec, &out.result);
	out.error = ctx.failure.error;
	out.took_ms = clock_ms() - start;
	pl_program_clear(&program);
	pl_ctx_clear(&ctx);
	return out;
}

/* sh -c SCRIPT; a script is one line. */
static inline struct outcome
run_shell(const char *script, struct pl_run_spec spec)
{
	struct outcome out;
	struct pl_buf arguments;

	pl_buf_init(&arguments);
	pl_list_add(&arguments, "-c");
	pl_list_add(&arguments, script);
	spec.arguments = arguments.text;
	out = run_spec("/bin/sh", spec);
	pl_buf_clear(&arguments);
	return out;
}

/* Run with standard output in `text`. */
static inline struct outcome
run_captured(const char *path, struct pl_run_spec spec, char *text, size_t size)
{
	int file = memfd_create("output", MFD_CLOEXEC), saved;
	struct outcome out;
	ssize_t n;

	fflush(stdout);
	saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	dup2(file, STDOUT_FILENO);
	out = run_spec(path, spec);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	n = pread(file, text, size - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	close(file);
	return out;
}

/*
 * The shell command for a task that says that it is ready and ends with the status when the signal comes, after
 * what else is to be done before. A shell's loop will not do where ^Z is typed: a child of vfork that is stopped
 * before its exec keeps its parent from stopping. Nor this program: the account may not come to where it lies.
 */
static inline const char *
catcher(const char *before, int sig, int status)
{
	static char script[4300];

	snprintf(script, sizeof(script), "%s exec /usr/bin/perl -e '$SIG{%s} = sub { exit %d }; $| = 1;"
	    " print STDERR \"ready $$.\\n\"; print \"ready $$.\\n\"; sleep 9 while 1'", before, sigabbrev_np(sig),
	    status);
	return script;
}

/* A poll that says `verdict` from the call number `after` on. */
struct verdict_after {
	int after;
	int calls;
	enum pl_run_verdict verdict;
	int64_t said_at_ms;
};

static inline enum pl_run_verdict
poll_verdict(void *arg)
{
	struct verdict_after *v = arg;

	if (++v->calls < v->after)
		return PL_RUN_GO_ON;
	if (v->said_at_ms == 0)
		v->said_at_ms = clock_ms();
	return v->verdict;
}

/* Tasks write here; that its end is reached says that nobody of a group lives any more. */
static int task_output[2];

/*
 * Run a script with its output in the pipe and, once it has written a line,
 * send the signals (ended by 0) to this process, 50 ms apart.
 */
static inline struct outcome
run_with_signals(const char *script, const int *signals, struct pl_run_spec spec)
{
	pid_t target = getpid(), sender;
	struct outcome out;
	int saved, saved_error, null;
	char c;

	CHECK(pipe2(task_output, O_CLOEXEC) == 0);
	fflush(stdout);
	sender = fork();
	if (sender == 0) {
		close(task_output[1]);
		while (read(task_output[0], &c, 1) == 1 && c != '\n')
			;
		for (; *signals != 0; signals++) {
			sleep_ms(50);
			kill(target, *signals);
		}
		_exit(0);
	}
	saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	dup2(task_output[1], STDOUT_FILENO);
	close(task_output[1]);
	/* Shells tell there which of their children a signal has ended. */
	saved_error = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10);
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	dup2(null, STDERR_FILENO);
	close(null);
	out = run_shell(script, spec);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	dup2(saved_error, STDERR_FILENO);
	close(saved_error);
	waitpid(sender, NULL, 0);
	return out;
}

/* Milliseconds until the last holder of the output has ended; what was written is thrown away. */
static inline int64_t
wait_for_group(void)
{
	int64_t start = clock_ms();
	char text[256];

	while (read(task_output[0], text, sizeof(text)) > 0)
		;
	close(task_output[0]);
	return clock_ms() - start;
}

#endif
