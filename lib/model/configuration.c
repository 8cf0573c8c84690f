/* configuration.c - the configuration as sections of objects, and all that is stored of it */

#include <stdlib.h>
#include <string.h>

#include "pamlite/configuration.h"

#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/text.h"

const char pl_configuration_format[] = "pam-lite configuration";

#define GROUP_NAME(id) "(SELECT name FROM approver_group WHERE id = " id ")"

#define COL(NAME, TYPE, member, SQL, FLAGS) PL_COLUMN(struct pl_control, NAME, TYPE, member, SQL, FLAGS, NULL)

static const struct pl_column control_columns[] = {
	COL("Enabled", BOOL, enabled, "c.enabled", 0),
	COL("AdminGroup", TEXT, admin_group, GROUP_NAME("c.admin_group"), 0),
	COL("ManagementGroup", TEXT, management_group, GROUP_NAME("c.management_group"), 0),
	COL("AuditGroup", TEXT, audit_group, GROUP_NAME("c.audit_group"), 0),
	COL("Domain", TEXT, domain, "c.domain", 0),
	COL("RequestLifetimeHours", HOURS, request_lifetime_s, "c.request_lifetime_s", 0),
	COL("DefaultDurationHours", HOURS, default_duration_s, "c.default_duration_s", 0),
	COL("RequireComment", BOOL, require_comment, "c.require_comment", 0),
	COL("NotifyCommand", TEXT, notify_command, "c.notify_command", 0),
	COL("MaxRecordingBytes", INT, max_recording_bytes, "c.max_recording_bytes", 0),
	COL("RecordingRetentionDays", INT, recording_retention_days, "c.recording_retention_days", 0),
	{ 0 }
};

#undef COL
#define COL(NAME, TYPE, member, SQL, FLAGS) PL_COLUMN(struct pl_group, NAME, TYPE, member, SQL, FLAGS, NULL)

static const struct pl_column group_columns[] = {
	COL("Name", TEXT, name, "g.name", PL_COL_ID),
	COL("MailAddress", TEXT, mail, "g.mail", 0),
	COL("Member", LIST, members, "(SELECT group_concat(member || char(10), '') FROM"
	    " (SELECT member FROM group_member WHERE group_id = g.id ORDER BY member))", 0),
	COL("UnixGroup", TEXT, unix_group, "g.unix_group", 0),
	COL("Description", TEXT, description, "g.description", 0),
	{ 0 }
};

#undef COL
#define COL(NAME, TYPE, member, SQL, FLAGS) PL_COLUMN(struct pl_system_account, NAME, TYPE, member, SQL, FLAGS, NULL)

static const struct pl_column account_columns[] = {
	COL("Identity", TEXT, identity, "s.name", PL_COL_ID),
	COL("Reason", TEXT, reason, "s.reason", 0),
	COL("ExpiresUtc", TIME, expires_at, "s.expires_at", 0),
	{ 0 }
};

#undef COL
#define COL(NAME, TYPE, member, SQL, FLAGS) \
	PL_COLUMN(struct pl_configuration_task, NAME, TYPE, member, SQL, FLAGS, NULL)

static const struct pl_column task_columns[] = {
	COL("Name", TEXT, task.name, "t.name", PL_COL_ID),
	COL("Type", TEXT, task.type, "t.type", 0),
	/* As it was given: what it leads to may be another on another host. */
	COL("Path", TEXT, task.path, "coalesce(t.called, t.path)", 0),
	COL("ArgumentList", LIST, task.arguments, "t.arguments", 0),
	COL("Parameter", MAP, task.parameters, "t.parameters", 0),
	COL("RunAs", TEXT, task.run_as, "t.run_as", 0),
	COL("WorkingDirectory", TEXT, task.working_directory, "t.working_directory", 0),
	COL("Environment", MAP, task.environment, "t.environment", 0),
	COL("Sha256", TEXT, task.sha256, "t.sha256", 0),
	COL("Member", LIST, task.members, "(SELECT group_concat(member || char(10), '') FROM"
	    " (SELECT member FROM task_member WHERE task = t.name ORDER BY position))", 0),
	COL("Description", TEXT, task.description, "t.description", 0),
	COL("ResolvedPath", TEXT, program, "t.path", PL_COL_HANDED),
	COL("DefinitionSha256", TEXT, definition, "t.digest", PL_COL_HANDED),
	{ 0 }
};

