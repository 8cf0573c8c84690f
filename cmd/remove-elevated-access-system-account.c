/* remove-elevated-access-system-account - end the exclusion of an account from the control */

#include "pamlite/command.h"
#include "pamlite/system_account.h"

#define IN(type, member) type(struct pl_system_account_spec, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_ACCOUNT, identity), .position = 1, .flags = PL_REQUIRED | PL_PIPE,
	  .source = PL_SOURCE_SYSTEM_ACCOUNT, .help = "excluded account" },
	{ "Reason", IN(PL_REASON, reason), .help = "why; kept in the audit log" },
	{ 0 }
};

static const char *const examples[] = {
	"remove-elevated-access-system-account backup",
	"remove-elevated-access-system-account backup -Reason 'job retired' -Confirm:false",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_SYSTEM_ACCOUNT_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_system_account row;
	enum pl_status st = pl_system_account_remove(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_system_account_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "remove-elevated-access-system-account",
	.summary = "end the exclusion of an account from the control",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM | PL_QUIET,
	.params = params,
	.args_size = sizeof(struct pl_system_account_spec),
	.output = &pl_system_account_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
