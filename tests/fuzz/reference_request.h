/* reference_request.h - what may be asked, decided and withdrawn, and what then is, as the design has it */
#ifndef PAMLITE_TESTS_FUZZ_REFERENCE_REQUEST_H
#define PAMLITE_TESTS_FUZZ_REFERENCE_REQUEST_H

#include "reference.h"

static int
find_token(struct person who, int token)
{
	for (int i = 0; token != 0 && i < ref.requests; i++)
		if (is_own(who, ref.request[i].by) && ref.request[i].token == token)
			return i;
	return NOBODY;
}

/* `r` as it would be: by, access, duration (0 = the default), values, start; the duration is filled in. */
static struct verdict
judge_new(struct request *r, bool ticket)
{
	const struct policy *p = &ref.policy[r->access];
	struct verdict v = { 0 };
	int pending = 0;

	refuse_if(&v, !ref.enabled, PL_ERR_NOT_ENABLED);
	refuse_if(&v, !sees_policy(r->by, p), PL_ERR_POLICY_NOT_FOUND);
	if (v.refused)
		return v;
	refuse_if(&v, p->eligible != NOBODY && !is_in(p->eligible, r->by.name), PL_ERR_NOT_ELIGIBLE);
	refuse_if(&v, p->max_s != 0 && r->duration > p->max_s, PL_ERR_DURATION_EXCEEDED);
	refuse_if(&v, p->ticket && !ticket, PL_ERR_TICKET_REQUIRED);
	refuse_if(&v, r->start != 0 && r->start < ref.now - START_TOLERANCE, PL_ERR_TIME_PAST);
	refuse_if(&v, !are_valid_for(r->access, r->values, p->bind), PL_ERR_PARAMETER_INVALID);
	refuse_if(&v, !p->automatic && others(approvers(p), r->by.name) < p->needed, PL_ERR_NO_APPROVER);
	for (int i = 0; i < ref.requests; i++) {
		const struct request *o = &ref.request[i];

		if (!is_own(r->by, o->by) || state_of(o) != PENDING)
			continue;
		pending++;
		refuse_if(&v, o->access == r->access && o->values == r->values, PL_ERR_REQUEST_EXISTS);
	}
	refuse_if(&v, pending >= PENDING_MAX, PL_ERR_TOO_MANY_REQUESTS);
	if (r->duration == 0)
		r->duration = p->max_s != 0 && p->max_s < ref.duration ? p->max_s : ref.duration;
	return v;
}

static void
do_grant(struct request *r)
{
	const struct policy *p = policy_of(r);

	r->state = APPROVED;
	r->granted = true;
	r->from = r->start > ref.now ? r->start : ref.now;
	r->until = r->from + r->duration;
	r->boot = ref.boot;
	r->boot_until_ms = ref.boot_ms + 1000 * (r->until - ref.now);
	r->max_uses = p->max_uses;
	r->bound = p->bind && r->access != ROLE;
	get_definition(r->access, r->definition);
}

static void
do_new(const struct request *made)
{
	struct request *r = &ref.request[ref.requests++];
	const struct policy *p = &ref.policy[made->access];

	*r = *made;
	r->policy = p->serial;
	r->asked = approvers(p);
	r->revision = 1;
	r->expires = ref.now + ref.lifetime;
	if (p->automatic)
		do_grant(r);
}

