/* reference_run.h - what may be run, under which grant, and when it has to end, as the design has it */
#ifndef PAMLITE_TESTS_FUZZ_REFERENCE_RUN_H
#define PAMLITE_TESTS_FUZZ_REFERENCE_RUN_H

#include "reference.h"

/* What somebody wants to run: with which values, under which request (NOBODY = any). */
struct ask {
	struct person who;
	int task, values, request;
};

/* What it comes to: for a system account, or the values that the run gets and the end of the grant that is used. */
struct use {
	bool excluded;
	int values;
	int64_t until;
};

static bool
covers(int access, int task)
{
	return access == task || (access == ROLE && task < 2);
}

static bool
sees_task(struct person who, int task)
{
	bool exists = task < TASKS && ref.definition[task] != UNREGISTERED, seen = false;

	if (task >= TASKS)   /* a role is not run */
		return false;
	for (int i = 0; i < ACCESSES; i++) {
		if (!covers(i, task))
			continue;
		exists = exists || ref.policy[i].there;
		seen = seen || sees_policy(who, &ref.policy[i]);
	}
	for (int i = 0; i < ref.requests; i++)
		seen = seen || (ref.request[i].granted && covers(ref.request[i].access, task) &&
		    is_own(who, ref.request[i].by));
	return seen || (exists && (sees_all(who) || is_excluded(who)));
}

/* Neither revoked nor used up, and inside its window by both clocks. */
static bool
is_in_force(const struct request *r)
{
	return r->granted && !r->revoked && r->from <= ref.now && !is_over(r) &&
	    (r->max_uses == 0 || r->uses < r->max_uses);
}

/* May the run be under that grant, whatever its values are? */
static bool
is_usable(const struct ask *a, int request)
{
	const struct request *r = &ref.request[request];
	int definition[2];

	get_definition(r->access, definition);
	return is_own(a->who, r->by) && covers(r->access, a->task) && is_in_force(r) &&
	    memcmp(definition, r->definition, sizeof(definition)) == 0 &&
	    (a->request == NOBODY || a->request == request);
}

static bool
fits(const struct ask *a, const struct request *r)
{
	if (r->bound && (a->values == NO_VALUES || a->values == r->values))
		return true;
	return !r->bound && is_valid(ref.definition[a->task], a->values, true);
}

static void
judge_grants(const struct ask *a, struct verdict *v, struct use *use)
{
	int bound = NOBODY;
	bool ambiguous = false, found = false;

	for (int i = 0; i < ref.requests; i++) {
		const struct request *r = &ref.request[i];

		if (!is_usable(a, i))
			continue;
		if (r->bound) {
			ambiguous = ambiguous || (bound != NOBODY && bound != r->values);
			bound = r->values;
		}
		if (!fits(a, r) || (found && r->until >= use->until))
			continue;
		found = true;
		use->until = r->until;
		use->values = r->bound ? r->values : a->values;
	}
	refuse_if(v, !found, PL_ERR_ELEVATION_REQUIRED);
	refuse_if(v, !found && !is_valid(ref.definition[a->task], a->values, true), PL_ERR_PARAMETER_INVALID);
	refuse_if(v, found && ambiguous && a->values == NO_VALUES && a->request == NOBODY, PL_ERR_SEVERAL_GRANTS);
}

/* The question of other programs, which run what is not registered too. */
static struct verdict
judge_use(const struct ask *a, struct use *use)
{
	struct verdict v = { 0 };

	memset(use, 0, sizeof(*use));
	refuse_if(&v, !sees_task(a->who, a->task), PL_ERR_TASK_NOT_FOUND);
	if (v.refused)
		return v;
	refuse_if(&v, !ref.enabled, PL_ERR_NOT_ENABLED);
	use->excluded = is_excluded(a->who);
	use->values = a->values;
	if (use->excluded)
		refuse_if(&v, !is_valid(ref.definition[a->task], a->values, true), PL_ERR_PARAMETER_INVALID);
	else
		judge_grants(a, &v, use);
	return v;
}

static struct verdict
judge_run(const struct ask *a, struct use *use)
{
	struct verdict v = judge_use(a, use);

	refuse_if(&v, a->task >= TASKS || ref.definition[a->task] == UNREGISTERED, PL_ERR_TASK_NOT_FOUND);
	return v;
}

/* Was it right to take that grant? The one that ends first, and of several such any. */
static bool
is_right_grant(const struct ask *a, const struct use *use, int request)
{
	if (use->excluded || request == NOBODY)
		return use->excluded && request == NOBODY;
	return is_usable(a, request) && fits(a, &ref.request[request]) && ref.request[request].until == use->until;
}

static bool
is_there(const struct run *r)
{
	return r->ended == 0 && r->boot == ref.boot;
}

static struct verdict
judge_stop(struct person who, const struct run *r)
{
	const struct request *under = r != NULL && r->request != NOBODY ? &ref.request[r->request] : NULL;
	bool decides = under != NULL && may_decide(who, under);
	struct verdict v = { 0 };

	refuse_if(&v, r == NULL || (!sees_all(who) && !is_own(who, r->by) && !decides), PL_ERR_EXECUTION_NOT_FOUND);
	if (v.refused)
		return v;
	refuse_if(&v, !configures(who) && !is_own(who, r->by) && !decides, PL_ERR_NOT_REVOKER);
	refuse_if(&v, !is_there(r), PL_ERR_EXECUTION_OVER);
	return v;
}

#endif
