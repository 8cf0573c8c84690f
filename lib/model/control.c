/* control.c - switching elevated access control on and off, and its settings */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/control.h"

#include "pamlite/authorization.h"
#include "pamlite/group.h"
#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"
#include "pamlite/system_account.h"
#include "pamlite/text.h"

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) PL_COLUMN(struct pl_control, NAME, TYPE, member, SQL, FLAGS, HELP)
#define GROUP_NAME(column) "(SELECT name FROM approver_group WHERE id = c." column ")"

static const struct pl_column columns[] = {
	COL("Enabled", BOOL, enabled, "c.enabled", PL_COL_TABLE, "whether elevated access control is on"),
	COL("AdminGroup", TEXT, admin_group, GROUP_NAME("admin_group"), PL_COL_TABLE,
	    "the group that decides where a policy names none, and hears of changes of the configuration"),
	COL("SystemAccounts", LIST, system_accounts, "(SELECT group_concat(name || char(10), '') FROM"
	    " (SELECT name FROM system_account WHERE expires_at IS NULL OR expires_at > :now ORDER BY name))",
	    PL_COL_TABLE,
	    "accounts that are excluded from the control now"),
	COL("ManagementGroup", TEXT, management_group, GROUP_NAME("management_group"), 0,
	    "the group whose members configure; null for none"),
	COL("AuditGroup", TEXT, audit_group, GROUP_NAME("audit_group"), 0,
	    "the group whose members see everything; null for none"),
	COL("Domain", TEXT, domain, "c.domain", 0, "what follows @ in the long form of account names; null without"),
	COL("RequestLifetimeHours", HOURS, request_lifetime_s, "c.request_lifetime_s", 0,
	    "how long a request can be decided, in hours"),
	COL("DefaultDurationHours", HOURS, default_duration_s, "c.default_duration_s", 0,
	    "how long a grant lasts where the request does not say, in hours"),
	COL("RequireComment", BOOL, require_comment, "c.require_comment", 0, "whether a decision needs a comment"),
	COL("NotifyCommand", TEXT, notify_command, "c.notify_command", 0,
	    "program that is told of every event; null without"),
	COL("MaxRecordingBytes", INT, max_recording_bytes, "c.max_recording_bytes", 0,
	    "size at which a recording is cut, in bytes"),
	COL("RecordingRetentionDays", INT, recording_retention_days, "c.recording_retention_days", 0,
	    "days after which root removes recordings; null for never"),
	COL("PolicyCount", INT, policy_count, "(SELECT count(*) FROM policy)", 0,
	    "how many approval policies there are"),
	COL("DateUpdatedUtc", TIME, updated_at, "c.updated_at", 0, "when it was changed last; null if never"),
	{ 0 }
};

const struct pl_noun pl_control_noun = {
	.name = "Control",
	.columns = columns,
	.row_size = sizeof(struct pl_control),
	.from = "control c",
	.visible = ":all",
	.newest = "DateUpdatedUtc",
};

/* A group of the control by its name; "" clears; NULL leaves it. */
static enum pl_status
set_group(struct pl_ctx *ctx, const char *name, const char *sql, bool make)
{
	char id[PL_ID_LEN + 1] = "";
	struct pl_stmt q;
	enum pl_status st = PL_OK;

	if (name == NULL)
		return PL_OK;
	if (name[0] != '\0')
		st = make ? pl_group_resolve_or_make(ctx, name, id) : pl_group_resolve(ctx, name, id);
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx, sql);
	pl_stmt_bind_text(&q, ":group", id[0] != '\0' ? id : NULL);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static enum pl_status
set_admin_group(struct pl_ctx *ctx, const char *name, bool make)
{
	return set_group(ctx, name, "UPDATE control SET admin_group = :group", make);
}

static enum pl_status
set_enabled(struct pl_ctx *ctx, bool enabled)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "UPDATE control SET enabled = :enabled, updated_at = :now");
	pl_op_offer_facts(&q);
	pl_stmt_bind_int(&q, ":enabled", enabled);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static enum pl_status
