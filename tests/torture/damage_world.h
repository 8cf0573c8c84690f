/* damage_world.h - a database with something of everything in it, and what it says to all who ask */
#ifndef PAMLITE_TESTS_DAMAGE_WORLD_H
#define PAMLITE_TESTS_DAMAGE_WORLD_H

#include <stdint.h>

#include "pamlite/authorization.h"

#include "../unit/model_world.h"

enum { PEOPLE = 12, TASKS = 5, IDS_MAX = 512, ROUNDS = 8, NAMES = 64 };

static const char *const tasks[TASKS] = { "T\\one", "T\\once", "T\\bound", "T\\free", "T\\member" };

/* Who is who: p0 to p11 ask, bob and dave decide, robot is excluded. The last of them has asked for nothing. */
static inline const char *
person(int i)
{
	static char name[4][16];
	static int turn;

	if (i == PEOPLE)
		return "robot";
	snprintf(name[turn = (turn + 1) % 4], sizeof(name[0]), "p%d", i);
	return name[turn];
}

static inline void
fill_configuration(void)
{
	struct pl_system_account_spec robot = { .identity = text("robot"), .reason = text("nightly"),
	    .expires_at = T0 + 90 * PL_DAY_S };
	struct pl_system_account account;

	world_populate();
	SAYS(make_group("second", "dave\nerin\n"), "");
	make_job(tasks[0], 1);
	SAYS(make_task((struct pl_task_spec){ .name = text(tasks[1]) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(tasks[1]), .approver_group = text("second"),
	    .max_uses = 1 }), "");
	SAYS(make_task((struct pl_task_spec){ .name = text(tasks[2]), .arguments = text("{word}\n"),
	    .parameters = text("word=word\n") }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(tasks[2]), .approver_group = text("ops"),
	    .bind_parameters = PL_YES }), "");
	SAYS(make_task((struct pl_task_spec){ .name = text(tasks[3]) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(tasks[3]), .approval_type = text("Auto") }), "");
	SAYS(make_task((struct pl_task_spec){ .name = text(tasks[4]) }), "");
	SAYS(make_task((struct pl_task_spec){ .name = text("T\\role"), .type = text("Role"),
	    .members = text("T\\member\n") }), "");
	SAYS(make_policy((struct pl_policy_spec){ .role = text("T\\role"), .approver_group = text("ops") }), "");
	act_as("owner");
	SAYS(pl_system_account_add(&world.ctx, &robot, &account), "");
	pl_row_clear(&pl_system_account_noun, &account);
}

/* One request of everybody in every round, an hour after the last: approved, denied, left, withdrawn, used, revoked. */
static inline void
fill_history(void)
{
	for (int round = 0; round < ROUNDS; round++) {
		set_time(round * HOUR);
		for (int i = 0; i < PEOPLE - 1; i++) {
			int task = (i + round) % TASKS;
			struct pl_request_spec spec = { .task = text(tasks[task]),
				.reason = text("because of the test") };

			if (task == TASKS - 1) {
				spec.task = NULL;
				spec.role = text("T\\role");
			}
			if (task == 2)
				spec.parameters = text(i % 2 == 0 ? "word=even\n" : "word=odd\n");
			act_as(person(i));
			if (ask_with(spec) != PL_OK || strcmp(world.state, "Pending") != 0)
				continue;
			if ((i * 7 + round) % 5 == 3) {
				(void)withdraw(world.request);
				continue;
			}
			act_as("dave");
			if ((i * 7 + round) % 5 == 1)
				(void)deny(world.request);
			else if ((i * 7 + round) % 5 != 2 && approve(world.request) == PL_OK && i % 4 == 0)
				(void)take_back(world.request);
			act_as(person(i));
			if (i % 3 == 0 && run_task(tasks[task]) == PL_OK)
				(void)pl_execution_finish(&world.ctx, world.run, &(struct pl_execution_end){
				    .reason = "Exited", .exit_status = 0, .ended_at = world.ctx.clock.now });
		}
	}
}

