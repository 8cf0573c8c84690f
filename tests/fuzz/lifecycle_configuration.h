/* lifecycle_configuration.h - steps of lifecycle.c: policies, groups, excluded accounts, tasks, the control itself */
#ifndef PAMLITE_TESTS_FUZZ_LIFECYCLE_CONFIGURATION_H
#define PAMLITE_TESTS_FUZZ_LIFECYCLE_CONFIGURATION_H

#include "lifecycle_step.h"

static struct verdict
judge_configuration(struct person who)
{
	struct verdict v = { 0 };

	refuse_if(&v, !configures(who), PL_ERR_ADMINISTRATOR_REQUIRED);
	return v;
}

/* Of one policy (or of any, where NULL), each with its record. */
static void
do_revoke_live(const struct policy *p)
{
	for (int i = 0; i < ref.requests; i++) {
		struct request *r = &ref.request[i];

		if (!r->granted || r->revoked || is_over(r) || (p != NULL && r->policy != p->serial))
			continue;
		r->revoked = true;
		step.records++;
	}
}

/* What is past its time is met, and that is written down. */
static void
do_cancel_pending(const struct policy *p)
{
	for (int i = 0; i < ref.requests; i++) {
		struct request *r = &ref.request[i];

		if (r->policy != p->serial || r->state != PENDING)
			continue;
		r->state = state_of(r) == PENDING ? CANCELED : EXPIRED;
		step.records++;
	}
}

/* 0 = not given; a group, or 3 = none. */
static void
read_group(struct words *w, char **out, int *group)
{
	int n = below(w, GROUPS + 2);

	if (n == 0)
		return;
	*out = text(n <= GROUPS ? group_names[n - 1] : "");
	*group = n <= GROUPS ? n - 1 : NOBODY;
}

/* 0 = not given; 1 to 3; 4 = none. */
static int64_t
read_count(struct words *w, int none, int *count)
{
	int n = below(w, 5);

	if (n != 0)
		*count = n == 4 ? none : n;
	return n == 4 ? PL_CLEARED : n;
}

static enum pl_choice
read_choice(struct words *w, bool *yes)
{
	static const enum pl_choice choices[] = { PL_NOT_GIVEN, PL_YES, PL_NO };
	int n = below(w, 3);

	if (n != 0)
		*yes = n == 1;
	return choices[n];
}

/*
 * Type (1 Manual, 2 Auto), approvers, how many, hours (1, 4, 100, none), uses, who may request, ticket, binding: into
 * `spec` and into `p`. False if nothing is given.
 */
static bool
read_rules(struct words *w, struct pl_policy_spec *spec, struct policy *p)
{
	static const int64_t hours[] = { 0, HOUR, 4 * HOUR, 100 * HOUR, PL_CLEARED };
	int type = below(w, 3), max;

	spec->approval_type = type != 0 ? text(pl_approval_types[type - 1]) : NULL;
	p->automatic = type != 0 ? type == 2 : p->automatic;
	read_group(w, &spec->approver_group, &p->group);
	spec->min_approvals = read_count(w, 1, &p->needed);
	max = below(w, 5);
	spec->max_duration_s = hours[max];
	p->max_s = max == 0 ? p->max_s : max == 4 ? 0 : hours[max];
	spec->max_uses = read_count(w, 0, &p->max_uses);
	read_group(w, &spec->eligible_group, &p->eligible);
	spec->require_ticket = read_choice(w, &p->ticket);
	spec->bind_parameters = read_choice(w, &p->bind);
	return type != 0 || spec->approver_group != NULL || spec->min_approvals != 0 || max != 0 ||
	    spec->max_uses != 0 || spec->eligible_group != NULL || spec->require_ticket != PL_NOT_GIVEN ||
	    spec->bind_parameters != PL_NOT_GIVEN;
}

static void
judge_rules(struct verdict *v, const struct policy *p)
{
	refuse_if(v, p->automatic && (p->group != NOBODY || p->needed > 1), PL_ERR_POLICY_INVALID);
}