add_system_accounts(struct pl_ctx *ctx, const char *list)
{
	struct pl_item it;
	enum pl_status st = PL_OK;
	char *name;

	while (st == PL_OK && pl_list_next(&list, &it)) {
		name = pl_item_dup(&it);
		if (name == NULL)
			return pl_fail_memory(ctx);
		if (pl_text_is_account(name))
			st = pl_system_account_ensure(ctx, name, "Enable-ElevatedAccessControl");
		else {
			pl_fail(ctx, PL_ERR_CANNOT_CONVERT, "'%s' is not an account name", name);
			st = pl_target(ctx, name);
		}
		free(name);
	}
	return st;
}

static enum pl_status
enable(struct pl_ctx *ctx, const struct pl_control_spec *spec, struct pl_control *out)
{
	struct pl_record *r = pl_op_record(ctx);
	enum pl_status st;

	pl_record_text(r, "AdminGroup", spec->admin_group);
	pl_record_list(r, "SystemAccounts", spec->system_accounts);
	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = set_admin_group(ctx, spec->admin_group, true);
	if (st == PL_OK)
		st = add_system_accounts(ctx, spec->system_accounts);
	if (st == PL_OK)
		st = set_enabled(ctx, true);
	return st == PL_OK ? pl_find_any(ctx, &pl_control_noun, NULL, out) : st;
}

enum pl_status
pl_control_enable(struct pl_ctx *ctx, const struct pl_control_spec *spec, struct pl_control *out)
{
	enum pl_status st;

	pl_row_init(&pl_control_noun, out);
	st = pl_op_begin(ctx, "Enable-ElevatedAccessControl", PL_RECORD_CONFIGURATION, "Control");
	return st == PL_OK ? pl_op_end(ctx, enable(ctx, spec, out)) : st;
}

static enum pl_status
disable(struct pl_ctx *ctx, const struct pl_control_spec *spec, struct pl_control *out)
{
	enum pl_status st;

	pl_record_text(pl_op_record(ctx), "Reason", spec->reason);
	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = pl_require_enabled(ctx);
	if (st == PL_OK)
		st = pl_authorization_revoke_live(ctx, NULL, spec->reason != NULL ? spec->reason
		    : "elevated access control was disabled");
	if (st == PL_OK)
		st = set_enabled(ctx, false);
	return st == PL_OK ? pl_find_any(ctx, &pl_control_noun, NULL, out) : st;
}

enum pl_status
pl_control_disable(struct pl_ctx *ctx, const struct pl_control_spec *spec, struct pl_control *out)
{
	enum pl_status st;

	pl_row_init(&pl_control_noun, out);
	st = pl_op_begin(ctx, "Disable-ElevatedAccessControl", PL_RECORD_CONFIGURATION, "Control");
	return st == PL_OK ? pl_op_end(ctx, disable(ctx, spec, out)) : st;
}

static bool
changes_nothing(const struct pl_control_spec *spec)
{
	return spec->admin_group == NULL && spec->management_group == NULL && spec->audit_group == NULL &&
	    spec->domain == NULL && spec->notify_command == NULL && spec->request_lifetime_s == 0 &&
	    spec->default_duration_s == 0 && spec->max_recording_bytes == 0 && spec->recording_retention_days == 0 &&
	    spec->require_comment == PL_NOT_GIVEN;
}

static enum pl_status
check_settings(struct pl_ctx *ctx, const struct pl_control_spec *spec)
{
	if (changes_nothing(spec))
		return pl_fail(ctx, PL_ERR_NOTHING_TO_CHANGE, "nothing to change in the control");
	if (spec->admin_group != NULL && spec->admin_group[0] == '\0')
		return pl_fail(ctx, PL_ERR_EMPTY_VALUE, "the control cannot be without an AdminGroup");
	if (spec->domain != NULL && spec->domain[0] != '\0' &&
	    (strpbrk(spec->domain, "@ ,\\") != NULL || strlen(spec->domain) > PL_ACCOUNT_MAX))
		return pl_fail(ctx, PL_ERR_CANNOT_CONVERT, "'%s' is not a domain", spec->domain);
	if (spec->notify_command != NULL && spec->notify_command[0] != '\0' && spec->notify_command[0] != '/')
		return pl_fail(ctx, PL_ERR_CANNOT_CONVERT, "NotifyCommand '%s' is not an absolute path",
		    spec->notify_command);
	return PL_OK;
}

/*
 * What runs as the account of the database could forge decisions, and who has taken that over could have evidence
 * removed: there root says what that is and how long it is kept, in files of his own, which root's own
 * process writes after this has been recorded.
 */