/* What somebody could write into the rows of the database, who has its file. */
static const char *const rewritten[] = {
	"UPDATE authorization SET holder = 'p11'",
	"UPDATE authorization SET holder = 'p' || (abs(random()) % 12)",
	"UPDATE authorization SET end_at = end_at + 864000, boot_end_ms = boot_end_ms + 864000000",
	"UPDATE authorization SET start_at = 1, end_at = 4000000000, boot_id = ''",
	"UPDATE authorization SET revoked_at = NULL, revoked_by = NULL",
	"UPDATE authorization SET use_count = 0",
	"UPDATE authorization SET max_uses = NULL",
	"UPDATE authorization SET access = 'T\\one', definition = (SELECT digest FROM task WHERE name = 'T\\one')",
	"UPDATE authorization SET parameters = 'word=other' || char(10) WHERE bound",
	"UPDATE authorization SET bound = 0, parameters = NULL",
	"INSERT INTO authorization SELECT hex(randomblob(18)), (SELECT id FROM request WHERE state = 'Pending' AND"
	" requestor = 'p11' LIMIT 1), policy_id, 'p11', holder_uid, asserted, type, access, parameters, bound,"
	" definition, authorized_by, start_at, end_at + 864000, granted_at, boot_id, boot_end_ms + 864000000,"
	" max_uses, 0, NULL, NULL,"
	" NULL, NULL, created_at, updated_at FROM authorization LIMIT 1",
};
enum { REWRITTEN = sizeof(rewritten) / sizeof(rewritten[0]) };

/* What the database says, to whoever asks. */
struct says {
	bool complete;                       /* all of it could be asked */
	bool valid;                          /* the check of the audit log finds nothing */
	enum pl_status told[PEOPLE + 1][TASKS];   /* may he run it now? */
	bool ran;                            /* one that was denied a task was let run it all the same */
	int live;
	char grants[IDS_MAX][NAMES];         /* that are live: who has what */
};

/* Read for its own sake. */
static inline enum pl_status
pass_over(void *arg, const void *row)
{
	(void)arg;
	(void)row;
	return PL_OK;
}

static inline enum pl_status
add_grant(void *arg, const void *row)
{
	const struct pl_authorization *a = row;
	struct says *s = arg;

	if (s->live < IDS_MAX && a->holder != NULL && a->access != NULL)
		/* With whatever domain it says now. */
		snprintf(s->grants[s->live++], NAMES, "%s for %.*s", a->access, (int)strcspn(a->holder, "@"),
		    a->holder);
	return PL_OK;
}

/* Reading all, then what changes something, then the check; `before`: what it said when it was whole, or NULL. */
static inline void
ask_all(struct says *s, const struct says *before)
{
	struct pl_authorization_filter live = { .active_only = true };
	struct pl_request_filter all = { 0 };
	struct pl_audit_check check;
	enum pl_status st;

	s->complete = true;
	for (int i = 0; i <= PEOPLE; i++)
		for (int t = 0; t < TASKS; t++) {
			act_as(person(i));
			st = test_access(tasks[t], NULL, false);
			s->told[i][t] = st;
			s->complete = s->complete && (st == PL_OK || st == PL_FALSE || before == NULL ||
			    st == before->told[i][t]);
		}
	act_as("owner");
	s->complete = pl_request_list(&world.ctx, &all, pass_over, s) == PL_OK && s->complete;
	s->complete = pl_authorization_list(&world.ctx, &live, add_grant, s) == PL_OK && s->complete;
	for (int i = 0; i < PEOPLE && before != NULL; i++) {
		act_as(person(i));
		if (before->told[i][i % TASKS] != PL_OK && run_task(tasks[i % TASKS]) == PL_OK)
			s->ran = true;
	}
	act_as("bob");
	(void)approve(world.request);
	(void)deny(world.request);
	act_as("owner");
	st = pl_audit_verify(&world.ctx, 0, &check);
	s->valid = st == PL_OK && check.valid;
	pl_row_clear(&pl_audit_check_noun, &check);
}

/* A grant that asks for parameters is there too. */
static inline bool
was_denied(enum pl_status told)
{
	return told != PL_OK && told != PL_E_USAGE;
}

static inline int
times(char names[][NAMES], int count, const char *name)
{
	int n = 0;

	for (int i = 0; i < count; i++)
		n += strcmp(names[i], name) == 0;
	return n;
}

/* The first thing that it gives and did not give before; NULL if there is none. */
static inline const char *
what_it_gave(struct says *s, struct says *before)
{
	static char what[NAMES + 16];

	if (s->ran)
		return "a run";
	for (int i = 0; i <= PEOPLE; i++)
		for (int t = 0; t < TASKS; t++)
			if (s->told[i][t] == PL_OK && was_denied(before->told[i][t])) {
				snprintf(what, sizeof(what), "%s to %s", tasks[t], person(i));
				return what;
			}
	for (int i = 0; i < s->live; i++)
		if (times(s->grants, s->live, s->grants[i]) > times(before->grants, before->live, s->grants[i])) {
			snprintf(what, sizeof(what), "grant %s", s->grants[i]);
			return what;
		}
	return NULL;
}

#endif
