/* stop-elevated-access-request - withdraw a pending request of one's own */

#include "pamlite/command.h"
#include "pamlite/request.h"

#define IN(type, member) type(struct pl_withdrawal_spec, member)

static const struct pl_param params[] = {
	{ "RequestId", IN(PL_STRING, request), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_OWN_PENDING, .alias = "Identity", .help = "id of the request" },
	{ "Comment", IN(PL_REASON, comment), .help = "why; kept in the audit log" },
	{ 0 }
};

static const char *const examples[] = {
	"stop-elevated-access-request \"$id\"",
	"get-elevated-access-request -Mine -RequestStatus Pending -o Id | stop-elevated-access-request -Comment 'no"
	    " longer needed'",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_REQUEST_NOT_FOUND, PL_ERR_NOT_REQUESTOR, PL_ERR_NOT_PENDING, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_request row;
	enum pl_status st = pl_request_withdraw(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_request_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "stop-elevated-access-request",
	.summary = "withdraw a pending request of one's own",
	.needs = PL_NEED_STORE_WRITE,
	.params = params,
	.args_size = sizeof(struct pl_withdrawal_spec),
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
