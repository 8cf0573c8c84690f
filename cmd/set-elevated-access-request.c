/* set-elevated-access-request - change a pending request of one's own */

#include "pamlite/command.h"
#include "pamlite/request.h"

#define IN(type, member) type(struct pl_request_change, member)

static const struct pl_param params[] = {
	{ "RequestId", IN(PL_STRING, request), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_OWN_PENDING, .alias = "Identity", .help = "id of the request" },
	{ "Reason", IN(PL_REASON, reason), .help = "the new reason" },
	{ "DurationHours", IN(PL_HOURS, duration_s), .help = "the new duration in whole hours" },
	{ "Ticket", IN(PL_STRING, ticket), .flags = PL_CLEARABLE, .help = "the new ticket" },
	{ 0 }
};

static const char *const examples[] = {
	"set-elevated-access-request \"$id\" -Reason 'deploy 4.2.1'",
	"set-elevated-access-request \"$id\" -DurationHours 1",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_NOT_ENABLED, PL_ERR_REQUEST_NOT_FOUND, PL_ERR_NOT_REQUESTOR, PL_ERR_NOT_PENDING,
	PL_ERR_DURATION_EXCEEDED, PL_ERR_TICKET_REQUIRED, PL_ERR_NOTHING_TO_CHANGE, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_request row;
	enum pl_status st = pl_request_change(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_request_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "set-elevated-access-request",
	.summary = "change a pending request of one's own",
	.needs = PL_NEED_STORE_WRITE,
	.params = params,
	.args_size = sizeof(struct pl_request_change),
	.output = &pl_request_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
