/* get-elevated-access-request - list requests */

#include "pamlite/command.h"
#include "pamlite/request.h"

#define IN(type, member) type(struct pl_request_filter, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .position = 1, .flags = PL_ID, .alias = "RequestId",
	  .source = PL_SOURCE_REQUEST, .help = "id of a request" },
	{ "RequestStatus", IN(PL_ENUM, state), .values = pl_request_states, .help = "only requests in this state" },
	{ "Mine", IN(PL_SWITCH, mine), .help = "only the caller's own" },
	{ "ToApprove", IN(PL_SWITCH, to_approve), .help = "only what the caller can decide now" },
	{ "CreatedAfter", IN(PL_DATE, created_after), .help = "only requests made at or after this time" },
	{ 0 }
};

static const char *const examples[] = {
	"get-elevated-access-request -ToApprove",
	"get-elevated-access-request -Mine -RequestStatus Pending --json",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_REQUEST_NOT_FOUND, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	return pl_request_list(ctx, args, pl_out_row_fn, out);
}

static const struct pl_command command = {
	.name = "get-elevated-access-request",
	.summary = "list requests",
	.needs = PL_NEED_STORE_READ | PL_LISTS,
	.params = params,
	.args_size = sizeof(struct pl_request_filter),
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
