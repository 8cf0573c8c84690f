/* get-elevated-access-approver-group - list approver groups */

#include "pamlite/command.h"
#include "pamlite/group.h"

#define IN(type, member) type(struct pl_group_filter, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .source = PL_SOURCE_GROUP, .position = 1, .flags = PL_WILDCARD | PL_ID,
	  .help = "name, mail address or id; * and ? in names" },
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-approver-group",
	"get-elevated-access-approver-group ops --json",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_GROUP_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	return pl_group_list(ctx, args, pl_out_row_fn, out);
}

static const struct pl_command command = {
	.name = "get-elevated-access-approver-group",
	.summary = "list approver groups",
	.needs = PL_NEED_STORE_READ | PL_LISTS,
	.params = params,
	.args_size = sizeof(struct pl_group_filter),
	.output = &pl_group_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
