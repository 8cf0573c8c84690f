/* new-elevated-access-approver-group - make an approver group */

#include "pamlite/command.h"
#include "pamlite/group.h"

#define IN(type, member) type(struct pl_group_spec, member)

static const struct pl_param params[] = {
	{ "Name", IN(PL_STRING, name), .position = 1, .flags = PL_REQUIRED | PL_NEW_NAME,
	  .help = "name of the group" },
	{ "MailAddress", IN(PL_STRING, mail), .help = "address of the whole group; also names it" },
	{ "Member", IN(PL_LIST, members), .source = PL_SOURCE_USER, .help = "accounts that belong to it" },
	{ "UnixGroup", IN(PL_STRING, unix_group),
	  .source = PL_SOURCE_UNIX_GROUP, .help = "Unix group whose members belong to it, asked at every use" },
	{ "Description", IN(PL_STRING, description), .help = "what the group is for" },
	{ 0 }
};

static const char *const examples[] = {
	"new-elevated-access-approver-group ops -Member bob,dave",
	"new-elevated-access-approver-group -Name wheel -MailAddress wheel@example.org -UnixGroup wheel",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_GROUP_EXISTS, PL_ERR_UNIX_GROUP_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_group row;
	enum pl_status st = pl_group_create(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_group_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "new-elevated-access-approver-group",
	.summary = "make an approver group",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_STORE_CREATE,
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
