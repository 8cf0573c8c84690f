/* new-elevated-access-request - ask for elevated access for a limited time */

#include "pamlite/command.h"
#include "pamlite/request.h"

struct args {
	struct pl_request_spec request;
	bool wait;
	int64_t timeout_s;
};

#define IN(type, member) type(struct args, member)

static const struct pl_param params[] = {
	{ "Task", IN(PL_TASK, request.task), .position = 1, .flags = PL_REQUIRED | PL_PIPE, .set = 1,
	  .source = PL_SOURCE_TASK, .help = "task to be granted, Scope\\Name" },
	{ "Role", IN(PL_TASK, request.role), .source = PL_SOURCE_ROLE, .flags = PL_REQUIRED, .set = 1,
	  .help = "role to be granted: all of its tasks" },
	{ "RoleGroup", IN(PL_TASK, request.role_group), .flags = PL_REQUIRED, .set = 1,
	  .source = PL_SOURCE_ROLE_GROUP, .help = "role group to be granted: all of its roles" },
	{ "Reason", IN(PL_REASON, request.reason), .flags = PL_REQUIRED,
	  .help = "why; shown to approvers and kept in the audit log" },
	{ "DurationHours", IN(PL_HOURS, request.duration_s), .set = 2,
	  .fallback = "the control's default, within the policy's maximum",
	  .help = "how long the grant lasts, in whole hours" },
	{ "Duration", IN(PL_DURATION, request.duration_s), .set = 2, .help = "the same as PTnHnM, at least 5 minutes" },
	{ "Parameter", IN(PL_MAP, request.parameters),
	  .source = PL_SOURCE_TASK_PARAMETER, .help = "values of the task's parameters, name=value" },
	{ "Context", IN(PL_STRING, request.context), .help = "where this belongs: an incident, a change, a host" },
	{ "Ticket", IN(PL_STRING, request.ticket), .help = "ticket that the request is for" },
	{ "StartTimeUtc", IN(PL_TIME, request.start_at), .fallback = "the approval", .help = "when the grant begins" },
	{ "Wait", IN(PL_SWITCH, wait), .help = "wait for the decision" },
	{ "Timeout", IN(PL_INT, timeout_s), .min = 1, .max = 31536000, .fallback = "none",
	  .help = "with -Wait: longest wait in seconds" },
	{ "ClientToken", IN(PL_STRING, request.client_token),
	  .help = "any word, unique per caller: a retry gets the same request" },
	{ 0 }
};

static const char *const examples[] = {
	"new-elevated-access-request 'Linux\\restart-web' -Reason 'deploy 4.2' -DurationHours 2",
	"new-elevated-access-request 'Linux\\restart-web' -Reason 'config reload' -Parameter unit=nginx.service -Wait"
	    " -Timeout 600",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_NOT_ENABLED, PL_ERR_POLICY_NOT_FOUND, PL_ERR_NOT_ELIGIBLE, PL_ERR_DURATION_EXCEEDED,
	PL_ERR_TICKET_REQUIRED, PL_ERR_PARAMETER_INVALID, PL_ERR_TIME_PAST, PL_ERR_REQUEST_EXISTS,
	PL_ERR_TOO_MANY_REQUESTS, PL_ERR_NO_APPROVER, PL_ERR_WAIT_TIMEOUT, PL_ERR_NONE
};

/* However the wait ends, the request is made: its row is shown, as it is now or as it was made. */
static enum pl_status
wait_and_show(struct pl_ctx *ctx, const struct pl_request *made, int64_t timeout_s, struct pl_out *out)
{
	const struct pl_wait_spec spec = { .request = made->identity, .timeout_s = timeout_s };
	struct pl_request now;
	enum pl_status st, shown;

	pl_note(ctx, PL_NOTE_VERBOSE, "request %s waits for its decision", made->identity);
	pl_command_tell(ctx);
	st = pl_request_wait(ctx, &spec, &now);
	shown = pl_out_row(out, now.identity != NULL ? &now : made);
	pl_row_clear(&pl_request_noun, &now);
	return st == PL_OK ? shown : st;
}

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	const struct args *a = args;
	const bool waits = a->wait && !ctx->what_if;
	struct pl_request row;
	enum pl_status st;

	if (a->timeout_s != 0 && !a->wait) {
		pl_fail(ctx, PL_ERR_PARAMETER_SET, "-Timeout is the end of a wait, and there is none.");
		return pl_hint(ctx, "give -Wait too");
	}
	st = pl_request_submit(ctx, &a->request, &row);
	if (st == PL_OK)
		st = waits ? wait_and_show(ctx, &row, a->timeout_s, out) : pl_out_row(out, &row);
	pl_row_clear(&pl_request_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "new-elevated-access-request",
	.summary = "ask for elevated access for a limited time",
	.needs = PL_NEED_STORE_WRITE,
	.params = params,
	.args_size = sizeof(struct args),
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
