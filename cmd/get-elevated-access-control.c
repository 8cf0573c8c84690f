/* get-elevated-access-control - show the settings of elevated access control */

#include "pamlite/command.h"
#include "pamlite/control.h"

static const struct pl_param params[] = {
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-control",
	"get-elevated-access-control -Property Enabled -o Value",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_AUDITOR_REQUIRED, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_control row;
	enum pl_status st = pl_control_get(ctx, &row);

	(void)args;
	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_control_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "get-elevated-access-control",
	.summary = "show the settings of elevated access control",
	.needs = PL_NEED_STORE_READ,
	.params = params,
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
