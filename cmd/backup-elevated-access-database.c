/* backup-elevated-access-database - write a copy of the database to a file, while others go on working */

#include "pamlite/command.h"
#include "pamlite/database.h"

struct args {
	char *path;
	bool no_clobber;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "Path", IN(PL_OUT_PATH, path), .flags = PL_REQUIRED,
	  .help = "file to write, for its owner alone; an existing one is refused unless -Force" },
	{ "NoClobber", IN(PL_SWITCH, no_clobber), .help = "refuse an existing file, which is the default" },
	{ 0 }
};

static const char *const examples[] = {
	"backup-elevated-access-database -Path /root/pam-lite.backup",
	"backup-elevated-access-database -Path \"$(date +%F).backup\" -Verbose",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_LOG_BROKEN, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *nothing)
{
	(void)args;
	(void)nothing;
	return pl_database_backup(ctx, ctx->file->fd);
}

static const struct pl_command command = {
	.name = "backup-elevated-access-database",
	.summary = "write a copy of the database to a file, while others go on working",
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
