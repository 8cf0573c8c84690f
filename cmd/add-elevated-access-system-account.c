/* add-elevated-access-system-account - exclude an account from the control */

#include "pamlite/command.h"
#include "pamlite/system_account.h"

#define IN(type, member) type(struct pl_system_account_spec, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_ACCOUNT, identity), .position = 1, .flags = PL_REQUIRED | PL_PIPE,
	  .source = PL_SOURCE_USER, .help = "account to exclude" },
	{ "Reason", IN(PL_REASON, reason), .flags = PL_REQUIRED, .help = "why it cannot ask like everybody else" },
	{ "ExpiresUtc", IN(PL_TIME, expires_at), .help = "when the exclusion ends by itself" },
	{ 0 }
};

static const char *const examples[] = {
	"add-elevated-access-system-account backup -Reason 'nightly job'",
	"add-elevated-access-system-account deploy -Reason 'migration' -ExpiresUtc 2027-01-31T00:00:00Z",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_SYSTEM_ACCOUNT_EXISTS, PL_ERR_TIME_PAST, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_system_account row;
	enum pl_status st = pl_system_account_add(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_system_account_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "add-elevated-access-system-account",
	.summary = "exclude an account from the control",
	.needs = PL_NEED_STORE_WRITE | PL_QUIET,
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