/* NULL: no such request. `seen`: the version that the decision carries, or NULL. */
static struct verdict
judge_decision(struct person who, const struct request *r, bool comment, const struct shown *seen, bool approves)
{
	struct verdict v = { 0 };
	struct shown is;
	const struct policy *p;

	refuse_if(&v, !ref.enabled, PL_ERR_NOT_ENABLED);
	refuse_if(&v, r == NULL || !sees_request(who, r), PL_ERR_REQUEST_NOT_FOUND);
	if (v.refused)
		return v;
	refuse_if(&v, is_same_person(who, r->by), PL_ERR_SELF_APPROVAL);
	refuse_if(&v, !may_decide(who, r), PL_ERR_NOT_APPROVER);
	refuse_if(&v, state_of(r) != PENDING, PL_ERR_NOT_PENDING);
	is = shown(r);
	refuse_if(&v, seen != NULL && memcmp(seen, &is, sizeof(is)) != 0, PL_ERR_REQUEST_CHANGED);
	for (int i = 0; i < r->deciders; i++)
		refuse_if(&v, is_same_person(who, r->decider[i]), PL_ERR_ALREADY_APPROVED);
	refuse_if(&v, ref.comment && !comment, PL_ERR_COMMENT_REQUIRED);
	p = policy_of(r);
	if (!approves || p == NULL)
		return v;
	refuse_if(&v, p->max_s != 0 && r->duration > p->max_s, PL_ERR_DURATION_EXCEEDED);
	refuse_if(&v, p->eligible != NOBODY && !is_in(p->eligible, r->by.name), PL_ERR_NOT_ELIGIBLE);
	refuse_if(&v, p->bind && !are_valid_for(r->access, r->values, true), PL_ERR_PARAMETER_INVALID);
	return v;
}

/* Who has left the group before the quorum is complete no longer counts. */
static void
do_decision(struct person who, struct request *r, bool approves)
{
	const struct policy *p = policy_of(r);
	int count = 0;

	r->decider[r->deciders++] = who;
	for (int i = 0; i < r->deciders; i++)
		count += is_in(approvers(p), r->decider[i].name);
	if (!approves)
		r->state = DENIED;
	else if (count >= p->needed)
		do_grant(r);
}

static struct verdict
judge_own_pending(struct person who, const struct request *r)
{
	struct verdict v = { 0 };

	refuse_if(&v, r == NULL || !sees_request(who, r), PL_ERR_REQUEST_NOT_FOUND);
	if (v.refused)
		return v;
	refuse_if(&v, !is_own(who, r->by), PL_ERR_NOT_REQUESTOR);
	refuse_if(&v, state_of(r) != PENDING, PL_ERR_NOT_PENDING);
	return v;
}

/* Does the changer bring a third login, beside the requestor's uid and the login that is known? */
static bool
is_third(struct person who, const struct request *r)
{
	return who.login != NOBODY && who.login != r->by.uid && r->by.login != NOBODY && r->by.login != r->by.uid &&
	    r->by.login != who.login;
}

enum ticket { LEFT, GIVEN, CLEARED };

static struct verdict
judge_change(struct person who, const struct request *r, bool reason, int64_t duration, enum ticket ticket)
{
	struct verdict v = judge_own_pending(who, r);
	const struct policy *p = v.refused ? NULL : policy_of(r);

	refuse_if(&v, !ref.enabled, PL_ERR_NOT_ENABLED);
	if (p == NULL)
		return v;
	refuse_if(&v, is_third(who, r), PL_ERR_NOT_REQUESTOR);
	refuse_if(&v, !reason && duration == 0 && ticket == LEFT, PL_ERR_NOTHING_TO_CHANGE);
	refuse_if(&v, p->max_s != 0 && duration > p->max_s, PL_ERR_DURATION_EXCEEDED);
	refuse_if(&v, p->ticket && ticket == CLEARED, PL_ERR_TICKET_REQUIRED);
	return v;
}

/* Approvals were given to what the request said before. */
static void
do_change(struct person who, struct request *r, int64_t duration)
{
	r->revision++;
	r->deciders = 0;
	if (duration != 0)
		r->duration = duration;
	if (who.login != NOBODY && who.login != r->by.uid)
		r->by.login = who.login;
}

static struct verdict
judge_revocation(struct person who, const struct request *r)
{
	struct verdict v = { 0 };

	refuse_if(&v, r == NULL || !sees_grant(who, r), PL_ERR_AUTHORIZATION_NOT_FOUND);
	if (v.refused)
		return v;
	refuse_if(&v, !configures(who) && !is_own(who, r->by) && !may_decide(who, r), PL_ERR_NOT_REVOKER);
	refuse_if(&v, r->revoked || is_over(r), PL_ERR_AUTHORIZATION_OVER);
	return v;
}

#endif
