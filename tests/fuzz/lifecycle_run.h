/* lifecycle_run.h - steps of lifecycle.c: using a grant, runs from their plan to their end, clocks, maintenance */
#ifndef PAMLITE_TESTS_FUZZ_LIFECYCLE_RUN_H
#define PAMLITE_TESTS_FUZZ_LIFECYCLE_RUN_H

#include "pamlite/maintenance.h"

#include "lifecycle_step.h"
#include "reference_run.h"

static const char invoke[] = "Invoke-ElevatedAccessTask";

/* Who, the task and the values. */
static struct ask
read_ask(struct words *w)
{
	struct ask a = { .who = person(w), .request = NOBODY };

	a.task = below(w, ACCESSES);
	a.values = number(w);
	return a;
}

static struct pl_access_ask
access_ask(const struct ask *a)
{
	return (struct pl_access_ask){ .task = text(accesses[a->task]), .parameters = values_text(a->values),
		.request = a->request != NOBODY ? known[a->request].request : NULL };
}

static int
find_grant(const char *id)
{
	for (int i = 0; id != NULL && id[0] != '\0' && i < ref.requests; i++)
		if (ref.request[i].granted && strcmp(known[i].grant, id) == 0)
			return i;
	return NOBODY;
}

/* Whether it would run; then 1 = that it does. */
static void
test_task(struct words *w)
{
	struct ask a = read_ask(w);
	struct pl_access_test_spec spec = { .task = text(accesses[a.task]), .parameters = values_text(a.values),
		.use = below(w, 2) == 1 };
	struct use use;
	struct verdict v = judge_use(&a, &use);
	struct pl_access_test out;
	enum pl_status st = pl_access_test(&world.ctx, &spec, &out);
	int grant = find_grant(out.authorization);

	if (st == PL_FALSE) {
		/* An answer, which is recorded as a refusal where it was more than a question. */
		expect(v.may[PL_ERR_ELEVATION_REQUIRED] || v.may[PL_ERR_NOT_ENABLED], "it may be used");
		expect((strcmp(out.why, "NotEnabled") == 0) == !ref.enabled, "that it is off is told");
		if (spec.use && !world.ctx.what_if)
			expect_record("Test-ElevatedAccess", "Refused");
	} else if (is_done(st, &v, "Test-ElevatedAccess", spec.use ? "Success" : NULL)) {
		expect(is_right_grant(&a, &use, grant), "the grant of request %d is used", grant);
		if (spec.use && grant != NOBODY)
			ref.request[grant].uses++;
	}
	pl_row_clear(&pl_access_test_noun, &out);
}

/* A plan that is made and not yet carried out: anything may happen between the two. */
static struct {
	bool there;
	struct ask ask;
	struct use use;
	int definition;
	struct pl_execution_plan plan;
} planned;

static void
drop_plan(void)
{
	if (planned.there)
		pl_execution_plan_clear(&planned.plan);
	planned.there = false;
}

/* The task, the values, under which request: 0 = any. */
static void
plan_run(struct words *w)
{
	struct pl_access_ask ask;
	struct verdict v;
	int only;
	bool what_if = world.ctx.what_if;

	drop_plan();
	planned.ask = read_ask(w);
	only = number(w);
	if (only != 0 && ref.requests > 0)
		planned.ask.request = (only - 1) % ref.requests;
	ask = access_ask(&planned.ask);
	v = judge_run(&planned.ask, &planned.use);
	planned.there = true;
	planned.definition = planned.ask.task < TASKS ? ref.definition[planned.ask.task] : UNREGISTERED;
	if (!is_done(pl_execution_prepare(&world.ctx, &ask, &planned.plan), &v, invoke, NULL) && !what_if)
		drop_plan();
	else if (v.refused)
		drop_plan();
}

/* Which grant is it under? Its row is written, so that it can be asked. */
static void
add_run(const struct ask *a, const struct use *use, const char *id)
{
	int grant = find_grant(sql_text("SELECT authorization_id FROM execution WHERE id = '%s'", id));

	expect(is_right_grant(a, use, grant), "the grant of request %d is used", grant);
	if (grant != NOBODY)
		ref.request[grant].uses++;
	ref.run[ref.runs++] = (struct run){ .by = a->who, .request = grant, .boot = ref.boot };
}

static void
start_planned(struct words *w)
{
	struct pl_access_ask ask;
	struct verdict v;
	struct use use;

	(void)w;
	if (!planned.there)
		return;
	step.who = planned.ask.who;
	act(step.who);
	ask = access_ask(&planned.ask);
	v = judge_run(&planned.ask, &use);
	refuse_if(&v, ref.definition[planned.ask.task] != planned.definition, PL_ERR_ELEVATION_REQUIRED);
	refuse_if(&v, !v.refused && use.values != planned.use.values, PL_ERR_ELEVATION_REQUIRED);
	if (is_done(pl_execution_start(&world.ctx, &ask, &planned.plan), &v, invoke, "Started"))
		add_run(&planned.ask, &use, planned.plan.id);
	drop_plan();
}

