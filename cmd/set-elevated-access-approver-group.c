/* set-elevated-access-approver-group - change an approver group */

#include "pamlite/command.h"
#include "pamlite/group.h"

#define IN(type, member) type(struct pl_group_spec, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_GROUP, .help = "name, mail address or id" },
	{ "AddMember", IN(PL_LIST, add_members), .source = PL_SOURCE_USER, .help = "accounts to add" },
	{ "RemoveMember", IN(PL_LIST, remove_members),
	  .source = PL_SOURCE_GROUP_MEMBER, .help = "accounts to remove" },
	{ "MailAddress", IN(PL_STRING, mail), .flags = PL_CLEARABLE, .help = "address of the whole group" },
	{ "UnixGroup", IN(PL_STRING, unix_group), .source = PL_SOURCE_UNIX_GROUP, .flags = PL_CLEARABLE,
	  .help = "Unix group whose members belong to it" },
	{ "Description", IN(PL_STRING, description), .flags = PL_CLEARABLE, .help = "what the group is for" },
	{ 0 }
};

static const char *const examples[] = {
	"set-elevated-access-approver-group ops -AddMember erin -RemoveMember dave",
	"set-elevated-access-approver-group ops -MailAddress ''",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_GROUP_NOT_FOUND, PL_ERR_GROUP_EXISTS,
	PL_ERR_UNIX_GROUP_NOT_FOUND, PL_ERR_NOTHING_TO_CHANGE, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_group row;
	enum pl_status st = pl_group_change(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_group_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "set-elevated-access-approver-group",
	.summary = "change an approver group",
	.needs = PL_NEED_STORE_WRITE,
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
