/* restore-elevated-access-database - put a backup in the place of the database */

#include "pamlite/command.h"
#include "pamlite/database.h"

struct args {
	char *path;
};

static const struct pl_param params[] = {
	{ "Path", PL_IN_PATH(struct args, path), .flags = PL_REQUIRED,
	  .help = "the backup, as backup-elevated-access-database has written it" },
	{ 0 }
};

static const char *const examples[] = {
	"restore-elevated-access-database -Path /root/pam-lite.backup -WhatIf",
	"restore-elevated-access-database -Path /root/pam-lite.backup -Confirm:false",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_ROOT_REQUIRED, PL_ERR_LOG_BROKEN, PL_ERR_INPUT_FAILED, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *nothing)
{
	const struct args *a = args;

	(void)nothing;
	return pl_database_restore(ctx, a->path);
}

static const struct pl_command command = {
	.name = "restore-elevated-access-database",
	.summary = "put a backup in the place of the database",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM | PL_REPLACES_STORE,
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
