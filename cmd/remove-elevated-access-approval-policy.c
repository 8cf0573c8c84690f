/* remove-elevated-access-approval-policy - remove an approval policy, its pending requests and live grants */

#include "pamlite/command.h"
#include "pamlite/policy.h"

#define IN(type, member) type(struct pl_policy_spec, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_POLICY, .help = "id, or the task that it is for" },
	{ 0 }
};

static const char *const examples[] = {
	"remove-elevated-access-approval-policy 'Linux\\restart-web'",
	"remove-elevated-access-approval-policy 'Linux\\restart-web' -Confirm:false -PassThru",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_POLICY_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_policy row;
	enum pl_status st = pl_policy_remove(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_policy_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "remove-elevated-access-approval-policy",
	.summary = "remove an approval policy, its pending requests and live grants",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM | PL_QUIET,
	.params = params,
	.args_size = sizeof(struct pl_policy_spec),
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
