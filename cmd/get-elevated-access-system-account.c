/* get-elevated-access-system-account - list accounts that are excluded from the control */

#include "pamlite/command.h"
#include "pamlite/system_account.h"

#define IN(type, member) type(struct pl_system_account_filter, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .position = 1, .flags = PL_WILDCARD | PL_ID,
	  .source = PL_SOURCE_SYSTEM_ACCOUNT, .help = "account, or a pattern with * and ?" },
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-system-account",
	"get-elevated-access-system-account -Filter 'ExpiresUtc -eq null'",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_SYSTEM_ACCOUNT_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	return pl_system_account_list(ctx, args, pl_out_row_fn, out);
}

static const struct pl_command command = {
	.name = "get-elevated-access-system-account",
	.summary = "list accounts that are excluded from the control",
	.needs = PL_NEED_STORE_READ | PL_LISTS,
	.params = params,
	.args_size = sizeof(struct pl_system_account_filter),
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