static void
run_at_once(struct words *w)
{
	plan_run(w);
	start_planned(w);
}

/* The run, and its exit status. The one who supervises it says so, whoever that is. */
static void
end_run(struct words *w)
{
	int i = one_of(w, ref.runs), status = below(w, 2);
	struct pl_execution_end end = { .reason = "Exited", .exit_status = status, .ended_at = ref.now };
	struct verdict v = { 0 };
	struct run *r;
	bool again;

	if (i == NOBODY)
		return;
	r = &ref.run[i];
	again = r->ended == status + 1;
	step.who = r->by;
	act(r->by);
	refuse_if(&v, r->ended != 0 && !again, PL_ERR_EXECUTION_OVER);
	if (is_done(pl_execution_finish(&world.ctx, known[i].run, &end), &v, invoke, again ? NULL : "Ended"))
		r->ended = status + 1;
}

static void
stop_run(struct words *w)
{
	struct person who = person(w);
	int i = one_of(w, ref.runs);
	struct pl_execution_stop_spec spec = { .identity = i != NOBODY ? known[i].run : request_id(NOBODY) };
	struct verdict v = judge_stop(who, i != NOBODY ? &ref.run[i] : NULL);
	struct pl_execution out;

	if (is_done(pl_execution_stop(&world.ctx, &spec, &out), &v, "Stop-ElevatedAccessExecution", "Success"))
		ref.run[i].stopped = true;
	pl_row_clear(&pl_execution_noun, &out);
}

static void
watch_run(struct words *w)
{
	int i = one_of(w, ref.runs);
	struct pl_execution_state is;
	const struct request *r;

	if (i == NOBODY)
		return;
	r = request_at(ref.run[i].request);
	act(ref.run[i].by);
	expect(pl_execution_watch(&world.ctx, known[i].run, &is) == PL_OK, "run %d is watched", i);
	expect(is.stopped == ref.run[i].stopped, "run %d is stopped: %d", i, is.stopped);
	expect(is.revoked == (r != NULL && r->revoked), "run %d is revoked: %d", i, is.revoked);
	expect(is.over == (r != NULL && is_over(r)), "run %d is over: %d", i, is.over);
}

/* The end of every run is written that nobody supervises, of every exclusion, of every request. */
static void
do_maintenance(const struct pl_maintenance *did)
{
	int expired = 0, lost = 0, excluded = 0, pending = 0;

	for (int i = 0; i < ref.requests; i++) {
		expired += ref.request[i].state == PENDING && state_of(&ref.request[i]) == EXPIRED;
		pending += state_of(&ref.request[i]) == PENDING;
	}
	for (int i = 0; i < ref.runs; i++)
		if (ref.run[i].ended == 0 && !is_there(&ref.run[i])) {
			lost++;
			if (!world.ctx.what_if)
				ref.run[i].ended = UNKNOWN_END;
		}
	for (int i = 0; i < NAMES; i++)
		if (ref.excluded[i] && ref.excluded_until[i] != 0 && ref.excluded_until[i] <= ref.now) {
			excluded++;
			ref.excluded[i] = world.ctx.what_if;
		}
	expect(did->expired == expired, "%d requests have expired", expired);
	expect(did->notified <= pending, "no more than %d requests will expire", pending);
	expect(did->marked_unknown == lost, "%d runs are lost", lost);
	expect(did->exclusions_ended == excluded, "%d exclusions have ended", excluded);
	if (!world.ctx.what_if)
		step.records += did->notified + did->marked_unknown + did->exclusions_ended;
}

static void
maintain(struct words *w)
{
	struct person who = person(w);
	struct verdict v = { 0 };
	struct pl_audit_check chain;
	struct pl_maintenance did;
	enum pl_status st;

	refuse_if(&v, !configures(who), PL_ERR_ADMINISTRATOR_REQUIRED);
	st = pl_maintain(&world.ctx, &did, &chain);
	(void)is_done(st, &v, "Invoke-ElevatedAccessMaintenance", NULL);
	if (st == PL_OK) {
		expect(chain.valid, "the chain is whole");
		do_maintenance(&did);
	}
	pl_row_clear(&pl_audit_check_noun, &chain);
}

static const int64_t spans[] = { 1, 299, 300, 1799, HOUR, 4 * HOUR, 23 * HOUR, 24 * HOUR, 30 * 24 * HOUR };
enum { SPANS = sizeof(spans) / sizeof(spans[0]) };

static void
let_time_pass(struct words *w)
{
	int64_t s = spans[below(w, SPANS)];

	ref.now += s;
	ref.boot_ms += s * 1000;
	set_clocks();
}

/* By hand: back, or 1 = forward. The other clock does not follow. */
static void
set_wall_clock(struct words *w)
{
	int64_t s = spans[below(w, SPANS)];

	ref.now += below(w, 2) == 1 ? s : -s;
	set_clocks();
}

static void
boot(struct words *w)
{
	ref.boot++;
	ref.boot_ms = 1000 * number(w);
	set_clocks();
}

#endif
