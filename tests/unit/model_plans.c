/* model_plans.c - what one person looks up costs what it finds, however much belongs to others */

#include "pamlite/activity.h"
#include "pamlite/maintenance.h"
#include "pamlite/notification.h"

#include "store/internal.h"

#include "model_world.h"

enum { OTHERS = 20000, MEMBERS = 5000, STEPS_MAX = 3000 };

/* What the statements since the last look cost: instructions, and rows read only to be passed over. */
static struct {
	int64_t steps, scanned;
	const char *dearest;
	int64_t most;
} cost;

static int
on_profile(unsigned kind, void *arg, void *stmt, void *elapsed)
{
	int64_t steps = sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 1);

	(void)kind;
	(void)arg;
	(void)elapsed;
	cost.steps += steps;
	cost.scanned += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1);
	if (steps > cost.most) {
		cost.most = steps;
		cost.dearest = sqlite3_sql(stmt);
	}
	return 0;
}

static void
look(void)
{
	memset(&cost, 0, sizeof(cost));
}

static void
check_cheap(const char *what, int line)
{
	int failed = unit_failed;

	CHECK(cost.steps > 0 && cost.steps < STEPS_MAX);
	CHECK(cost.scanned < 300);
	if (unit_failed > failed)
		printf("  line %d: %s: %lld instructions, %lld rows scanned; the dearest: %.300s\n", line, what,
		    (long long)cost.steps, (long long)cost.scanned, cost.dearest);
	look();
}

#define CHEAP(call, id) (look(), SAYS((call), (id)), check_cheap(#call, __LINE__))

/* Other people's requests, grants, runs and records by the thousand. */
static void
make_others(void)
{
	static const char *const sql[] = {
		"INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason,"
		" duration_s, client_token, created_at, updated_at, expires_at, decided_at)"
		" SELECT 'r' || i, 'u' || (i % 999), 1, 0, 'Task', 'Linux\\job', (SELECT id FROM policy),"
		" 'Approved', 'x', 3600, 't' || i, 1789000000 + i, 1, 1890000000, 2 FROM c",
		"INSERT INTO authorization SELECT 'a' || i, 'r' || i, (SELECT id FROM policy), 'u' || (i % 999), 1, 0,"
		" 'Task', 'Linux\\job', '', 1, NULL, 'bob', 1789000000 + i, 1789000001 + i, 2, '', 0, NULL, 1, NULL,"
		" NULL, NULL, NULL, 1789000000 + i, 2 FROM c",
		"INSERT INTO execution (id, task, user, uid, asserted, run_as, command_line, authorization_id,"
		" started_at, ended_at, exit_status, end_reason, pid, boot_id)"
		" SELECT 'e' || i, 'Linux\\job', 'u' || (i % 999), 1, 0, 'x', 'x' || char(10), 'a' || i,"
		" 1789000000 + i, 1789000001 + i, 0, 'Exited', 99, '' FROM c",
		"INSERT INTO message SELECT 'm' || i, 'Approved', 'r' || i, 'x', NULL, 'x', 'x', '{}', 1789000000 + i"
		" FROM c",
		/* Sent, but for a few that failed. */
		"INSERT INTO notification SELECT 'n' || i, 'm' || i, 'Mail', NULL, 'u' || (i % 999),"
		" CASE i % 4000 WHEN 0 THEN 'Failed' ELSE 'Sent' END, 1, NULL, NULL, 1789000000 + i,"
		" CASE i % 4000 WHEN 0 THEN NULL ELSE 1789000000 END FROM c",
	};

	CHECK_INT(sql_run("BEGIN"), SQLITE_OK);
	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		char line[2048];

		snprintf(line, sizeof(line), "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c"
		    " WHERE i < %d) %s", OTHERS, sql[i]);
		if (sqlite3_exec(world_raw(), line, NULL, NULL, NULL) != SQLITE_OK) {
			printf("%s\n  %s\n", line, sqlite3_errmsg(world_raw()));
			unit_failed++;
		}
	}
	CHECK_INT(sql_run("COMMIT"), SQLITE_OK);
}

