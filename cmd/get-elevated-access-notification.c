/* get-elevated-access-notification - list what people were told, or will be */

#include "pamlite/command.h"
#include "pamlite/notification.h"

#define IN(type, member) type(struct pl_notification_filter, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .position = 1, .flags = PL_ID,
	  .source = PL_SOURCE_NOTIFICATION, .help = "id of a notification" },
	{ "State", IN(PL_ENUM, state), .values = pl_notification_states, .help = "only what has come to this" },
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-notification -State Failed",
	"get-elevated-access-notification -Filter 'Kind -eq \"Pending\"' -o Csv",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_NOTIFICATION_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	return pl_notification_list(ctx, args, pl_out_row_fn, out);
}

static const struct pl_command command = {
	.name = "get-elevated-access-notification",
	.summary = "list what people were told, or will be",
	.needs = PL_NEED_STORE_READ | PL_LISTS,
	.params = params,
	.args_size = sizeof(struct pl_notification_filter),
	.output = &pl_notification_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
