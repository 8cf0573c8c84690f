/* register-elevated-access-task - register a task, a role or a role group */

#include "pamlite/command.h"
#include "pamlite/task.h"

#define IN(type, member) type(struct pl_task_spec, member)

static const struct pl_param params[] = {
	{ "Name", IN(PL_TASK, name), .position = 1, .flags = PL_REQUIRED, .help = "name, Scope\\Name" },
	{ "Type", IN(PL_ENUM, type), .values = pl_task_types, .fallback = "Task",
	  .help = "a task, a role of tasks or a group of roles" },
	{ "Path", IN(PL_STRING, path), .source = PL_SOURCE_FILE, .help = "program to run, an absolute path" },
	{ "ArgumentList", IN(PL_LIST, arguments), .help = "its arguments; {name} stands for a parameter" },
	{ "Parameter", IN(PL_MAP, parameters), .source = PL_SOURCE_DECLARATION,
	  .help = "typed parameters: name=choice:a|b, int:MIN..MAX, word, path:/prefix or text:MAX" },
	{ "RunAs", IN(PL_ACCOUNT, run_as), .source = PL_SOURCE_USER,
	  .fallback = "root; on a private database the caller", .help = "account that it runs as" },
	{ "WorkingDirectory", IN(PL_STRING, working_directory), .fallback = "/",
	  .source = PL_SOURCE_DIRECTORY, .help = "where it starts" },
	{ "Environment", IN(PL_MAP, environment), .help = "further variables, NAME=value" },
	{ "Sha256", IN(PL_STRING, sha256), .help = "digest that the program must have" },
	{ "Member", IN(PL_LIST, members),
	  .source = PL_SOURCE_ACCESS, .help = "tasks of a role, or roles of a role group" },
	{ "Description", IN(PL_STRING, description), .help = "what it does, for requestors and approvers" },
	{ 0 }
};

static const char *const examples[] = {
	"register-elevated-access-task 'Linux\\restart-web' -Path /usr/bin/systemctl -ArgumentList restart,'{unit}'"
	    " -Parameter unit=word",
	"register-elevated-access-task 'Linux\\web-admin' -Type Role -Member 'Linux\\restart-web','Linux\\reload-web'",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_ROOT_REQUIRED, PL_ERR_TASK_EXISTS, PL_ERR_TASK_INVALID,
	PL_ERR_RUN_AS_REFUSED, PL_ERR_PROGRAM_UNSAFE,
	PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_task row;
	enum pl_status st = pl_task_register(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_task_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "register-elevated-access-task",
	.summary = "register a task, a role or a role group",
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