static enum pl_status
require_root(struct pl_ctx *ctx, const struct pl_control_spec *spec)
{
	const char *what = spec->notify_command != NULL ? "NotifyCommand"
	    : spec->recording_retention_days != 0 ? "RecordingRetentionDays" : NULL;

	if (!pl_store_is_system(ctx) || ctx->caller.uid == 0 || what == NULL)
		return PL_OK;
	pl_fail(ctx, PL_ERR_ROOT_REQUIRED, "%s of this host is set by root alone", what);
	return pl_hint(ctx, "type it as root; other settings need no root");
}

/* 0 leaves a number as it is, PL_CLEARED puts its default back. */
static void
bind_number(struct pl_stmt *q, const char *name, int64_t given, int64_t fallback)
{
	if (given == PL_CLEARED)
		pl_stmt_bind_int(q, name, fallback);
	else
		pl_stmt_bind_int(q, name, given == 0 ? PL_NULL : given);
}

static enum pl_status
update_settings(struct pl_ctx *ctx, const struct pl_control_spec *spec)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "UPDATE control SET domain = nullif(coalesce(:new_domain, domain), ''),"
	    " notify_command = nullif(coalesce(:notify, notify_command), ''),"
	    " request_lifetime_s = coalesce(:lifetime, request_lifetime_s),"
	    " default_duration_s = coalesce(:duration, default_duration_s),"
	    " require_comment = coalesce(:comment, require_comment),"
	    " max_recording_bytes = coalesce(:bytes, max_recording_bytes),"
	    " recording_retention_days = nullif(coalesce(:days, recording_retention_days), 0), updated_at = :now");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":new_domain", spec->domain);
	pl_stmt_bind_text(&q, ":notify", spec->notify_command);
	bind_number(&q, ":lifetime", spec->request_lifetime_s, 24 * PL_HOUR_S);
	bind_number(&q, ":duration", spec->default_duration_s, 4 * PL_HOUR_S);
	bind_number(&q, ":bytes", spec->max_recording_bytes, 100 << 20);
	bind_number(&q, ":days", spec->recording_retention_days, 0);
	pl_stmt_bind_int(&q, ":comment", spec->require_comment == PL_NOT_GIVEN ? PL_NULL
	    : spec->require_comment == PL_YES);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

