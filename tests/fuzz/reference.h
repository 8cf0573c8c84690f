/* reference.h - the world of requests once more, as the design has it: what there is, and who sees what of it */
#ifndef PAMLITE_TESTS_FUZZ_REFERENCE_H
#define PAMLITE_TESTS_FUZZ_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "pamlite/error.h"

/*
 * Names and uids are numbers: 0 is the database's owner, who administers it; 1 to 4 are people; person 5 is a new
 * account with the name of person 1. NOBODY is no login, no group.
 */
enum { NAMES = 5, UIDS = 6, NOBODY = -1 };
/* Three tasks, and a role of the first two. */
enum { TASKS = 3, ROLE = 3, ACCESSES = 4 };
enum { OPS, CREW, GROUPS };
/* What is registered of a task: nothing, two different programs without parameters, one with a word `unit`. */
enum { UNREGISTERED, PLAIN, OTHER, WITH_UNIT, DEFINITIONS };
/* What is given to a task: nothing, two words `unit`, one that is none; from there on other names. */
enum { NO_VALUES, UNIT_A, UNIT_B, UNIT_BAD, FIRST_UNKNOWN };

enum { UNKNOWN_END = NOBODY };
enum { REQUESTS_MAX = 128, DECIDERS_MAX = 8, PENDING_MAX = 20, START_TOLERANCE = 300 };

struct person {
	int name, uid, login;
};

struct policy {
	bool there, automatic, ticket, bind;
	int serial, group, eligible, needed, max_uses;   /* groups or NOBODY; 0 uses = any number */
	int64_t max_s;                                   /* 0 = none */
};

enum state { PENDING, APPROVED, DENIED, EXPIRED, CANCELED };

struct shown {
	int revision;
	struct policy policy;
	int definition[2];
};

struct request {
	struct person by;
	int access, policy, asked, values, token, revision;   /* asked: the approver group when it was made */
	enum state state;
	int64_t expires, duration, start;                     /* start 0 = at once */
	struct person decider[DECIDERS_MAX];
	int deciders;
	bool granted, revoked, bound;                         /* from here on: its grant */
	int64_t from, until, boot_until_ms;
	int boot, uses, max_uses, definition[2];
};

struct run {
	struct person by;
	int request;                                          /* NOBODY = a system account's */
	int boot;
	bool stopped;
	int ended;                                            /* 0 = not; its end as a number; UNKNOWN_END */
};

static struct {
	int64_t now, boot_ms;
	int boot;
	bool enabled, comment;
	int management, audit;
	int64_t lifetime, duration;
	bool member[GROUPS][NAMES];
	bool excluded[NAMES];
	int64_t excluded_until[NAMES];                        /* 0 = for ever */
	int definition[TASKS];
	struct policy policy[ACCESSES];
	int policies;
	struct request request[REQUESTS_MAX];
	int requests;
	struct run run[REQUESTS_MAX];
	int runs;
} ref;

/*
 * The errors that the rules allow as an answer. Of several rules that are broken any may be told: which one is looked
 * at first is no rule, save that what may not be seen is not there.
 */
struct verdict {
	bool refused, may[PL_ERROR_END];
};

static void
refuse_if(struct verdict *v, bool broken, enum pl_error error)
{
	if (!broken)
		return;
	v->refused = true;
	v->may[error] = true;
}

static bool
is_in(int group, int name)
{
	return group != NOBODY && ref.member[group][name];
}

static bool
has_uid(struct person p, int uid)
{
	return p.uid == uid || (p.login != NOBODY && p.login == uid);
}

/* One name, or sets {uid, login uid} that are not disjoint: no second person. */
static bool
is_same_person(struct person a, struct person b)
{
	return a.name == b.name || has_uid(a, b.uid) || (b.login != NOBODY && has_uid(a, b.login));
}

/* What was made by a name and a uid is nobody's own who has only one of them. */
static bool
is_own(struct person who, struct person maker)
{
	return who.name == maker.name && who.uid == maker.uid;
}

static bool
configures(struct person who)
{
	return who.uid == 0 || is_in(ref.management, who.name);
}

static bool
sees_all(struct person who)
{
	return configures(who) || is_in(ref.audit, who.name);
}

static int
approvers(const struct policy *p)
{
	return p->group != NOBODY ? p->group : OPS;
}

/* The policy that a request was made under, if it is still there. */
static const struct policy *
policy_of(const struct request *r)
{
	const struct policy *p = &ref.policy[r->access];

	return p->there && p->serial == r->policy ? p : NULL;
}

static bool
may_decide(struct person who, const struct request *r)
{
	const struct policy *p = policy_of(r);

	return p != NULL && is_in(approvers(p), who.name);
}

static bool
sees_request(struct person who, const struct request *r)
{
	return sees_all(who) || is_own(who, r->by) || may_decide(who, r) ||
	    (policy_of(r) == NULL && is_in(r->asked, who.name));
}

static bool
sees_grant(struct person who, const struct request *r)
{
	return r->granted && (sees_all(who) || is_own(who, r->by) || may_decide(who, r));
}

static bool
sees_policy(struct person who, const struct policy *p)
{
	return p->there && (sees_all(who) || p->eligible == NOBODY || is_in(p->eligible, who.name) ||
	    is_in(approvers(p), who.name));
}

static enum state
state_of(const struct request *r)
{
	return r->state == PENDING && r->expires <= ref.now ? EXPIRED : r->state;
}

static bool
is_over(const struct request *r)
{
	return ref.now >= r->until || (r->boot == ref.boot && ref.boot_ms >= r->boot_until_ms);
}

static bool
is_excluded(struct person who)
{
	return ref.excluded[who.name] &&
	    (ref.excluded_until[who.name] == 0 || ref.excluded_until[who.name] > ref.now);
}

/* A role is what its members are. */
static void
get_definition(int access, int out[2])
{
	out[0] = access == ROLE ? ref.definition[0] : ref.definition[access];
	out[1] = access == ROLE ? ref.definition[1] : 0;
}

static struct shown
shown(const struct request *r)
{
	struct shown s;

	memset(&s, 0, sizeof(s));
	s.revision = r->revision;
	if (policy_of(r) != NULL)
		s.policy = *policy_of(r);
	get_definition(r->access, s.definition);
	return s;
}

static bool
is_valid(int definition, int values, bool complete)
{
	switch (definition) {
	case UNREGISTERED:
		return true;
	case WITH_UNIT:
		return values == UNIT_A || values == UNIT_B || (values == NO_VALUES && !complete);
	default:
		return values == NO_VALUES;
	}
}

static bool
are_valid_for(int access, int values, bool complete)
{
	return access == ROLE ? values == NO_VALUES : is_valid(ref.definition[access], values, complete);
}

/* The members of a group that are somebody else. */
static int
others(int group, int name)
{
	int count = 0;

	for (int i = 0; i < NAMES; i++)
		count += i != name && ref.member[group][i];
	return count;
}

#endif
