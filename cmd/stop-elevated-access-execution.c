/* stop-elevated-access-execution - end a running task */

#include "pamlite/command.h"
#include "pamlite/execution.h"

#define IN(type, member) type(struct pl_execution_stop_spec, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_RUNNING, .help = "id of the run" },
	{ "Comment", IN(PL_REASON, comment), .help = "why; kept in the audit log" },
	{ 0 }
};

static const char *const examples[] = {
	"stop-elevated-access-execution \"$run\"",
	"get-elevated-access-execution -Running -o Id | stop-elevated-access-execution -Comment 'host goes down'"
	    " -Confirm:false",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_EXECUTION_NOT_FOUND, PL_ERR_NOT_REVOKER, PL_ERR_EXECUTION_OVER, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_execution row;
	enum pl_status st = pl_execution_stop(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_execution_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "stop-elevated-access-execution",
	.summary = "end a running task",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM,
	.params = params,
	.args_size = sizeof(struct pl_execution_stop_spec),
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