static void
make_rules(struct words *w)
{
	struct verdict v = judge_configuration(person(w));
	int access = below(w, ACCESSES);
	struct policy p;
	struct pl_policy_spec spec = { 0 };
	struct pl_policy out;

	memset(&p, 0, sizeof(p));
	p.there = p.bind = true;
	p.group = p.eligible = NOBODY;
	p.needed = 1;
	(void)read_rules(w, &spec, &p);
	if (spec.approval_type == NULL)
		spec.approval_type = text("Manual");
	*(access == ROLE ? &spec.role : &spec.task) = text(accesses[access]);
	refuse_if(&v, ref.policy[access].there, PL_ERR_POLICY_EXISTS);
	judge_rules(&v, &p);
	if (is_done(pl_policy_create(&world.ctx, &spec, &out), &v, "New-ElevatedAccessApprovalPolicy", "Success")) {
		p.serial = ++ref.policies;
		ref.policy[access] = p;
	}
	pl_row_clear(&pl_policy_noun, &out);
}

static void
change_rules(struct words *w)
{
	struct verdict v = judge_configuration(person(w));
	int access = below(w, ACCESSES);
	struct policy p = ref.policy[access];
	struct pl_policy_spec spec = { .identity = text(accesses[access]) };
	struct pl_policy out;
	bool changes = read_rules(w, &spec, &p);

	refuse_if(&v, !p.there, PL_ERR_POLICY_NOT_FOUND);
	refuse_if(&v, !changes, PL_ERR_NOTHING_TO_CHANGE);
	judge_rules(&v, &p);
	if (is_done(pl_policy_change(&world.ctx, &spec, &out), &v, "Set-ElevatedAccessApprovalPolicy", "Success"))
		ref.policy[access] = p;
	pl_row_clear(&pl_policy_noun, &out);
}

static void
remove_rules(struct words *w)
{
	struct verdict v = judge_configuration(person(w));
	struct policy *p = &ref.policy[below(w, ACCESSES)];
	struct pl_policy_spec spec = { .identity = text(accesses[p - ref.policy]) };
	struct pl_policy out;

	refuse_if(&v, !p->there, PL_ERR_POLICY_NOT_FOUND);
	if (is_done(pl_policy_remove(&world.ctx, &spec, &out), &v, "Remove-ElevatedAccessApprovalPolicy", "Success")) {
		do_cancel_pending(p);
		do_revoke_live(p);
		p->there = false;
	}
	pl_row_clear(&pl_policy_noun, &out);
}

/* The group, the member, 1 = away with him. */
static void
change_members(struct words *w)
{
	struct verdict v = judge_configuration(person(w));
	int group = below(w, GROUPS), name = below(w, NAMES);
	bool away = below(w, 2) == 1;
	char list[64];
	struct pl_group_spec spec = { .identity = text(group_names[group]) };
	struct pl_group out;

	snprintf(list, sizeof(list), "%s\n", names[name]);
	*(away ? &spec.remove_members : &spec.add_members) = list;
	if (is_done(pl_group_change(&world.ctx, &spec, &out), &v, "Set-ElevatedAccessApproverGroup", "Success"))
		ref.member[group][name] = !away;
	pl_row_clear(&pl_group_noun, &out);
}

/* The name; for ever, for an hour, until now. */
static void
exclude(struct words *w)
{
	struct verdict v = judge_configuration(person(w));
	int name = below(w, NAMES), end = below(w, 3);
	int64_t until = end == 0 ? 0 : ref.now + (end == 1 ? HOUR : 0);
	struct pl_system_account_spec spec = { .identity = text(names[name]), .reason = text("because"),
		.expires_at = until };
	struct pl_system_account out;

	refuse_if(&v, end == 2, PL_ERR_TIME_PAST);
	refuse_if(&v, is_excluded((struct person){ name, name, NOBODY }), PL_ERR_SYSTEM_ACCOUNT_EXISTS);
	if (is_done(pl_system_account_add(&world.ctx, &spec, &out), &v, "Add-ElevatedAccessSystemAccount", "Success")) {
		ref.excluded[name] = true;
		ref.excluded_until[name] = until;
	}
	pl_row_clear(&pl_system_account_noun, &out);
}

