/* set-elevated-access-control - change the settings of elevated access control */

#include "pamlite/command.h"
#include "pamlite/control.h"

#define IN(type, member) type(struct pl_control_spec, member)

static const struct pl_param params[] = {
	{ "AdminGroup", IN(PL_STRING, admin_group), .source = PL_SOURCE_GROUP, .flags = PL_ID,
	  .help = "approver group that decides where a policy names none" },
	{ "ManagementGroup", IN(PL_STRING, management_group), .flags = PL_CLEARABLE | PL_ID,
	  .source = PL_SOURCE_GROUP, .help = "group whose members may configure" },
	{ "AuditGroup", IN(PL_STRING, audit_group), .source = PL_SOURCE_GROUP, .flags = PL_CLEARABLE | PL_ID,
	  .help = "group whose members may see everything" },
	{ "Domain", IN(PL_STRING, domain), .flags = PL_CLEARABLE,
	  .help = "account names with and without @DOMAIN are the same person" },
	{ "RequestLifetimeHours", IN(PL_HOURS, request_lifetime_s), .flags = PL_CLEARABLE, .fallback = "24",
	  .help = "how long a request waits for a decision" },
	{ "DefaultDurationHours", IN(PL_HOURS, default_duration_s), .flags = PL_CLEARABLE, .fallback = "4",
	  .help = "how long a grant lasts if the request does not say" },
	{ "RequireComment", IN(PL_BOOL, require_comment), .help = "demand a comment with every decision" },
	{ "NotifyCommand", IN(PL_STRING, notify_command), .source = PL_SOURCE_FILE, .flags = PL_CLEARABLE,
	  .help = "program that gets every notification as JSON; on the system database root sets it" },
	{ "MaxRecordingBytes", IN(PL_INT, max_recording_bytes), .flags = PL_CLEARABLE, .min = 65536,
	  .fallback = "104857600",
	  .help = "where the recording of a session is cut, at least 65536; the session goes on" },
	{ "RecordingRetentionDays", IN(PL_INT, recording_retention_days), .flags = PL_CLEARABLE, .min = 1, .max = 36500,
	  .fallback = "for ever", .help = "how long recordings are kept; on the system database set by root" },
	{ 0 }
};

static const char *const examples[] = {
	"set-elevated-access-control -ManagementGroup pamadmins",
	"set-elevated-access-control -RequestLifetimeHours 8 -RequireComment -Confirm:false",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_ADMINISTRATOR_REQUIRED, PL_ERR_ROOT_REQUIRED, PL_ERR_NOTHING_TO_CHANGE, PL_ERR_REQUESTS_PENDING,
	PL_ERR_GROUP_NOT_FOUND, PL_ERR_PROGRAM_MISSING, PL_ERR_PROGRAM_REFUSED, PL_ERR_PROGRAM_UNSAFE, PL_ERR_NONE
};

static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	struct pl_control row;
	enum pl_status st = pl_control_change(ctx, args, &row);

	if (st == PL_OK)
		st = pl_out_row(out, &row);
	pl_row_clear(&pl_control_noun, &row);
	return st;
}

static const struct pl_command command = {
	.name = "set-elevated-access-control",
	.summary = "change the settings of elevated access control",
	.needs = PL_NEED_STORE_WRITE | PL_NEED_CONFIRM,
	.params = params,
	.args_size = sizeof(struct pl_control_spec),
	.output = &pl_control_noun,
	.examples = examples,
	.errors = errors,
	.run = run,
};

int
main(int argc, char *argv[])
{
	return pl_command_main(&command, argc, argv);
}
