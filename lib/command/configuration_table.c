/* configuration_table.c - what the properties of a configuration document may be */

#include "configuration_table.h"

#include <string.h>

#define IN(type, member) type(struct pl_control, member)

static const struct pl_param control[] = {
	{ "Enabled", IN(PL_SWITCH, enabled) },
	{ "AdminGroup", IN(PL_STRING, admin_group), .flags = PL_ID },
	{ "ManagementGroup", IN(PL_STRING, management_group), .flags = PL_ID },
	{ "AuditGroup", IN(PL_STRING, audit_group), .flags = PL_ID },
	{ "Domain", IN(PL_STRING, domain) },
	{ "RequestLifetimeHours", IN(PL_HOURS, request_lifetime_s) },
	{ "DefaultDurationHours", IN(PL_HOURS, default_duration_s) },
	{ "RequireComment", IN(PL_SWITCH, require_comment) },
	{ "NotifyCommand", IN(PL_STRING, notify_command) },
	{ "MaxRecordingBytes", IN(PL_INT, max_recording_bytes), .min = 65536 },
	{ "RecordingRetentionDays", IN(PL_INT, recording_retention_days), .min = 1, .max = 36500 },
	{ 0 }
};

#undef IN
#define IN(type, member) type(struct pl_group, member)

static const struct pl_param groups[] = {
	{ "Name", IN(PL_STRING, name), .flags = PL_REQUIRED | PL_NEW_NAME },
	{ "MailAddress", IN(PL_STRING, mail) },
	{ "Member", IN(PL_LIST, members) },
	{ "UnixGroup", IN(PL_STRING, unix_group) },
	{ "Description", IN(PL_STRING, description) },
	{ 0 }
};

#undef IN
#define IN(type, member) type(struct pl_system_account, member)

static const struct pl_param accounts[] = {
	{ "Identity", IN(PL_ACCOUNT, identity), .flags = PL_REQUIRED },
	{ "Reason", IN(PL_REASON, reason), .flags = PL_REQUIRED },
	{ "ExpiresUtc", IN(PL_TIME, expires_at) },
	{ 0 }
};

#undef IN
#define IN(type, member) type(struct pl_configuration_task, member)

static const struct pl_param tasks[] = {
	{ "Name", IN(PL_TASK, task.name), .flags = PL_REQUIRED },
	{ "Type", IN(PL_ENUM, task.type), .flags = PL_REQUIRED, .values = pl_task_types },
	{ "Path", IN(PL_STRING, task.path) },
	{ "ArgumentList", IN(PL_LIST, task.arguments) },
	{ "Parameter", IN(PL_MAP, task.parameters) },
	{ "RunAs", IN(PL_ACCOUNT, task.run_as) },
	{ "WorkingDirectory", IN(PL_STRING, task.working_directory) },
	{ "Environment", IN(PL_MAP, task.environment) },
	{ "Sha256", IN(PL_STRING, task.sha256) },
	{ "Member", IN(PL_LIST, task.members) },
	{ "Description", IN(PL_STRING, task.description) },
	{ "ResolvedPath", IN(PL_STRING, program) },
	{ "DefinitionSha256", IN(PL_STRING, definition) },
	{ 0 }
};

#undef IN
#define IN(type, member) type(struct pl_policy, member)

static const struct pl_param policies[] = {
	{ "Task", IN(PL_TASK, access), .flags = PL_REQUIRED },
	{ "Type", IN(PL_ENUM, type), .flags = PL_REQUIRED, .values = pl_task_types },
	{ "ApprovalType", IN(PL_ENUM, approval_type), .flags = PL_REQUIRED, .values = pl_approval_types },
	{ "ApproverGroup", IN(PL_STRING, approver_group), .flags = PL_ID },
	{ "MaxDurationHours", IN(PL_HOURS, max_duration_s) },
	{ "MinApprovals", IN(PL_INT, min_approvals), .min = 1, .max = 1000 },
	{ "EligibleGroup", IN(PL_STRING, eligible_group), .flags = PL_ID },
	{ "MaxUses", IN(PL_INT, max_uses), .min = 1, .max = 1000000000 },
	{ "RequireTicket", IN(PL_SWITCH, require_ticket) },
	{ "BindParameters", IN(PL_SWITCH, bind_parameters) },
	{ "RecordSession", IN(PL_SWITCH, record_session) },
	{ "TerminateOnEnd", IN(PL_SWITCH, terminate_on_end) },
	{ "Description", IN(PL_STRING, description) },
	{ 0 }
};

const struct pl_param *const pl_configuration_params[PL_SECTIONS] = {
	[PL_SECTION_CONTROL] = control, [PL_SECTION_GROUPS] = groups, [PL_SECTION_ACCOUNTS] = accounts,
	[PL_SECTION_TASKS] = tasks, [PL_SECTION_POLICIES] = policies,
};

const struct pl_param *
pl_configuration_param(enum pl_section s, const char *name)
{
	const struct pl_param *p;

	for (p = pl_configuration_params[s]; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}
