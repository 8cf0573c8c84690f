/* store - the runner's child, which asks the database for it; also makes the system database for the installer */

#include <string.h>

#include "invoke.h"

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	(void)out;
	return pl_invoke_serve(ctx, args);
}

static const struct pl_command command = { PL_INVOKE_TABLE, .run = run };

int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "--create") == 0)
		return pl_command_create_database(&command);
	return pl_command_serve(&command, argc, argv);
}
