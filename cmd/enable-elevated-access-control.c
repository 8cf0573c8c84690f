/* enable-elevated-access-control - switch elevated access control on */

#include "pamlite/command.h"
#include "pamlite/control.h"

#define IN(type, member) type(struct pl_control_spec, member)

static const struct pl_param params[] = {
	{ "AdminGroup", IN(PL_STRING, admin_group), .source = PL_SOURCE_GROUP, .flags = PL_REQUIRED | PL_ID,
	  .help = "approver group that decides where a policy names none; made, empty, if there is none" },
	{ "SystemAccounts", IN(PL_LIST, system_accounts), .source = PL_SOURCE_USER,
	  .help = "accounts to exclude from the control; adds, never removes" },
	{ 0 }
};

static const char *const examples[] = {
	"enable-elevated-access-control -AdminGroup pamapprovers",
	"enable-elevated-access-control -AdminGroup pamapprovers -SystemAccounts backup,monitor",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_control row;
	enum pl_status st = pl_control_enable(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_control_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "enable-elevated-access-control",
	.summary = "switch elevated access control on",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_STORE_CREATE | PL_QUIET,
	.params = params,
	.args_size = sizeof(struct pl_control_spec),
	.output = &pl_control_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
