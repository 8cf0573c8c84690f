/* export-elevated-access-configuration - write the configuration to a file that can be imported */

#include "pamlite/command.h"
#include "pamlite/configuration.h"
#include "pamlite/configuration_write.h"

struct args {
	char *path;
	bool no_clobber;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "Path", IN(PL_OUT_PATH, path), .flags = PL_REQUIRED,
	  .help = "file to write; an existing one is refused unless -Force" },
	{ "NoClobber", IN(PL_SWITCH, no_clobber), .help = "refuse an existing file, which is the default" },
	{ 0 }
};

static const char *const examples[] = {
	"export-elevated-access-configuration -Path pam-lite.json",
	"export-elevated-access-configuration -Path pam-lite.json -Force",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_AUDITOR_REQUIRED, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *nothing)
{
	struct pl_configuration configuration;
	enum pl_status st = pl_configuration_load(ctx, &configuration);

	(void)args;
	(void)nothing;
	if (st == PL_OK)
		st = pl_configuration_write(ctx, &configuration, false, ctx->file->fd);
	pl_configuration_clear(&configuration);
	return st;
}

static const struct pl_command command = {
	.name = "export-elevated-access-configuration",
	.summary = "write the configuration to a file that can be imported",
	.needs = PL_NEED_STORE_READ,
	.params = params,
	.args_size = sizeof(struct args),
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
