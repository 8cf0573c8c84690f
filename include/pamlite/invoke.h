/* invoke.h - run a task on somebody's behalf, from the question to the end record */
#ifndef PAMLITE_INVOKE_H
#define PAMLITE_INVOKE_H

#include "pamlite/context.h"
#include "pamlite/run.h"
#include "pamlite/status.h"

struct pl_invoke_spec {
	char *task;
	char *parameters;       /* map; NULL = none given */
	char *values;           /* list: values for the declared parameters in their order; NULL = none given */
	char *request;          /* only under this request's grant; NULL = any */
};

/*
 * Decide, open the program, record the start, run it in the caller's place and
 * record the end. On a private database it runs as the caller himself.
 * PL_OK: ctx->task_status is what to exit with: the task's own, or 128 and the signal.
 */
enum pl_status pl_invoke(struct pl_ctx *ctx, const struct pl_invoke_spec *spec);

/*
 * The other side of a run on the system database: answer what the runner asks (channel.h) until it is
 * gone. No database is open while a task runs for longer than a moment.
 */
enum pl_status pl_invoke_serve(struct pl_ctx *ctx, const struct pl_invoke_spec *spec);

#endif
