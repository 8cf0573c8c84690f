/* invoke-elevated-access-task - run a task under a grant */

#include "invoke.h"

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	(void)out;
	return pl_invoke(ctx, args);
}

static const struct pl_command command = { PL_INVOKE_TABLE, .run = run };

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
