/* deny-elevated-access-request - deny a request */

#include "pamlite/command.h"
#include "pamlite/request.h"

#define IN(type, member) type(struct pl_decision_spec, member)

static const struct pl_param params[] = {
	{ "RequestId", IN(PL_STRING, request), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_TO_APPROVE, .alias = "Identity", .help = "id of the request" },
	{ "Comment", IN(PL_REASON, comment), .help = "shown to the requestor and kept in the audit log" },
	{ "RequestVersion", IN(PL_STRING, version), .flags = PL_PIPE,
	  .help = "Version that was looked at: refused if anything changed since" },
	{ 0 }
};

static const char *const examples[] = {
	"deny-elevated-access-request \"$id\" -Comment 'not during the freeze'",
	"printf '%s\\n' \"$a\" \"$b\" | deny-elevated-access-request -Comment no",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_NOT_ENABLED, PL_ERR_REQUEST_NOT_FOUND, PL_ERR_SELF_APPROVAL, PL_ERR_NOT_APPROVER,
	PL_ERR_NOT_PENDING, PL_ERR_REQUEST_CHANGED, PL_ERR_ALREADY_APPROVED, PL_ERR_COMMENT_REQUIRED,
	PL_ERR_NONE
};

static enum pl_status
preview(struct pl_ctx *ctx, void *args, struct pl_buf *text)
{
	return pl_request_preview(ctx, args, text);
}

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_request row;
	enum pl_status st = pl_request_deny(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_request_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "deny-elevated-access-request",
	.summary = "deny a request",
	.needs = PL_NEED_STORE_WRITE,
	.params = params,
	.args_size = sizeof(struct pl_decision_spec),
	.output = &pl_request_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
	.preview = preview,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
