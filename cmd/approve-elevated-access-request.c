/* approve-elevated-access-request - approve a request */

#include "pamlite/authorization.h"
#include "pamlite/command.h"
#include "pamlite/request.h"

#define IN(type, member) type(struct pl_decision_spec, member)

static const struct pl_param params[] = {
	{ "RequestId", IN(PL_STRING, request), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_TO_APPROVE, .alias = "Identity", .help = "id of the request" },
	{ "Comment", IN(PL_REASON, comment), .help = "shown to the requestor and kept in the audit log" },
	{ "RequestContext", IN(PL_STRING, context), .help = "where the decision belongs; kept with it" },
	{ "RequestVersion", IN(PL_STRING, version), .flags = PL_PIPE,
	  .help = "Version that was looked at: refused if anything changed since" },
	{ 0 }
};

static const char *const examples[] = {
	"approve-elevated-access-request \"$id\" -Comment ok",
	"get-elevated-access-request -ToApprove -o JsonLines | approve-elevated-access-request -Comment ok",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_NOT_ENABLED, PL_ERR_REQUEST_NOT_FOUND, PL_ERR_SELF_APPROVAL, PL_ERR_NOT_APPROVER,
	PL_ERR_NOT_PENDING, PL_ERR_REQUEST_CHANGED, PL_ERR_ALREADY_APPROVED, PL_ERR_COMMENT_REQUIRED,
	PL_ERR_DURATION_EXCEEDED, PL_ERR_NOT_ELIGIBLE, PL_ERR_PARAMETER_INVALID, PL_ERR_NONE
};

static enum pl_status
preview(struct pl_ctx *ctx, void *args, struct pl_buf *text)
{
	return pl_request_preview(ctx, args, text);
}

/* The grant, or the request while more approvals are due. */
static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_authorization grant;
	struct pl_request request;
	enum pl_status st;
	bool granted;

	st = pl_request_approve(ctx, args, &request, &grant, &granted);
	if (st == PL_OK)
		st = granted ? pl_out_row(out, &grant) : pl_out_other(out, &pl_request_noun, &request);
	pl_row_clear(&pl_authorization_noun, &grant);
	pl_row_clear(&pl_request_noun, &request);
	return st;
}

static const struct pl_command command = {
	.name = "approve-elevated-access-request",
	.summary = "approve a request",
	.needs = PL_NEED_STORE_WRITE,
	.params = params,
	.args_size = sizeof(struct pl_decision_spec),
	.output = &pl_authorization_noun,
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
