/* new-elevated-access-approval-policy - make the approval policy of a task, a role or a role group */

#include "pamlite/command.h"
#include "pamlite/policy.h"

#define IN(type, member) type(struct pl_policy_spec, member)

static const struct pl_param params[] = {
	{ "Task", IN(PL_TASK, task), .source = PL_SOURCE_TASK, .position = 1, .flags = PL_REQUIRED, .set = 1,
	  .help = "task that the policy is for, Scope\\Name" },
	{ "Role", IN(PL_TASK, role), .flags = PL_REQUIRED, .set = 1,
	  .source = PL_SOURCE_ROLE, .help = "role that the policy is for" },
	{ "RoleGroup", IN(PL_TASK, role_group), .source = PL_SOURCE_ROLE_GROUP, .flags = PL_REQUIRED, .set = 1,
	  .help = "role group that the policy is for" },
	{ "ApprovalType", IN(PL_ENUM, approval_type), .flags = PL_REQUIRED, .values = pl_approval_types,
	  .help = "Manual: somebody approves; Auto: granted at once, with its record" },
	{ "ApproverGroup", IN(PL_STRING, approver_group), .flags = PL_ID, .fallback = "the control's AdminGroup",
	  .source = PL_SOURCE_GROUP, .help = "group whose members decide" },
	{ "MaxDurationHours", IN(PL_HOURS, max_duration_s), .fallback = "no limit", .help = "longest grant" },
	{ "MinApprovals", IN(PL_INT, min_approvals), .min = 1, .max = 1000, .fallback = "1",
	  .help = "how many different people must approve" },
	{ "EligibleGroup", IN(PL_STRING, eligible_group), .flags = PL_ID, .fallback = "everybody",
	  .source = PL_SOURCE_GROUP, .help = "group whose members may request" },
	{ "MaxUses", IN(PL_INT, max_uses), .min = 1, .max = 1000000000, .fallback = "no limit",
	  .help = "how often a grant may be used" },
	{ "RequireTicket", IN(PL_BOOL, require_ticket), .help = "demand a ticket with every request" },
	{ "BindParameters", IN(PL_BOOL, bind_parameters), .fallback = "true",
	  .help = "a grant covers exactly the parameters that were approved" },
	{ "RecordSession", IN(PL_BOOL, record_session),
	  .help = "run only with a recording of the session; on a private database nothing runs then" },
	{ "TerminateOnEnd", IN(PL_BOOL, terminate_on_end), .fallback = "false",
	  .help = "end a running task when its grant ends" },
	{ "Description", IN(PL_STRING, description), .help = "what the policy is for" },
	{ 0 }
};

static const char *const examples[] = {
	"new-elevated-access-approval-policy 'Linux\\restart-web' -ApprovalType Manual -ApproverGroup ops",
	"new-elevated-access-approval-policy -Role 'Linux\\web-admin' -ApprovalType Manual -MinApprovals 2"
	    " -MaxDurationHours 8",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_POLICY_EXISTS, PL_ERR_POLICY_INVALID, PL_ERR_GROUP_NOT_FOUND,
	PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_policy row;
	enum pl_status st = pl_policy_create(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_policy_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "new-elevated-access-approval-policy",
	.summary = "make the approval policy of a task, a role or a role group",
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
