/* lifecycle_request.h - steps of lifecycle.c: asking, deciding, withdrawing, revoking, looking */
#ifndef PAMLITE_TESTS_FUZZ_LIFECYCLE_REQUEST_H
#define PAMLITE_TESTS_FUZZ_LIFECYCLE_REQUEST_H

#include "lifecycle_step.h"
#include "reference_request.h"
#include "reference_run.h"

static const int64_t durations[] = { 0, 300, HOUR, 4 * HOUR, 5 * HOUR, 100 * HOUR };
enum { DURATIONS = sizeof(durations) / sizeof(durations[0]) };

/* The version that was shown of each request, and what it was then; "" = none was. */
static struct {
	char version[64];
	struct shown is;
} seen[REQUESTS_MAX];

/* The access, duration, values, ticket (1 = with one), token, start. */
static void
ask_for(struct words *w)
{
	static const int64_t starts[] = { 0, -START_TOLERANCE, -START_TOLERANCE - 1, 1, HOUR, 30 * HOUR };
	struct request r = { .by = person(w) };
	struct pl_request_spec spec = { .reason = text("because") };
	struct pl_request out;
	struct verdict v;
	enum pl_status st;
	char token[16];
	bool ticket;
	int again, start;

	r.access = below(w, ACCESSES);
	r.duration = spec.duration_s = durations[below(w, DURATIONS)];
	r.values = number(w);
	spec.parameters = values_text(r.values);
	ticket = below(w, 2) == 1;
	spec.ticket = ticket ? text("T1") : NULL;
	r.token = below(w, 4);
	snprintf(token, sizeof(token), "t%d", r.token);
	spec.client_token = r.token != 0 ? token : NULL;
	start = below(w, 6);
	r.start = spec.start_at = start != 0 ? ref.now + starts[start] : 0;
	*(r.access == ROLE ? &spec.role : &spec.task) = text(accesses[r.access]);
	again = find_token(r.by, r.token);
	v = again != NOBODY && ref.enabled ? (struct verdict){ 0 } : judge_new(&r, ticket);
	st = pl_request_submit(&world.ctx, &spec, &out);
	if (is_done(st, &v, "New-ElevatedAccessRequest", again != NOBODY ? NULL : "Success") && again == NOBODY) {
		seen[ref.requests].version[0] = '\0';
		do_new(&r);
		snprintf(known[ref.requests - 1].request, PL_ID_LEN + 1, "%s", out.identity);
	} else if (again != NOBODY && st == PL_OK)
		expect(strcmp(out.identity, known[again].request) == 0, "a token is the request that was made with it");
	pl_row_clear(&pl_request_noun, &out);
}

/* The request, with a comment (0 = yes), with the version that was shown last (1 = yes). */
static void
decide_request(struct words *w, bool approves)
{
	struct person who = person(w);
	int i = one_of(w, ref.requests);
	bool comment = below(w, 2) == 0, version = below(w, 2) == 1 && i != NOBODY && seen[i].version[0] != '\0';
	struct pl_decision_spec spec = { .request = request_id(i), .comment = comment ? text("ok") : NULL,
		.version = version ? seen[i].version : NULL };
	struct verdict v = judge_decision(who, request_at(i), comment, version ? &seen[i].is : NULL, approves);
	struct pl_authorization grant;
	struct pl_request out;
	bool granted = false;
	enum pl_status st;

	pl_row_init(&pl_authorization_noun, &grant);
	st = approves ? pl_request_approve(&world.ctx, &spec, &out, &grant, &granted)
	    : pl_request_deny(&world.ctx, &spec, &out);
	if (is_done(st, &v, approves ? "Approve-ElevatedAccessRequest" : "Deny-ElevatedAccessRequest", "Success")) {
		do_decision(who, &ref.request[i], approves);
		expect(granted == ref.request[i].granted, "the answer is a grant: %d", granted);
	} else if (!world.ctx.what_if && st != PL_OK && world.ctx.failure.error == PL_ERR_NOT_PENDING)
		step.met = i;
	pl_row_clear(&pl_request_noun, &out);
	pl_row_clear(&pl_authorization_noun, &grant);
}

static void
approve_request(struct words *w)
{
	decide_request(w, true);
}

static void
deny_request(struct words *w)
{
	decide_request(w, false);
}

static void
withdraw_request(struct words *w)
{
	struct person who = person(w);
	int i = one_of(w, ref.requests);
	struct pl_withdrawal_spec spec = { .request = request_id(i) };
	struct verdict v = judge_own_pending(who, request_at(i));
	struct pl_request out;
	enum pl_status st = pl_request_withdraw(&world.ctx, &spec, &out);

	if (is_done(st, &v, "Stop-ElevatedAccessRequest", "Success"))
		ref.request[i].state = CANCELED;
	else if (!world.ctx.what_if && st != PL_OK && world.ctx.failure.error == PL_ERR_NOT_PENDING)
		step.met = i;
	pl_row_clear(&pl_request_noun, &out);
}

