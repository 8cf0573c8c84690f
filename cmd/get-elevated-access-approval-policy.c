/* get-elevated-access-approval-policy - list approval policies */

#include "pamlite/command.h"
#include "pamlite/policy.h"

#define IN(type, member) type(struct pl_policy_filter, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .source = PL_SOURCE_POLICY, .position = 1, .flags = PL_ID,
	  .help = "id, or the task that it is for" },
	{ "Task", IN(PL_TASK, task), .source = PL_SOURCE_ACCESS, .flags = PL_WILDCARD,
	  .help = "task, role or role group, or a pattern with * and ?" },
	{ "ApprovalType", IN(PL_ENUM, approval_type), .values = pl_approval_types, .help = "only this type" },
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-approval-policy",
	"get-elevated-access-approval-policy -Task 'Linux\\*' -ApprovalType Manual",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_POLICY_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	return pl_policy_list(ctx, args, pl_out_row_fn, out);
}

static const struct pl_command command = {
	.name = "get-elevated-access-approval-policy",
	.summary = "list approval policies",
	.needs = PL_NEED_STORE_READ | PL_LISTS,
	.params = params,
	.args_size = sizeof(struct pl_policy_filter),
	.output = &pl_policy_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
