/* store - the runner's child, which asks the database for it; also makes the system database for the installer */

#include <string.h>

#include "pamlite/show.h"

#include "invoke.h"
#include "show.h"

static enum pl_status
run_invoke(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	(void)out;
	return pl_invoke_serve(ctx, args);
}

static enum pl_status
run_show(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	(void)out;
	return pl_replay_serve(ctx, args);
}

static const struct pl_command invoke = { PL_INVOKE_TABLE, .run = run_invoke };
static const struct pl_command show = { PL_SHOW_TABLE, .run = run_show };

int
main(int argc, char *argv[])
{
	int i;

	if (argc == 2 && strcmp(argv[1], "--create") == 0)
		return pl_command_create_database(&invoke);
	for (i = 1; i < argc; i++)
		if (strncmp(argv[i], PL_SHOW_WORD, sizeof PL_SHOW_WORD - 1) == 0)
			return pl_command_serve(&show, argc, argv);
	return pl_command_serve(&invoke, argc, argv);
}