/* The request; whether there is another reason; the duration; the ticket. */
static void
change_own(struct words *w)
{
	struct person who = person(w);
	int i = one_of(w, ref.requests);
	bool reason = below(w, 2) == 1;
	int64_t duration = durations[below(w, DURATIONS)];
	enum ticket ticket = (enum ticket)below(w, 3);
	struct pl_request_change spec = { .request = request_id(i), .reason = reason ? text("better") : NULL,
		.duration_s = duration, .ticket = ticket == LEFT ? NULL : text(ticket == CLEARED ? "" : "T2") };
	struct verdict v = judge_change(who, request_at(i), reason, duration, ticket);
	struct pl_request out;

	if (is_done(pl_request_change(&world.ctx, &spec, &out), &v, "Set-ElevatedAccessRequest", "Success"))
		do_change(who, &ref.request[i], duration);
	pl_row_clear(&pl_request_noun, &out);
}

/* The request; 1 = by the grant's own id. */
static void
revoke_grant(struct words *w)
{
	struct person who = person(w);
	int i = one_of(w, ref.requests);
	bool own = below(w, 2) == 1 && i != NOBODY && ref.request[i].granted;
	struct pl_revocation_spec spec = { .request = own ? known[i].grant : request_id(i), .comment = text("over") };
	struct verdict v = judge_revocation(who, request_at(i));
	struct pl_authorization out;

	if (is_done(pl_authorization_revoke(&world.ctx, &spec, &out), &v, "Revoke-ElevatedAccessAuthorization",
	    "Success"))
		ref.request[i].revoked = true;
	pl_row_clear(&pl_authorization_noun, &out);
}

/* As an approver does before he decides: what he was shown is remembered. */
static void
look_at_request(struct words *w)
{
	struct person who = person(w);
	int i = one_of(w, ref.requests);
	struct pl_decision_spec spec = { .request = request_id(i) };
	struct verdict v = { 0 };
	struct pl_buf line;

	refuse_if(&v, i == NOBODY || !sees_request(who, &ref.request[i]), PL_ERR_REQUEST_NOT_FOUND);
	pl_buf_init(&line);
	if (is_done(pl_request_preview(&world.ctx, &spec, &line), &v, "Get-ElevatedAccessRequest", NULL)) {
		snprintf(seen[i].version, sizeof(seen[i].version), "%s", spec.version);
		seen[i].is = shown(&ref.request[i]);
	}
	pl_buf_clear(&line);
	free(spec.version);
}

/* A listing under way: what must be in it and has not been yet. */
struct listing {
	bool due[REQUESTS_MAX];
	int count;
	bool grants;
};

static enum pl_status
list_row(void *arg, const void *row)
{
	struct listing *l = arg;
	const struct pl_request *r = row;
	const struct pl_authorization *a = row;
	const char *id = l->grants ? a->identity : r->identity;

	for (int i = 0; i < ref.requests; i++) {
		if (strcmp(id, l->grants ? known[i].grant : known[i].request) != 0)
			continue;
		expect(l->due[i], "%d is to be listed", i);
		l->due[i] = false;
		l->count--;
		expect(l->grants || strcmp(r->state, state_texts[state_of(&ref.request[i])]) == 0,
		    "request %d is listed as %s", i, r->state);
	}
	return PL_OK;
}

enum { LIST_ALL, LIST_MINE, LIST_NARROW, LIST_KINDS };

/* Pending, to be decided by the caller, and not by another request of the same person. */
static bool
is_to_approve(struct person who, const struct request *r)
{
	if (state_of(r) != PENDING || !may_decide(who, r) || is_same_person(who, r->by))
		return false;
	for (int i = 0; i < r->deciders; i++)
		if (is_same_person(who, r->decider[i]))
			return false;
	return true;
}

static void
list_requests(struct words *w)
{
	struct person who = person(w);
	int kind = below(w, LIST_KINDS);
	struct pl_request_filter filter = { .mine = kind == LIST_MINE, .to_approve = kind == LIST_NARROW };
	struct listing l = { 0 };

	for (int i = 0; i < ref.requests; i++) {
		const struct request *r = &ref.request[i];

		l.due[i] = kind == LIST_MINE ? is_own(who, r->by) : kind == LIST_NARROW ? is_to_approve(who, r)
		    : sees_request(who, r);
		l.count += l.due[i];
	}
	expect(pl_request_list(&world.ctx, &filter, list_row, &l) == PL_OK, "requests are listed");
	expect(l.count == 0, "%d more requests are listed", l.count);
}

static void
list_grants(struct words *w)
{
	struct person who = person(w);
	int kind = below(w, LIST_KINDS);
	struct pl_authorization_filter filter = { .mine = kind == LIST_MINE, .active_only = kind == LIST_NARROW };
	struct listing l = { .grants = true };

	for (int i = 0; i < ref.requests; i++) {
		const struct request *r = &ref.request[i];

		l.due[i] = sees_grant(who, r) && (kind != LIST_MINE || is_own(who, r->by)) &&
		    (kind != LIST_NARROW || (ref.enabled && is_in_force(r)));
		l.count += l.due[i];
	}
	expect(pl_authorization_list(&world.ctx, &filter, list_row, &l) == PL_OK, "grants are listed");
	expect(l.count == 0, "%d more grants are listed", l.count);
}

#endif