#undef COL
#define COL(NAME, TYPE, member, SQL, FLAGS) PL_COLUMN(struct pl_policy, NAME, TYPE, member, SQL, FLAGS, NULL)

static const struct pl_column policy_columns[] = {
	COL("Task", TEXT, access, "p.access", PL_COL_ID),
	COL("Type", TEXT, type, "p.type", 0),
	COL("ApprovalType", TEXT, approval_type, "p.approval_type", 0),
	COL("ApproverGroup", TEXT, approver_group, GROUP_NAME("p.approver_group"), 0),
	COL("MaxDurationHours", HOURS, max_duration_s, "p.max_duration_s", 0),
	COL("MinApprovals", INT, min_approvals, "p.min_approvals", 0),
	COL("EligibleGroup", TEXT, eligible_group, GROUP_NAME("p.eligible_group"), 0),
	COL("MaxUses", INT, max_uses, "p.max_uses", 0),
	COL("RequireTicket", BOOL, require_ticket, "p.require_ticket", 0),
	COL("BindParameters", BOOL, bind_parameters, "p.bind_parameters", 0),
	COL("RecordSession", BOOL, record_session, "p.record_session", 0),
	COL("TerminateOnEnd", BOOL, terminate_on_end, "p.terminate_on_end", 0),
	COL("Description", TEXT, description, "p.description", 0),
	{ 0 }
};

#define NOUN(NAME, COLUMNS, TYPE, FROM) \
	{ .name = NAME, .columns = COLUMNS, .row_size = sizeof(TYPE), .from = FROM, .visible = ":all" }

static const struct pl_noun control_noun = NOUN("Control", control_columns, struct pl_control, "control c");
static const struct pl_noun group_noun = NOUN("ApproverGroup", group_columns, struct pl_group, "approver_group g");
static const struct pl_noun account_noun =
    NOUN("SystemAccount", account_columns, struct pl_system_account, "system_account s");
static const struct pl_noun task_noun = NOUN("Task", task_columns, struct pl_configuration_task, "task t");
static const struct pl_noun policy_noun = NOUN("Policy", policy_columns, struct pl_policy, "policy p");

const struct pl_section_def pl_sections[PL_SECTIONS] = {
	[PL_SECTION_CONTROL] = { "Control", &control_noun, NULL, false },
	[PL_SECTION_GROUPS] = { "ApproverGroups", &group_noun,
	    "SELECT name FROM approver_group ORDER BY name COLLATE BINARY", true },
	[PL_SECTION_ACCOUNTS] = { "SystemAccounts", &account_noun,
	    "SELECT name FROM system_account WHERE expires_at IS NULL OR expires_at > :now ORDER BY name", false },
	[PL_SECTION_TASKS] = { "Tasks", &task_noun, "SELECT name FROM task ORDER BY name COLLATE BINARY", true },
	[PL_SECTION_POLICIES] = { "Policies", &policy_noun,
	    "SELECT access FROM policy ORDER BY access COLLATE BINARY", true },
};

void
pl_configuration_clear(struct pl_configuration *c)
{
	size_t i;
	int s;

	if (c == NULL)
		return;
	for (s = 0; s < PL_SECTIONS; s++) {
		for (i = 0; i < c->sections[s].count; i++)
			pl_row_clear(pl_sections[s].noun, pl_configuration_row(c, s, i));
		free(c->sections[s].rows);
	}
	*c = (struct pl_configuration){ 0 };
}

void *
pl_configuration_row(const struct pl_configuration *c, enum pl_section s, size_t i)
{
	return c->sections[s].rows + i * pl_sections[s].noun->row_size;
}

