/* run_cases.h - what the tests of lib/run share: run something and keep how it ended */
#ifndef PAMLITE_TESTS_RUN_CASES_H
#define PAMLITE_TESTS_RUN_CASES_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/list.h"
#include "pamlite/run.h"

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

/*
 * This program as a task: "catch SIGNAL STATUS" says that it is ready and ends with
 * the status when the signal comes. A shell's loop will not do where ^Z is typed: a
 * child of vfork that is stopped before its exec keeps its parent from stopping.
 */
static int catch_status;

static inline void
end_caught(int sig)
{
	(void)sig;
	_exit(catch_status);
}

static inline int
be_catcher(char *argv[])
{
	char line[32];
	int len = snprintf(line, sizeof(line), "ready %d.\n", (int)getpid());

	catch_status = atoi(argv[3]);
	signal(atoi(argv[2]), end_caught);
	if (write(STDERR_FILENO, line, (size_t)len) != len || write(STDOUT_FILENO, line, (size_t)len) != len)
		return 1;
	for (;;)
		pause();
}

/* The shell command for it, after what else is to be done before. */
static inline const char *
catcher(const char *before, int sig, int status)
{
	static char script[4300];
	char self[4096] = "";

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return "exit 98";
	snprintf(script, sizeof(script), "%s exec '%s' catch %d %d", before, self, sig, status);
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

#endif
