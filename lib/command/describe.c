/* describe.c - what a command takes, returns and can fail with, for programs */

#include "session.h"

#include <string.h>

#include "pamlite/health.h"
#include "pamlite/json.h"
#include "pamlite/name.h"

static const char *const type_names[] = {
	[PL_PARAM_STRING] = "String", [PL_PARAM_REASON] = "Reason", [PL_PARAM_ACCOUNT] = "Account",
	[PL_PARAM_TASK] = "Task", [PL_PARAM_ENUM] = "Enum", [PL_PARAM_LIST] = "List", [PL_PARAM_ENUM_LIST] = "EnumList",
	[PL_PARAM_MAP] = "Map", [PL_PARAM_INT] = "Integer", [PL_PARAM_DECIMAL] = "Decimal",
	[PL_PARAM_HOURS] = "Hours",
	[PL_PARAM_DURATION] = "Duration", [PL_PARAM_TIME] = "Time", [PL_PARAM_DATE] = "Date",
	[PL_PARAM_END_DATE] = "EndDate", [PL_PARAM_SWITCH] = "Switch", [PL_PARAM_BOOL] = "Boolean",
	[PL_PARAM_OUT_PATH] = "OutputPath", [PL_PARAM_IN_PATH] = "InputPath",
};

static const char *const source_names[PL_SOURCES] = {
	[PL_SOURCE_FILE] = "File", [PL_SOURCE_DIRECTORY] = "Directory", [PL_SOURCE_USER] = "User",
	[PL_SOURCE_UNIX_GROUP] = "UnixGroup", [PL_SOURCE_PROPERTY] = "Property",
	[PL_SOURCE_DECLARATION] = "Declaration", [PL_SOURCE_TASK] = "Task", [PL_SOURCE_ROLE] = "Role",
	[PL_SOURCE_ROLE_GROUP] = "RoleGroup", [PL_SOURCE_ACCESS] = "Access", [PL_SOURCE_OWN_TASK] = "OwnTask",
	[PL_SOURCE_TASK_PARAMETER] = "TaskParameter", [PL_SOURCE_TASK_VALUE] = "TaskValue",
	[PL_SOURCE_REQUEST] = "Request", [PL_SOURCE_PENDING] = "Pending", [PL_SOURCE_OWN_PENDING] = "OwnPending",
	[PL_SOURCE_TO_APPROVE] = "ToApprove", [PL_SOURCE_GRANT] = "Grant", [PL_SOURCE_GRANTED] = "Granted",
	[PL_SOURCE_OWN_GRANTED] = "OwnGranted", [PL_SOURCE_EXECUTION] = "Execution", [PL_SOURCE_RUNNING] = "Running",
	[PL_SOURCE_RECORDED] = "Recorded", [PL_SOURCE_GROUP] = "Group", [PL_SOURCE_GROUP_MEMBER] = "GroupMember",
	[PL_SOURCE_POLICY] = "Policy", [PL_SOURCE_SYSTEM_ACCOUNT] = "SystemAccount",
	[PL_SOURCE_NOTIFICATION] = "Notification",
};

static const char *const column_types[] = {
	[PL_TYPE_TEXT] = "String", [PL_TYPE_INT] = "Integer", [PL_TYPE_BOOL] = "Boolean", [PL_TYPE_TIME] = "Time",
	[PL_TYPE_HOURS] = "Hours", [PL_TYPE_LIST] = "Array", [PL_TYPE_MAP] = "Object",
};

static const struct {
	int status;
	const char *meaning;
} statuses[] = {
	{ PL_OK, "done" },
	{ PL_FALSE, "a predicate is false, an answer was No, or one of several objects from a pipe failed" },
	{ PL_E_USAGE, "wrong use" },
	{ PL_E_DATA, "bad input data" },
	{ PL_E_NOT_FOUND, "a named object does not exist" },
	{ PL_E_UNAVAILABLE, "access control is not enabled, or the database is out of reach" },
	{ PL_E_INTERNAL, "a fault of pam-lite" },
	{ PL_E_OS, "the operating system refused" },
	{ PL_E_EXISTS, "the object exists already" },
	{ PL_E_IO, "input or output failed, or the database is damaged" },
	{ PL_E_STATE, "busy, or the state has changed: look again" },
	{ PL_E_DENIED, "not allowed" },
	{ PL_E_CONFIG, "configuration or installation is wrong" },
	{ PL_E_TIMEOUT, "a wait ran out of time" },
	{ PL_E_RUN, "the task could not be run" },
	{ PL_E_NOT_EXECUTABLE, "the run was refused, or the program cannot be executed" },
	{ PL_E_NO_PROGRAM, "the program does not exist" },
};