static enum pl_status
list_requests(struct pl_request_filter filter)
{
	int count = 0;

	return pl_request_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
list_grants(struct pl_authorization_filter filter)
{
	int count = 0;

	return pl_authorization_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
list_runs(struct pl_execution_filter filter)
{
	int count = 0;

	return pl_execution_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
list_revocable(void)
{
	char *ids;
	enum pl_status st = pl_authorization_revocable(&world.ctx, &ids);

	free(ids);
	return st;
}

static enum pl_status
list_notifications(struct pl_notification_filter filter)
{
	int count = 0;

	return pl_notification_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
make_due(bool all, const char *request)
{
	int count = 0;

	return pl_notification_make_due(&world.ctx, all, request, count_row, &count);
}

/* What is due is sent: the group's once for each member. */
static enum pl_status
deliver(const char *error)
{
	struct pl_delivery d;
	enum pl_status st = pl_delivery_next(&world.ctx, PL_CHANNEL_MAIL, &d);

	if (st == PL_OK)
		st = pl_delivery_done(&world.ctx, d.identity, error);
	pl_delivery_clear(&d);
	return st;
}

static enum pl_status
set_program(const char *path)
{
	return set_control(pl_control_change, (struct pl_control_spec){ .notify_command = text(path) });
}

/* The program is changed as fast; the first of thousands that became due in one second is found as fast as one. */
static void
tell_many(void)
{
	CHEAP(set_program("/bin/true"), "");
	CHEAP(set_program(""), "");
	CHECK_INT(sql_run("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000)"
	    " INSERT INTO notification (id, message_id, channel, recipient, due_at, created_at)"
	    " SELECT 'q' || i, 'm1', 'Mail', 'u' || i, %lld, 1 FROM c", (long long)world.ctx.clock.now), SQLITE_OK);
	CHEAP(deliver(NULL), "");
}

static void
tell(void)
{
	act_as("owner");
	while (deliver(NULL) == PL_OK)
		;
	act_as_real("alice", 1, 1);
	SAYS(ask(JOB), "");
	act_as("owner");
	CHEAP(deliver(NULL), "");
	CHEAP(deliver("busy"), "");
	CHECK_INT(sql_int("SELECT count(*) FROM notification WHERE state = 'Queued' AND attempts = 1"), 1);
	act_as_real("alice", 1, 1);
	CHEAP(list_notifications((struct pl_notification_filter){ .state = text("Queued") }), "");
	CHEAP(list_notifications((struct pl_notification_filter){
	    .identity = text(sql_text("SELECT id FROM notification WHERE state = 'Queued'")) }), "");
	CHEAP(make_due(false, NULL), "");
	CHEAP(make_due(true, NULL), "");
	CHEAP(make_due(false, world.request), "");
	act_as_real("bob", 2, 2);
	CHEAP(list_notifications((struct pl_notification_filter){ .state = text("Queued") }), "");
	CHEAP(make_due(false, NULL), "");
	act_as("owner");
	CHEAP(deliver(NULL), "");
	CHECK_INT(deliver(NULL), PL_E_NOT_FOUND);
	tell_many();
}

/* Who is asked by name and decides costs the same in a group of thousands; its mails go to one address. */
static void
decide_in_large_group(void)
{
	SAYS(make_group("large", "bob\n"), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text("Linux\\large"), .approver_group = text("large") }), "");
	CHECK_INT(sql_run("UPDATE approver_group SET mail = 'large@example.org' WHERE name = 'large'"), SQLITE_OK);
	CHECK_INT(sql_run("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)"
	    " INSERT INTO group_member SELECT (SELECT id FROM approver_group WHERE name = 'large'), 'm' || i FROM c",
	    MEMBERS), SQLITE_OK);
	act_as_real("alice", 1, 1);
	CHEAP(ask("Linux\\large"), "");
	act_as_real("bob", 2, 2);
	CHEAP(approve(world.request), "");
}

static enum pl_status
stop_run(void)
{
	struct pl_execution_stop_spec spec = { .identity = world.run };
	struct pl_execution out;
	enum pl_status st = pl_execution_stop(&world.ctx, &spec, &out);

	pl_row_clear(&pl_execution_noun, &out);
	return st;
}

static enum pl_status
ask_with_token(const char *token)
{
	return ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text(token) });
}

/* With nothing to do; the log is as short as what was done here. */
static enum pl_status
maintain(void)
{
	struct pl_audit_check chain;
	struct pl_maintenance out;
	enum pl_status st;

	st = pl_maintain(&world.ctx, &out, &chain);
	pl_row_clear(&pl_audit_check_noun, &chain);
	return st;
}

/* One person's work, from the request to the withdrawal of the next, and every look at it. */
static void
work(void)
{
	struct pl_execution_state state;

	act_as_real("alice", 1, 1);
	CHEAP(ask_with_token("mine"), "");
	CHEAP(ask_with_token("mine"), "");
	CHEAP(ask(JOB), "RequestPending");
	CHEAP(list_requests((struct pl_request_filter){ .mine = true }), "");
	CHEAP(list_requests((struct pl_request_filter){ .identity = world.request }), "");
	act_as_real("bob", 2, 2);
	CHEAP(list_requests((struct pl_request_filter){ .to_approve = true }), "");
	CHEAP(list_requests((struct pl_request_filter){ .state = text("Pending"), .to_approve = true }), "");
	CHEAP(approve(world.request), "");
	act_as_real("alice", 1, 1);
	CHEAP(list_grants((struct pl_authorization_filter){ .mine = true }), "");
	CHEAP(list_grants((struct pl_authorization_filter){ .active_only = true }), "");
	CHEAP(list_grants((struct pl_authorization_filter){ .request = world.request }), "");
	CHEAP(list_revocable(), "");
	CHEAP(run_task(JOB), "");
	CHEAP(pl_execution_watch(&world.ctx, world.run, &state), "");
	CHEAP(list_runs((struct pl_execution_filter){ .mine = true }), "");
	CHEAP(list_runs((struct pl_execution_filter){ .running = true }), "");
	CHEAP(list_runs((struct pl_execution_filter){ .identity = world.run }), "");
	CHEAP(stop_run(), "");
	CHEAP(take_back(world.grant), "");
	CHEAP(ask(JOB), "");
	CHEAP(change_request((struct pl_request_change){ .request = world.request, .reason = text("more") }), "");
	CHEAP(withdraw(world.request), "");
	act_as("owner");
	CHEAP(maintain(), "");
}

/* What happened before a report's period costs it nothing. */
static enum pl_status
report(int64_t start, int64_t end)
{
	struct pl_activity activity;
	enum pl_status st = pl_activity_gather(&world.ctx, start, end, &activity);

	CHECK_INT(activity.requests, 2);
	CHECK_INT(activity.grants, 1);
	CHECK_INT(activity.runs, 1);
	pl_activity_clear(&activity);
	return st;
}

int
main(void)
{
	world_begin("plans");
	world_populate();
	make_job(JOB, 1);
	make_others();
	SAYS(pl_txn_begin(&world.ctx, PL_TXN_READ), "");
	pl_txn_rollback(&world.ctx);
	sqlite3_trace_v2(world.ctx.store->db, SQLITE_TRACE_PROFILE, on_profile, NULL);
	work();
	act_as("owner");
	CHEAP(report(T0, T0), "");
	decide_in_large_group();
	tell();
	world_end();
	return unit_end();
}
