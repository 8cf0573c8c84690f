/* get-elevated-access-status - is somebody seeing to it all? For monitoring */

#include "pamlite/command.h"
#include "pamlite/health.h"
#include "pamlite/witness.h"

struct args {
	char *warnings, *criticals, *path;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "Warning", IN(PL_MAP, warnings), .help = "up to which value a check is Ok, check=number or check=off" },
	{ "Critical", IN(PL_MAP, criticals),
	  .help = "beyond which value a check is Critical, check=number or check=off" },
	{ "Path", IN(PL_OUT_PATH, path), .fallback = "standard output",
	  .help = "file to write; an existing one is replaced at once with -Force, and refused without" },
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-status",
	"get-elevated-access-status -Warning pending_age=1800,exclusions_endless=off -Critical pending_age=7200",
	"get-elevated-access-status -o Table",
	"get-elevated-access-status -o Prometheus -Path /var/lib/prometheus/node-exporter/pam-lite.prom -Force",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_AUDITOR_REQUIRED, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	const struct args *a = args;
	struct pl_health_report report;
	enum pl_status st;

	st = pl_health_begin(ctx, a->warnings, a->criticals, &report);
	if (st == PL_OK)
		st = pl_health_gather(ctx, &report);
	if (st == PL_OK)
		st = pl_witness_look(ctx, &report);
	if (st == PL_OK)
		st = pl_health_each(&report, pl_out_row_fn, out);
	ctx->task_status = (int)pl_health_worst(&report);
	return st;
}

static const struct pl_command command = {
	.name = "get-elevated-access-status",
	.summary = "tell monitoring whether requests, mails, log, timers and disks are seen to",
	.needs = PL_NEED_STORE_READ | PL_MONITORS,
	.params = params,
	.args_size = sizeof(struct args),
	.output = &pl_health_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
