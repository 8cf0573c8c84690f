/* configuration_apply.c - an object of a document made so, by the operations of the single commands */

#include <stdlib.h>
#include <string.h>

#include "model/configuration_internal.h"

#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/statement.h"

/* What a specification has for "to be cleared". */
static char cleared[] = "";

static bool
is_equal(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static char *
or_cleared(char *value)
{
	return value != NULL ? value : cleared;
}

/* As a Set takes it: NULL leaves. */
static char *
changed(const char *before, char *after)
{
	return is_equal(before, after) ? NULL : or_cleared(after);
}

static int64_t
changed_number(int64_t before, int64_t after)
{
	if (before == after)
		return 0;
	return after != PL_NULL ? after : PL_CLEARED;
}

static enum pl_choice
changed_choice(bool before, bool after)
{
	if (before == after)
		return PL_NOT_GIVEN;
	return after ? PL_YES : PL_NO;
}

/* The elements of `list` that `other` lacks; NULL if there are none. False without memory. */
static bool
without(const char *list, const char *other, char **out)
{
	struct pl_item it;
	struct pl_buf b;
	bool ok = true;
	char *element;

	*out = NULL;
	pl_buf_init(&b);
	while (ok && pl_list_next(&list, &it)) {
		element = pl_item_dup(&it);
		ok = element != NULL;
		if (ok && !pl_list_has(other, element))
			pl_list_add(&b, element);
		free(element);
	}
	if (ok && b.len > 0) {
		*out = pl_buf_take(&b);
		ok = *out != NULL;
	}
	pl_buf_clear(&b);
	return ok;
}

static enum pl_status
apply_group(struct pl_ctx *ctx, const struct pl_configuration_pair *p)
{
	const struct pl_group *before = p->before, *after = p->after;
	struct pl_group_spec spec = { 0 };
	struct pl_group row;
	enum pl_status st;

	if (after == NULL) {
		spec.identity = before->name;
		st = pl_group_remove(ctx, &spec, &row);
	} else if (before == NULL) {
		spec = (struct pl_group_spec){ .name = after->name, .mail = after->mail, .members = after->members,
			.unix_group = after->unix_group, .description = after->description };
		st = pl_group_create(ctx, &spec, &row);
	} else {
		spec = (struct pl_group_spec){ .identity = before->name, .mail = changed(before->mail, after->mail),
			.unix_group = changed(before->unix_group, after->unix_group),
			.description = changed(before->description, after->description) };
		pl_row_init(&pl_group_noun, &row);
		if (without(after->members, before->members, &spec.add_members) &&
		    without(before->members, after->members, &spec.remove_members))
			st = pl_group_change(ctx, &spec, &row);
		else
			st = pl_fail_memory(ctx);
		free(spec.add_members);
		free(spec.remove_members);
	}
	pl_row_clear(&pl_group_noun, &row);
	return st;
}

/* There is no command that changes an exclusion: a new reason is a new exclusion. */
static enum pl_status
apply_account(struct pl_ctx *ctx, const struct pl_configuration_pair *p)
{
	const struct pl_system_account *before = p->before, *after = p->after;
	struct pl_system_account_spec spec = { 0 };
	struct pl_system_account row;
	enum pl_status st = PL_OK;

	if (before != NULL) {
		spec.identity = before->identity;
		st = pl_system_account_remove(ctx, &spec, &row);
		pl_row_clear(&pl_system_account_noun, &row);
	}
	if (st != PL_OK || after == NULL)
		return st;
	spec = (struct pl_system_account_spec){ .identity = after->identity, .reason = after->reason,
		.expires_at = after->expires_at != PL_NULL ? after->expires_at : 0 };
	st = pl_system_account_add(ctx, &spec, &row);
	pl_row_clear(&pl_system_account_noun, &row);
	return st;
}

static enum pl_status
fail_type(struct pl_ctx *ctx, const char *before, const char *after)
{
	(void)pl_fail(ctx, PL_ERR_CONFIGURATION_INVALID, "it is of the Type %s, which cannot become %s", before, after);
	return pl_hint(ctx, "remove it first");
}

/* Told whole, so that nothing of a stored row is merged into what root has written. */
static struct pl_task_spec
task_spec(const struct pl_configuration_task *before, const struct pl_configuration_task *after)
{
	const struct pl_task *t = &after->task;

	return (struct pl_task_spec){ .name = t->name, .type = t->type,
		.path = or_cleared(after->program != NULL ? after->program : t->path),
		.arguments = or_cleared(t->arguments), .parameters = or_cleared(t->parameters),
		.run_as = or_cleared(t->run_as), .working_directory = or_cleared(t->working_directory),
		.environment = or_cleared(t->environment), .sha256 = or_cleared(t->sha256),
		.members = changed(before != NULL ? before->task.members : NULL, t->members),
		.description = or_cleared(t->description) };
}

static enum pl_status
put_task(struct pl_ctx *ctx, const struct pl_configuration_task *before, const struct pl_configuration_task *after)
{
	const struct pl_task_spec spec = task_spec(before, after);
	struct pl_task row;
	enum pl_status st;

	if (before != NULL && !is_equal(before->task.type, after->task.type))
		return fail_type(ctx, before->task.type, after->task.type);
	ctx->definition = after->definition;
	ctx->called = after->program != NULL && !is_equal(after->program, after->task.path) ? after->task.path : NULL;
	st = before == NULL ? pl_task_register(ctx, &spec, &row) : pl_task_change(ctx, &spec, &row);
	ctx->definition = NULL;
	ctx->called = NULL;
	pl_row_clear(&pl_task_noun, &row);
	return st;
}

static enum pl_status
apply_task(struct pl_ctx *ctx, const struct pl_configuration_pair *p)
{
	const struct pl_configuration_task *before = p->before;
	struct pl_task_spec spec = { 0 };
	struct pl_task row;
	enum pl_status st;

	if (p->after != NULL)
		return put_task(ctx, before, p->after);
	spec.name = before->task.name;
	st = pl_task_unregister(ctx, &spec, &row);
	pl_row_clear(&pl_task_noun, &row);
	return st;
}

/* Under another of its names the group would look changed at every import. */
static enum pl_status
check_group(struct pl_ctx *ctx, const char *property, const char *name)
{
	struct pl_stmt q;
	bool found;

	if (name == NULL)
		return PL_OK;
	pl_stmt_open(&q, ctx, "SELECT 1 FROM approver_group WHERE name = :name COLLATE BINARY");
	pl_stmt_bind_text(&q, ":name", name);
	found = pl_stmt_step(&q);
	if (pl_stmt_close(&q) != PL_OK || found)
		return q.status;
	(void)pl_fail(ctx, PL_ERR_GROUP_NOT_FOUND, "%s: there is no approver group of the Name '%s'", property, name);
	return pl_target(ctx, name);
}

static enum pl_status
create_policy(struct pl_ctx *ctx, const struct pl_policy *after, struct pl_policy *row)
{
	struct pl_policy_spec spec = {
		.approval_type = after->approval_type, .approver_group = after->approver_group,
		.eligible_group = after->eligible_group, .description = after->description,
		.max_duration_s = changed_number(PL_NULL, after->max_duration_s), .min_approvals = after->min_approvals,
		.max_uses = changed_number(PL_NULL, after->max_uses),
		.require_ticket = changed_choice(false, after->require_ticket),
		.bind_parameters = changed_choice(true, after->bind_parameters),
		.record_session = changed_choice(false, after->record_session),
		.terminate_on_end = changed_choice(false, after->terminate_on_end),
	};

	if (strcmp(after->type, "Task") == 0)
		spec.task = after->access;
	else if (strcmp(after->type, "Role") == 0)
		spec.role = after->access;
	else
		spec.role_group = after->access;
	return pl_policy_create(ctx, &spec, row);
}

static enum pl_status
change_policy(struct pl_ctx *ctx, const struct pl_policy *before, const struct pl_policy *after, struct pl_policy *row)
{
	const struct pl_policy_spec spec = {
		.identity = before->access, .approval_type = changed(before->approval_type, after->approval_type),
		.approver_group = changed(before->approver_group, after->approver_group),
		.eligible_group = changed(before->eligible_group, after->eligible_group),
		.description = changed(before->description, after->description),
		.max_duration_s = changed_number(before->max_duration_s, after->max_duration_s),
		.min_approvals = changed_number(before->min_approvals, after->min_approvals),
		.max_uses = changed_number(before->max_uses, after->max_uses),
		.require_ticket = changed_choice(before->require_ticket, after->require_ticket),
		.bind_parameters = changed_choice(before->bind_parameters, after->bind_parameters),
		.record_session = changed_choice(before->record_session, after->record_session),
		.terminate_on_end = changed_choice(before->terminate_on_end, after->terminate_on_end),
	};

	return pl_policy_change(ctx, &spec, row);
}

static enum pl_status
apply_policy(struct pl_ctx *ctx, const struct pl_configuration_pair *p)
{
	const struct pl_policy *before = p->before, *after = p->after;
	struct pl_policy_spec spec = { 0 };
	struct pl_policy row;
	enum pl_status st;

	if (after == NULL) {
		spec.identity = before->access;
		st = pl_policy_remove(ctx, &spec, &row);
		pl_row_clear(&pl_policy_noun, &row);
		return st;
	}
	if (before != NULL && !is_equal(before->type, after->type))
		return fail_type(ctx, before->type, after->type);
	st = check_group(ctx, "ApproverGroup", after->approver_group);
	if (st == PL_OK)
		st = check_group(ctx, "EligibleGroup", after->eligible_group);
	if (st != PL_OK)
		return st;
	st = before == NULL ? create_policy(ctx, after, &row) : change_policy(ctx, before, after, &row);
	pl_row_clear(&pl_policy_noun, &row);
	return st;
}

/* Settings and the switch are two commands. */
static enum pl_status
change_settings(struct pl_ctx *ctx, const struct pl_control *before, const struct pl_control *after)
{
	const struct pl_control_spec spec = {
		.admin_group = changed(before->admin_group, after->admin_group),
		.management_group = changed(before->management_group, after->management_group),
		.audit_group = changed(before->audit_group, after->audit_group),
		.domain = changed(before->domain, after->domain),
		.notify_command = changed(before->notify_command, after->notify_command),
		.request_lifetime_s = changed_number(before->request_lifetime_s, after->request_lifetime_s),
		.default_duration_s = changed_number(before->default_duration_s, after->default_duration_s),
		.max_recording_bytes = changed_number(before->max_recording_bytes, after->max_recording_bytes),
		.recording_retention_days =
		    changed_number(before->recording_retention_days, after->recording_retention_days),
		.require_comment = changed_choice(before->require_comment, after->require_comment),
	};
	struct pl_control row;
	enum pl_status st;

	st = pl_control_change(ctx, &spec, &row);
	pl_row_clear(&pl_control_noun, &row);
	return st == PL_E_USAGE && ctx->failure.error == PL_ERR_NOTHING_TO_CHANGE ? PL_OK : st;
}

static enum pl_status
switch_control(struct pl_ctx *ctx, const struct pl_control *after)
{
	const struct pl_control_spec spec = { .admin_group = after->admin_group };
	const struct pl_control_spec none = { 0 };
	struct pl_control row;
	enum pl_status st;

	if (after->enabled && after->admin_group == NULL)
		return pl_fail(ctx, PL_ERR_CONFIGURATION_INVALID,
		    "the control cannot be enabled without an AdminGroup");
	st = after->enabled ? pl_control_enable(ctx, &spec, &row) : pl_control_disable(ctx, &none, &row);
	pl_row_clear(&pl_control_noun, &row);
	return st;
}

static enum pl_status
apply_control(struct pl_ctx *ctx, const struct pl_configuration_pair *p)
{
	const struct pl_control *before = p->before, *after = p->after;
	enum pl_status st;

	st = check_group(ctx, "AdminGroup", after->admin_group);
	if (st == PL_OK)
		st = check_group(ctx, "ManagementGroup", after->management_group);
	if (st == PL_OK)
		st = check_group(ctx, "AuditGroup", after->audit_group);
	if (st == PL_OK)
		st = change_settings(ctx, before, after);
	if (st == PL_OK && before->enabled != after->enabled)
		st = switch_control(ctx, after);
	return st;
}

enum pl_status
pl_configuration_apply(struct pl_ctx *ctx, const struct pl_configuration_pair *pair)
{
	static enum pl_status (*const apply[PL_SECTIONS])(struct pl_ctx *, const struct pl_configuration_pair *) = {
		[PL_SECTION_CONTROL] = apply_control, [PL_SECTION_GROUPS] = apply_group,
		[PL_SECTION_ACCOUNTS] = apply_account, [PL_SECTION_TASKS] = apply_task,
		[PL_SECTION_POLICIES] = apply_policy,
	};

	return apply[pair->section](ctx, pair);
}
