/* set-elevated-access-task - change a registered task; grants for it need a new approval */

#include "pamlite/command.h"
#include "pamlite/task.h"

#define IN(type, member) type(struct pl_task_spec, member)

static const struct pl_param params[] = {
	{ "Name", IN(PL_TASK, name), .position = 1, .flags = PL_REQUIRED | PL_PIPE,
	  .source = PL_SOURCE_ACCESS, .help = "name, Scope\\Name" },
	{ "Path", IN(PL_STRING, path), .flags = PL_CLEARABLE,
	  .source = PL_SOURCE_FILE, .help = "program to run, an absolute path" },
	{ "ArgumentList", IN(PL_LIST, arguments), .flags = PL_CLEARABLE,
	  .help = "its arguments; {name} stands for a parameter" },
	{ "Parameter", IN(PL_MAP, parameters), .source = PL_SOURCE_DECLARATION, .flags = PL_CLEARABLE,
	  .help = "typed parameters: name=choice:a|b, int:MIN..MAX, word, path:/prefix or text:MAX" },
	{ "RunAs", IN(PL_ACCOUNT, run_as), .source = PL_SOURCE_USER, .fallback = "the caller on a private database",
	  .help = "account that it runs as" },
	{ "WorkingDirectory", IN(PL_STRING, working_directory), .flags = PL_CLEARABLE, .fallback = "/",
	  .source = PL_SOURCE_DIRECTORY, .help = "where it starts" },
	{ "Environment", IN(PL_MAP, environment), .flags = PL_CLEARABLE, .help = "further variables, NAME=value" },
	{ "Sha256", IN(PL_STRING, sha256), .flags = PL_CLEARABLE, .help = "digest that the program must have" },
	{ "Member", IN(PL_LIST, members),
	  .source = PL_SOURCE_ACCESS, .help = "tasks of a role, or roles of a role group" },
	{ "Description", IN(PL_STRING, description), .flags = PL_CLEARABLE,
	  .help = "what it does, for requestors and approvers" },
	{ 0 }
};

static const char *const examples[] = {
	"set-elevated-access-task 'Linux\\restart-web' -Description 'restarts nginx'",
	"set-elevated-access-task 'Linux\\web-admin' -Member 'Linux\\restart-web'",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_ROOT_REQUIRED, PL_ERR_TASK_NOT_FOUND, PL_ERR_TASK_INVALID,
	PL_ERR_RUN_AS_REFUSED, PL_ERR_PROGRAM_UNSAFE, PL_ERR_TASK_FILE_MISSING, PL_ERR_TASK_FILE_REFUSED,
	PL_ERR_NOTHING_TO_CHANGE, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_task row;
	enum pl_status st = pl_task_change(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_task_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "set-elevated-access-task",
	.summary = "change a registered task; grants for it need a new approval",
	.needs = PL_NEED_STORE_WRITE,
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