/* In place of them, where a monitoring system asks. */
static const char *const states[PL_HEALTH_STATES] = {
	[PL_HEALTH_OK] = "OK: every check is Ok",
	[PL_HEALTH_WARNING] = "WARNING: at least one check is a Warning",
	[PL_HEALTH_CRITICAL] = "CRITICAL: at least one check is Critical",
	[PL_HEALTH_UNKNOWN] = "UNKNOWN: the checks could not be made",
};

static void
add_kebab(struct pl_json_writer *w, const char *name)
{
	struct pl_buf b;

	pl_buf_init(&b);
	pl_buf_text(&b, "--");
	pl_param_kebab(name, &b);
	pl_json_add_text(w, "Kebab", pl_buf_failed(&b) ? NULL : b.text);
	pl_buf_clear(&b);
}

static void
add_number(struct pl_json_writer *w, const char *name, bool present, long long value)
{
	if (present)
		pl_json_add_int(w, name, value);
	else
		pl_json_add_text(w, name, NULL);
}

static void
add_aliases(struct pl_json_writer *w, const struct pl_param *p)
{
	const char *at = p->alias, *word;
	struct pl_buf alias;
	size_t len;

	pl_json_open_array(w, "Aliases");
	pl_buf_init(&alias);
	while ((word = pl_alias_next(&at, &len)) != NULL) {
		pl_buf_reset(&alias);
		pl_buf_bytes(&alias, word, len);
		pl_json_add_text(w, NULL, alias.text);
	}
	pl_buf_clear(&alias);
	pl_json_close(w);
}

static void
describe_param(struct pl_json_writer *w, const struct pl_param *p)
{
	const bool ranged = p->type == PL_PARAM_INT;
	const char *const *value;

	pl_json_open_object(w, NULL);
	pl_json_add_text(w, "Name", p->name);
	add_kebab(w, p->name);
	pl_json_add_text(w, "Type", type_names[p->type]);
	add_aliases(w, p);
	add_number(w, "Position", p->position > 0, p->position);
	pl_json_add_bool(w, "Mandatory", p->flags & PL_REQUIRED);
	pl_json_add_bool(w, "FromPipe", p->flags & PL_PIPE);
	add_number(w, "Set", p->set != 0, p->set);
	pl_json_add_bool(w, "Clearable", p->flags & PL_CLEARABLE);
	pl_json_add_bool(w, "Wildcard", p->flags & PL_WILDCARD);
	pl_json_add_bool(w, "TakesWords", p->flags & PL_REST);
	pl_json_open_array(w, "Values");
	for (value = p->values; value != NULL && *value != NULL; value++)
		pl_json_add_text(w, NULL, *value);
	pl_json_close(w);
	pl_json_add_text(w, "ValuesFrom", source_names[p->source]);
	add_number(w, "Minimum", ranged, p->min > 0 ? p->min : 1);
	add_number(w, "Maximum", ranged && p->max > 0, p->max);
	pl_json_add_text(w, "Default", p->fallback);
	pl_json_add_text(w, "Help", p->help);
	pl_json_close(w);
}

static void
describe_params(struct pl_json_writer *w, const struct pl_binding *b)
{
	const char *after_dashes = NULL;
	size_t i;

	pl_json_open_array(w, "Parameters");
	for (i = 0; i < b->own; i++) {
		if (pl_param_is_named(b->slots[i].param))
			describe_param(w, b->slots[i].param);
		else
			after_dashes = b->slots[i].param->help;
	}
	pl_json_close(w);
	pl_json_add_text(w, "AfterDashes", after_dashes);
	pl_json_open_array(w, "CommonParameters");
	for (i = b->own; i < b->count; i++)
		describe_param(w, b->slots[i].param);
	pl_json_close(w);
}