static void
include(struct words *w)
{
	struct verdict v = judge_configuration(person(w));
	int name = below(w, NAMES);
	struct pl_system_account_spec spec = { .identity = text(names[name]), .reason = text("over") };
	struct pl_system_account out;

	refuse_if(&v, !ref.excluded[name], PL_ERR_SYSTEM_ACCOUNT_NOT_FOUND);
	if (is_done(pl_system_account_remove(&world.ctx, &spec, &out), &v, "Remove-ElevatedAccessSystemAccount",
	    "Success"))
		ref.excluded[name] = false;
	pl_row_clear(&pl_system_account_noun, &out);
}

enum setting { ON, OFF, COMMENT, NO_COMMENT, MANAGEMENT, NO_MANAGEMENT, AUDIT, NO_AUDIT, SHORT, LONG, SETTINGS };

static void
do_setting(enum setting setting)
{
	switch (setting) {
	case ON:
	case OFF:
		ref.enabled = setting == ON;
		break;
	case COMMENT:
	case NO_COMMENT:
		ref.comment = setting == COMMENT;
		break;
	case MANAGEMENT:
	case NO_MANAGEMENT:
		ref.management = setting == MANAGEMENT ? CREW : NOBODY;
		break;
	case AUDIT:
	case NO_AUDIT:
		ref.audit = setting == AUDIT ? CREW : NOBODY;
		break;
	default:
		ref.lifetime = setting == SHORT ? HOUR : 24 * HOUR;
		ref.duration = setting == SHORT ? HOUR / 2 : 4 * HOUR;
	}
}

static const struct pl_control_spec settings[SETTINGS] = {
	[COMMENT] = { .require_comment = PL_YES },
	[NO_COMMENT] = { .require_comment = PL_NO },
	[SHORT] = { .request_lifetime_s = HOUR, .default_duration_s = HOUR / 2 },
	[LONG] = { .request_lifetime_s = 24 * HOUR, .default_duration_s = 4 * HOUR },
};

static void
control(struct words *w)
{
	static const char *const operations[] = { "Enable-ElevatedAccessControl", "Disable-ElevatedAccessControl",
		"Set-ElevatedAccessControl" };
	struct verdict v = judge_configuration(person(w));
	enum setting what = (enum setting)below(w, SETTINGS);
	struct pl_control_spec spec = settings[what];
	control_fn *how = what == ON ? pl_control_enable : what == OFF ? pl_control_disable : pl_control_change;
	struct pl_control out;

	if (what == ON)
		spec.admin_group = text(group_names[OPS]);
	if (what == MANAGEMENT || what == NO_MANAGEMENT)
		spec.management_group = text(what == MANAGEMENT ? group_names[CREW] : "");
	if (what == AUDIT || what == NO_AUDIT)
		spec.audit_group = text(what == AUDIT ? group_names[CREW] : "");
	refuse_if(&v, what == OFF && !ref.enabled, PL_ERR_NOT_ENABLED);
	if (is_done(how(&world.ctx, &spec, &out), &v, operations[what < 2 ? what : 2], "Success")) {
		if (what == OFF)
			do_revoke_live(NULL);
		do_setting(what);
	}
	pl_row_clear(&pl_control_noun, &out);
}

typedef enum pl_status task_fn(struct pl_ctx *, const struct pl_task_spec *, struct pl_task *);

/* The task and how it is registered from now on. */
static void
define(struct words *w, task_fn *how, const char *operation)
{
	bool made = how == pl_task_register;
	struct verdict v = judge_configuration(person(w));
	int task = below(w, TASKS), definition = 1 + below(w, DEFINITIONS - 1);
	struct pl_task_spec spec = task_spec(task, definition);
	struct pl_task out;

	refuse_if(&v, made && ref.definition[task] != UNREGISTERED, PL_ERR_TASK_EXISTS);
	refuse_if(&v, !made && ref.definition[task] == UNREGISTERED, PL_ERR_TASK_NOT_FOUND);
	if (is_done(how(&world.ctx, &spec, &out), &v, operation, "Success"))
		ref.definition[task] = how == pl_task_unregister ? UNREGISTERED : definition;
	pl_row_clear(&pl_task_noun, &out);
}

static void
register_task(struct words *w)
{
	define(w, pl_task_register, "Register-ElevatedAccessTask");
}

static void
change_definition(struct words *w)
{
	define(w, pl_task_change, "Set-ElevatedAccessTask");
}

static void
unregister_task(struct words *w)
{
	define(w, pl_task_unregister, "Unregister-ElevatedAccessTask");
}

#endif