static void
put_defaults(enum pl_section s, void *row)
{
	struct pl_control *control = row;
	struct pl_policy *policy = row;

	if (s == PL_SECTION_CONTROL) {
		control->request_lifetime_s = 24 * PL_HOUR_S;
		control->default_duration_s = 4 * PL_HOUR_S;
		control->max_recording_bytes = 100 << 20;
	} else if (s == PL_SECTION_POLICIES) {
		policy->min_approvals = 1;
		policy->bind_parameters = true;
	}
}

void *
pl_configuration_add(struct pl_configuration *c, enum pl_section s)
{
	const struct pl_noun *noun = pl_sections[s].noun;
	size_t room = c->sections[s].room;
	char *rows;
	void *row;

	if (c->sections[s].count == room) {
		room = room > 0 ? room * 2 : 8;
		rows = realloc(c->sections[s].rows, room * noun->row_size);
		if (rows == NULL)
			return NULL;
		c->sections[s].rows = rows;
		c->sections[s].room = room;
	}
	row = pl_configuration_row(c, s, c->sections[s].count++);
	pl_row_init(noun, row);
	put_defaults(s, row);
	return row;
}

const char *
pl_configuration_name(enum pl_section s, const void *row)
{
	const struct pl_column *id = pl_column_id(pl_sections[s].noun);

	return id != NULL ? pl_row_text(id, row) : pl_sections[s].name;
}

int
pl_configuration_compare(enum pl_section s, const char *a, const char *b)
{
	return pl_sections[s].folds ? pl_ascii_casecmp(a, b) : strcmp(a, b);
}

/* Of equal names the first in the document comes first. */
static int
compare_rows(const void *a, const void *b, void *section)
{
	const enum pl_section s = *(const enum pl_section *)section;
	const char *const *x = a, *const *y = b;
	int order = pl_configuration_compare(s, pl_configuration_name(s, *x), pl_configuration_name(s, *y));

	return order != 0 ? order : (*x > *y) - (*x < *y);
}

const void **
pl_configuration_index(const struct pl_configuration *c, enum pl_section s)
{
	const size_t count = c->sections[s].count;
	const void **index = calloc(count + 1, sizeof *index);
	size_t i;

	for (i = 0; i < count && index != NULL; i++)
		index[i] = pl_configuration_row(c, s, i);
	if (count > 1 && index != NULL)
		qsort_r(index, count, sizeof *index, compare_rows, &s);
	return index;
}

static enum pl_status
load_row(struct pl_ctx *ctx, struct pl_configuration *c, enum pl_section s, const char *name)
{
	void *row = pl_configuration_add(c, s);

	return row != NULL ? pl_find_any(ctx, pl_sections[s].noun, name, row) : pl_fail_memory(ctx);
}

static enum pl_status
load_section(struct pl_ctx *ctx, struct pl_configuration *c, enum pl_section s)
{
	struct pl_buf names;
	struct pl_item it;
	struct pl_stmt q;
	enum pl_status st;
	const char *at;
	char *name;

	c->sections[s].given = true;
	if (pl_sections[s].names == NULL)
		return load_row(ctx, c, s, NULL);
	pl_buf_init(&names);
	pl_stmt_open(&q, ctx, pl_sections[s].names);
	pl_op_offer_facts(&q);
	st = pl_stmt_close_list(&q, &names);
	at = names.text;
	while (st == PL_OK && pl_list_next(&at, &it)) {
		name = pl_item_dup(&it);
		st = name != NULL ? load_row(ctx, c, s, name) : pl_fail_memory(ctx);
		free(name);
	}
	pl_buf_clear(&names);
	return st;
}

enum pl_status
pl_configuration_load(struct pl_ctx *ctx, struct pl_configuration *out)
{
	enum pl_status st;
	int s;

	*out = (struct pl_configuration){ .control_given = ~0U };
	st = pl_op_begin_read(ctx, "Export-ElevatedAccessConfiguration", "Configuration");
	if (st != PL_OK)
		return st;
	st = pl_require_see_all(ctx);
	for (s = 0; s < PL_SECTIONS && st == PL_OK; s++)
		st = load_section(ctx, out, s);
	return pl_op_end(ctx, st);
}
