/* get-elevated-access-task - list registered tasks */

#include "pamlite/command.h"
#include "pamlite/task.h"

#define IN(type, member) type(struct pl_task_filter, member)

static const struct pl_param params[] = {
	{ "Name", IN(PL_TASK, name), .position = 1, .flags = PL_WILDCARD,
	  .source = PL_SOURCE_ACCESS, .help = "name, or a pattern with * and ?" },
	{ "Type", IN(PL_ENUM, type), .values = pl_task_types, .help = "only this type" },
	{ "Mine", IN(PL_SWITCH, mine), .help = "only what the caller may run now" },
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-task",
	"get-elevated-access-task 'Linux\\*' -Mine",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_TASK_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	return pl_task_list(ctx, args, pl_out_row_fn, out);
}

static const struct pl_command command = {
	.name = "get-elevated-access-task",
	.summary = "list registered tasks",
	.needs = PL_NEED_STORE_READ | PL_LISTS,
	.params = params,
	.args_size = sizeof(struct pl_task_filter),
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