static void
describe_output(struct pl_json_writer *w, const struct pl_noun *noun)
{
	const struct pl_column *c;

	if (noun == NULL) {
		pl_json_add_text(w, "Output", NULL);
		return;
	}
	pl_json_open_object(w, "Output");
	pl_json_add_text(w, "Type", noun->name);
	pl_json_open_array(w, "Properties");
	for (c = noun->columns; c->name != NULL; c++) {
		pl_json_open_object(w, NULL);
		pl_json_add_text(w, "Name", c->name);
		pl_json_add_text(w, "Type", column_types[c->type]);
		pl_json_add_bool(w, "InTable", c->flags & PL_COL_TABLE);
		pl_json_add_bool(w, "Indexed", c->flags & PL_COL_INDEXED);
		pl_json_add_text(w, "Help", c->help);
		pl_json_close(w);
	}
	pl_json_close(w);
	pl_json_close(w);
}

static void
describe_errors(struct pl_json_writer *w, const struct pl_command *command)
{
	int e;

	pl_json_open_array(w, "Errors");
	for (e = PL_ERR_NONE + 1; e < PL_ERROR_END; e++) {
		const struct pl_error_def *def = pl_error_def((enum pl_error)e);

		if (!pl_command_may_fail(command, (enum pl_error)e))
			continue;
		pl_json_open_object(w, NULL);
		pl_json_add_text(w, "Id", def->id);
		pl_json_add_int(w, "Status", pl_exit_status(command, def->status, (enum pl_error)e));
		pl_json_add_text(w, "Category", def->category);
		pl_json_add_text(w, "Meaning", def->meaning);
		pl_json_close(w);
	}
	pl_json_close(w);
}

static bool
can_exit_with(const struct pl_command *command, int status)
{
	int e;

	if (status == PL_OK || status == PL_FALSE)
		return true;
	for (e = PL_ERR_NONE + 1; e < PL_ERROR_END; e++)
		if (pl_command_may_fail(command, (enum pl_error)e) &&
		    pl_exit_status(command, pl_error_def((enum pl_error)e)->status, (enum pl_error)e) == status)
			return true;
	return false;
}

static void
add_status(struct pl_json_writer *w, int status, const char *meaning)
{
	pl_json_open_object(w, NULL);
	pl_json_add_int(w, "Status", status);
	pl_json_add_text(w, "Meaning", meaning);
	pl_json_close(w);
}

static void
describe_statuses(struct pl_json_writer *w, const struct pl_command *command)
{
	size_t i;

	pl_json_open_array(w, "ExitStatuses");
	for (i = 0; i < PL_HEALTH_STATES && (command->needs & PL_MONITORS); i++)
		add_status(w, (int)i, states[i]);
	for (i = 0; i < sizeof statuses / sizeof statuses[0] && !(command->needs & PL_MONITORS); i++) {
		const char *meaning = statuses[i].meaning;

		if (!can_exit_with(command, statuses[i].status))
			continue;
		if (statuses[i].status == PL_OK && (command->needs & PL_RUNS_TASK))
			meaning = "the task ended with 0; any other status that is not listed is the task's own";
		if (statuses[i].status == PL_FALSE && (command->needs & PL_RUNS_TASK))
			meaning = "an answer was No, or the task ended with 1";
		add_status(w, statuses[i].status, meaning);
	}
	pl_json_close(w);
}

enum pl_status
pl_describe(struct pl_session *s)
{
	const struct pl_command *c = s->command;
	struct pl_json_writer *w = pl_json_writer_new();
	char cmdlet[PL_COMMAND_NAME_MAX + 1];
	struct pl_buf out;
	enum pl_status st;

	pl_cmdlet_name(c->name, cmdlet);
	pl_json_open_object(w, NULL);
	pl_json_add_text(w, "Name", c->name);
	pl_json_add_text(w, "Cmdlet", cmdlet);
	pl_json_add_text(w, "Summary", c->summary);
	describe_params(w, &s->binding);
	describe_output(w, c->output);
	describe_errors(w, c);
	describe_statuses(w, c);
	pl_json_close(w);
	pl_buf_init(&out);
	if (!pl_json_writer_end(w, &out)) {
		st = pl_fail_memory(&s->ctx);
	} else {
		pl_buf_char(&out, '\n');
		st = pl_report_text(s, &out);
	}
	pl_buf_clear(&out);
	return st;
}
