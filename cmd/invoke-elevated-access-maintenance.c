/* invoke-elevated-access-maintenance - write down what the clock has decided, and look after what nobody looks after */

#include "pamlite/command.h"
#include "pamlite/maintenance.h"
#include "pamlite/witness.h"

static const char *const examples[] = {
	"invoke-elevated-access-maintenance",
	"invoke-elevated-access-maintenance -WhatIf",
	"invoke-elevated-access-maintenance -o Json",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_MAINTENANCE_RUNNING, PL_ERR_LOG_BROKEN, PL_ERR_INPUT_FAILED, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_audit_check chain;
	struct pl_maintenance row;
	enum pl_status st, printed = PL_OK;

	(void)args;
	st = pl_maintain(ctx, &row, &chain);
	if (st == PL_OK) {
		printed = pl_out_row(out, &row);
		st = pl_witness_check(ctx, chain.first_sequence, NULL, &chain);
	}
	if (st == PL_OK && !chain.valid)
		st = pl_witness_alarm(ctx, &chain);
	pl_row_clear(&pl_maintenance_noun, &row);
	pl_row_clear(&pl_audit_check_noun, &chain);
	return st == PL_OK ? printed : st;
}

static const struct pl_command command = {
	.name = "invoke-elevated-access-maintenance",
	.summary = "write down what has expired and ended, warn approvers, check the log; for a timer",
	.needs = PL_NEED_STORE_WRITE | PL_SILENT | PL_FOR_SERVICE,
	.output = &pl_maintenance_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
