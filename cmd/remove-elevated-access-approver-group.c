/* remove-elevated-access-approver-group - remove an approver group that nothing uses */

#include "pamlite/command.h"
#include "pamlite/group.h"

#define IN(type, member) type(struct pl_group_spec, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_GROUP, .help = "name, mail address or id" },
	{ 0 }
};

static const char *const examples[] = {
	"remove-elevated-access-approver-group ops",
	"remove-elevated-access-approver-group ops -Confirm:false -PassThru",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_GROUP_NOT_FOUND, PL_ERR_GROUP_IN_USE, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_group row;
	enum pl_status st = pl_group_remove(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_group_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "remove-elevated-access-approver-group",
	.summary = "remove an approver group that nothing uses",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM | PL_QUIET,
	.params = params,
	.args_size = sizeof(struct pl_group_spec),
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
