/* unregister-elevated-access-task - remove a task, a role or a role group */

#include "pamlite/command.h"
#include "pamlite/task.h"

#define IN(type, member) type(struct pl_task_spec, member)

static const struct pl_param params[] = {
	{ "Name", IN(PL_TASK, name), .position = 1, .flags = PL_REQUIRED | PL_PIPE,
	  .source = PL_SOURCE_ACCESS, .help = "name, Scope\\Name" },
	{ 0 }
};

static const char *const examples[] = {
	"unregister-elevated-access-task 'Linux\\restart-web'",
	"unregister-elevated-access-task 'Linux\\restart-web' -Confirm:false -PassThru",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_ROOT_REQUIRED, PL_ERR_TASK_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_task row;
	enum pl_status st = pl_task_unregister(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_task_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "unregister-elevated-access-task",
	.summary = "remove a task, a role or a role group",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM | PL_QUIET,
	.params = params,
	.args_size = sizeof(struct pl_task_spec),
	.output = &pl_task_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
