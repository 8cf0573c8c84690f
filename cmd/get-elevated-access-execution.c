/* get-elevated-access-execution - list runs of tasks */

#include "pamlite/command.h"
#include "pamlite/execution.h"

#define IN(type, member) type(struct pl_execution_filter, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .position = 1, .flags = PL_ID,
	  .source = PL_SOURCE_EXECUTION, .help = "id of a run" },
	{ "Task", IN(PL_TASK, task), .flags = PL_WILDCARD,
	  .source = PL_SOURCE_TASK, .help = "task, or a pattern with * and ?" },
	{ "RequestId", IN(PL_STRING, request), .flags = PL_ID,
	  .source = PL_SOURCE_REQUEST, .help = "id of the request under whose grant it ran" },
	{ "Mine", IN(PL_SWITCH, mine), .help = "only the caller's own" },
	{ "Running", IN(PL_SWITCH, running), .help = "only what has not ended" },
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-execution -Running",
	"get-elevated-access-execution -Task 'Linux\\*' -Filter 'ExitStatus -ne 0'",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_EXECUTION_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	return pl_execution_list(ctx, args, pl_out_row_fn, out);
}

static const struct pl_command command = {
	.name = "get-elevated-access-execution",
	.summary = "list runs of tasks",
	.needs = PL_NEED_STORE_READ | PL_LISTS,
	.params = params,
	.args_size = sizeof(struct pl_execution_filter),
	.output = &pl_execution_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
