/* disable-elevated-access-control - switch elevated access control off; live grants are revoked */

#include "pamlite/command.h"
#include "pamlite/control.h"

#define IN(type, member) type(struct pl_control_spec, member)

static const struct pl_param params[] = {
	{ "Reason", IN(PL_REASON, reason), .help = "why; kept in the audit log and with the revoked grants" },
	{ 0 }
};

static const char *const examples[] = {
	"disable-elevated-access-control",
	"disable-elevated-access-control -Reason 'maintenance window' -Confirm:false",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_NOT_ENABLED, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_control row;
	enum pl_status st = pl_control_disable(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_control_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "disable-elevated-access-control",
	.summary = "switch elevated access control off; live grants are revoked",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM | PL_QUIET,
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
