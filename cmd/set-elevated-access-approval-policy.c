/* set-elevated-access-approval-policy - change an approval policy */

#include "pamlite/command.h"
#include "pamlite/policy.h"

#define IN(type, member) type(struct pl_policy_spec, member)

static const struct pl_param params[] = {
	{ "Identity", IN(PL_STRING, identity), .position = 1, .flags = PL_REQUIRED | PL_PIPE | PL_ID,
	  .source = PL_SOURCE_POLICY, .help = "id, or the task that it is for" },
	{ "ApprovalType", IN(PL_ENUM, approval_type), .values = pl_approval_types, .help = "Manual or Auto" },
	{ "ApproverGroup", IN(PL_STRING, approver_group), .source = PL_SOURCE_GROUP, .flags = PL_CLEARABLE | PL_ID,
	  .fallback = "the control's AdminGroup",
	  .help = "group whose members decide" },
	{ "MaxDurationHours", IN(PL_HOURS, max_duration_s), .flags = PL_CLEARABLE, .fallback = "no limit",
	  .help = "longest grant" },
	{ "MinApprovals", IN(PL_INT, min_approvals), .flags = PL_CLEARABLE, .min = 1, .max = 1000, .fallback = "1",
	  .help = "how many different people must approve" },
	{ "EligibleGroup", IN(PL_STRING, eligible_group), .flags = PL_CLEARABLE | PL_ID, .fallback = "everybody",
	  .source = PL_SOURCE_GROUP, .help = "group whose members may request" },
	{ "MaxUses", IN(PL_INT, max_uses), .flags = PL_CLEARABLE, .min = 1, .max = 1000000000, .fallback = "no limit",
	  .help = "how often a grant may be used" },
	{ "RequireTicket", IN(PL_BOOL, require_ticket), .help = "demand a ticket with every request" },
	{ "BindParameters", IN(PL_BOOL, bind_parameters), .fallback = "true",
	  .help = "a grant covers exactly the parameters that were approved" },
	{ "RecordSession", IN(PL_BOOL, record_session),
	  .help = "run only with a recording of the session; on a private database nothing runs then" },
	{ "TerminateOnEnd", IN(PL_BOOL, terminate_on_end), .fallback = "false",
	  .help = "end a running task when its grant ends" },
	{ "Description", IN(PL_STRING, description), .flags = PL_CLEARABLE, .help = "what the policy is for" },
	{ 0 }
};

static const char *const examples[] = {
	"set-elevated-access-approval-policy 'Linux\\restart-web' -MaxDurationHours 2",
	"set-elevated-access-approval-policy 'Linux\\restart-web' -MaxUses '' -RequireTicket",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_POLICY_NOT_FOUND, PL_ERR_POLICY_INVALID, PL_ERR_GROUP_NOT_FOUND,
	PL_ERR_NOTHING_TO_CHANGE, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_policy row;
	enum pl_status st = pl_policy_change(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_policy_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "set-elevated-access-approval-policy",
	.summary = "change an approval policy",
	.needs = PL_NEED_STORE_WRITE,
	.params = params,
	.args_size = sizeof(struct pl_policy_spec),
	.output = &pl_policy_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
