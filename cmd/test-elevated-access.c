/* test-elevated-access - would a task run now, and under which grant */

#include "pamlite/access.h"
#include "pamlite/command.h"

#define IN(type, member) type(struct pl_access_test_spec, member)

static const struct pl_param params[] = {
	{ "Task", IN(PL_TASK, task), .position = 1, .flags = PL_REQUIRED,
	  .source = PL_SOURCE_TASK, .help = "task to be run, Scope\\Name" },
	{ "Parameter", IN(PL_MAP, parameters), .source = PL_SOURCE_TASK_PARAMETER, .fallback = "those of the grant",
	  .help = "values of its parameters, name=value" },
	{ "Use", IN(PL_SWITCH, use), .help = "count one use and record it: for programs that run the task themselves" },
	{ 0 }
};

static const char *const examples[] = {
	"test-elevated-access 'Linux\\restart-web'",
	"test-elevated-access 'Exchange\\New-MoveRequest' -Use -o Value -Property Why",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_TASK_NOT_FOUND, PL_ERR_PARAMETER_INVALID, PL_ERR_SEVERAL_GRANTS, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_access_test row;
	enum pl_status st = pl_access_test(ctx, args, &row), shown;

	if (st == PL_OK || st == PL_FALSE) {
		shown = pl_out_row(out, &row);
		st = shown == PL_OK ? st : shown;
	}
	pl_row_clear(&pl_access_test_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "test-elevated-access",
	.summary = "would a task run now, and under which grant",
	.needs = PL_NEED_STORE_WRITE,
	.params = params,
	.args_size = sizeof(struct pl_access_test_spec),
	.output = &pl_access_test_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