/* What is still to be told is told to the program that there is now; what root has taken away is told nothing more. */
static enum pl_status
change_program(struct pl_ctx *ctx, const char *program)
{
	struct pl_stmt q;

	if (program == NULL)
		return PL_OK;
	pl_stmt_open(&q, ctx, program[0] != '\0'
	    ? "UPDATE notification SET recipient = :program WHERE channel = 'Command' AND state <> 'Sent'"
	    : "UPDATE notification SET state = 'Failed', due_at = NULL, last_error = 'NotifyCommand was removed'"
	      " WHERE channel = 'Command' AND state = 'Queued'");
	pl_stmt_offer_text(&q, ":program", program);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static enum pl_status
check_nothing_pending(struct pl_ctx *ctx)
{
	struct pl_stmt q;
	bool pending;

	pl_stmt_open(&q, ctx, "SELECT 1 FROM request WHERE state = 'Pending' AND expires_at > :now LIMIT 1");
	pl_op_offer_facts(&q);
	pending = pl_stmt_step(&q);
	if (pl_stmt_close(&q) != PL_OK || !pending)
		return q.status;
	return pl_fail(ctx, PL_ERR_REQUESTS_PENDING, "the Domain cannot change while requests are pending");
}

/*
 * From now on alice@DOMAIN is alice: names that were stored long become short,
 * so that nobody counts twice. What was requested under the old rule is decided
 * first, or two names of one person could meet in it.
 */
static enum pl_status
change_domain(struct pl_ctx *ctx, const char *domain)
{
	static const char *const sql[] = {
		("INSERT OR IGNORE INTO group_member (group_id, member)"
		" SELECT group_id, substr(member, 1, length(member) - length(:new) - 1) FROM group_member"
		" WHERE member LIKE '_%@' || :pattern ESCAPE '!'"),
		("DELETE FROM group_member WHERE member LIKE '_%@' || :pattern ESCAPE '!'"),
		("UPDATE OR REPLACE system_account SET name = substr(name, 1, length(name) - length(:new) - 1)"
		" WHERE name LIKE '_%@' || :pattern ESCAPE '!'"),
	};
	const char *old = pl_op_rights(ctx)->domain;
	struct pl_buf pattern;
	struct pl_stmt q;
	enum pl_status st;
	size_t i;

	if (domain == NULL || pl_ascii_casecmp(domain, old) == 0)
		return PL_OK;
	st = old[0] != '\0' ? check_nothing_pending(ctx) : PL_OK;
	pl_buf_init(&pattern);
	for (const char *c = domain; *c != '\0'; c++)
		pl_buf_printf(&pattern, "%s%c", strchr("%_!", *c) != NULL ? "!" : "", *c);
	for (i = 0; i < sizeof(sql) / sizeof(sql[0]) && st == PL_OK && domain[0] != '\0'; i++) {
		pl_stmt_open(&q, ctx, sql[i]);
		pl_stmt_offer_text(&q, ":new", domain);
		pl_stmt_bind_text(&q, ":pattern", pattern.text);
		pl_stmt_run(&q);
		st = pl_stmt_close(&q);
	}
	pl_buf_clear(&pattern);
	return st;
}

static void
record_number(struct pl_record *r, const char *name, int64_t value)
{
	if (value == PL_CLEARED)
		pl_record_text(r, name, "");
	else if (value != 0)
		pl_record_int(r, name, value);
}

static void
record_settings(struct pl_record *r, const struct pl_control_spec *spec)
{
	pl_record_text(r, "AdminGroup", spec->admin_group);
	pl_record_text(r, "ManagementGroup", spec->management_group);
	pl_record_text(r, "AuditGroup", spec->audit_group);
	pl_record_text(r, "Domain", spec->domain);
	record_number(r, "RequestLifetimeSeconds", spec->request_lifetime_s);
	record_number(r, "DefaultDurationSeconds", spec->default_duration_s);
	if (spec->require_comment != PL_NOT_GIVEN)
		pl_record_bool(r, "RequireComment", spec->require_comment == PL_YES);
	pl_record_text(r, "NotifyCommand", spec->notify_command);
	record_number(r, "MaxRecordingBytes", spec->max_recording_bytes);
	record_number(r, "RecordingRetentionDays", spec->recording_retention_days);
}

static enum pl_status
change(struct pl_ctx *ctx, const struct pl_control_spec *spec, struct pl_control *out)
{
	enum pl_status st;

	record_settings(pl_op_record(ctx), spec);
	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = check_settings(ctx, spec);
	if (st == PL_OK)
		st = require_root(ctx, spec);
	if (st == PL_OK)
		st = set_admin_group(ctx, spec->admin_group, false);
	if (st == PL_OK)
		st = set_group(ctx, spec->management_group, "UPDATE control SET management_group = :group", false);
	if (st == PL_OK)
		st = set_group(ctx, spec->audit_group, "UPDATE control SET audit_group = :group", false);
	if (st == PL_OK)
		st = change_domain(ctx, spec->domain);
	if (st == PL_OK)
		st = update_settings(ctx, spec);
	if (st == PL_OK)
		st = change_program(ctx, spec->notify_command);
	return st == PL_OK ? pl_find_any(ctx, &pl_control_noun, NULL, out) : st;
}

enum pl_status
pl_control_change(struct pl_ctx *ctx, const struct pl_control_spec *spec, struct pl_control *out)
{
	enum pl_status st;

	pl_row_init(&pl_control_noun, out);
	st = pl_op_begin(ctx, "Set-ElevatedAccessControl", PL_RECORD_CONFIGURATION, "Control");
	return st == PL_OK ? pl_op_end(ctx, change(ctx, spec, out)) : st;
}

enum pl_status
pl_control_get(struct pl_ctx *ctx, struct pl_control *out)
{
	enum pl_status st;

	pl_row_init(&pl_control_noun, out);
	st = pl_op_begin_read(ctx, "Get-ElevatedAccessControl", "Control");
	if (st != PL_OK)
		return st;
	st = pl_require_see_all(ctx);
	if (st == PL_OK)
		st = pl_find_any(ctx, &pl_control_noun, NULL, out);
	return pl_op_end(ctx, st);
}
