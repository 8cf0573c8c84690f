/* show-elevated-access-execution - replay the recording of a run in the terminal */

#include "show.h"

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	(void)out;
	return pl_replay(ctx, args);
}

static const struct pl_command command = { PL_SHOW_TABLE, .run = run };

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
