/* model_maintenance.c - what the clock has decided is written down once, and changes no answer */

#include <sys/file.h>

#include "pamlite/chain.h"
#include "pamlite/maintenance.h"
#include "pamlite/operation.h"

#include "store/internal.h"

#include "model_world.h"

static struct pl_maintenance done;
static int64_t broken_at;            /* PL_NULL: it was walked and is whole */
static int commits, rollbacks;       /* the ends of its transactions */

static int
on_commit(void *arg)
{
	(void)arg;
	commits++;
	return 0;
}

static void
on_rollback(void *arg)
{
	(void)arg;
	rollbacks++;
}

static enum pl_status
maintain(void)
{
	struct pl_audit_check chain;
	enum pl_status st;

	commits = rollbacks = 0;
	sqlite3_commit_hook(world.ctx.store->db, on_commit, NULL);
	sqlite3_rollback_hook(world.ctx.store->db, on_rollback, NULL);
	st = pl_maintain(&world.ctx, &done, &chain);
	broken_at = chain.first_bad_sequence;
	CHECK(st != PL_OK || chain.valid == (broken_at == PL_NULL));
	pl_row_clear(&pl_audit_check_noun, &chain);
	return st;
}

/* By the owner, whoever acts: what was done, in the order of the object's columns but the last. */
#define MAINTAINED(expired, notified, unknown, exclusions) \
	check_done((int64_t[]){ expired, notified, unknown, exclusions }, __LINE__)

static void
check_done(const int64_t expected[4], int line)
{
	struct pl_caller before = world.ctx.caller;
	int failed = unit_failed;

	act_as("owner");
	SAYS(maintain(), "");
	CHECK_INT(done.expired, expected[0]);
	CHECK_INT(done.notified, expected[1]);
	CHECK_INT(done.marked_unknown, expected[2]);
	CHECK_INT(done.exclusions_ended, expected[3]);
	CHECK_INT(done.recordings_pruned, 0);
	CHECK_INT(done.recordings_missing, 0);
	CHECK_INT(broken_at, PL_NULL);
	CHECK_INT(done.chain_checked, audit_count());
	if (unit_failed > failed)
		printf("  line %d\n", line);
	world.ctx.caller = before;
}

/* Again, and a moment later: nothing is done and nothing written. */
static void
check_idempotent(void)
{
	int64_t records = audit_count();
	const char *rows = world_digest();

	MAINTAINED(0, 0, 0, 0);
	world.ctx.clock.now++;
	MAINTAINED(0, 0, 0, 0);
	CHECK_INT(audit_count(), records);
	CHECK_STR(world_digest(), rows);
	CHECK_INT(first_bad_record(), 0);
}

static void
begin(void)
{
	world_begin("maintenance");
	world_populate();
	make_job(JOB, 1);
}

/* Everything that an answer says about a row, but the time of its last change. */
struct answer {
	const struct pl_noun *noun;
	struct pl_buf text;
};

static enum pl_status
take_answer(void *arg, const void *row)
{
	struct answer *a = arg;

	for (const struct pl_column *c = a->noun->columns; c->name != NULL; c++) {
		if (strcmp(c->name, "DateUpdatedUtc") == 0)
			continue;
		if (c->type == PL_TYPE_BOOL)
			pl_buf_printf(&a->text, "%s %d\n", c->name, pl_row_bool(c, row));
		else if (c->type == PL_TYPE_TEXT || c->type == PL_TYPE_LIST || c->type == PL_TYPE_MAP)
			pl_buf_printf(&a->text, "%s %s\n", c->name, pl_row_text(c, row));
		else
			pl_buf_printf(&a->text, "%s %lld\n", c->name, (long long)pl_row_int(c, row));
	}
	return PL_OK;
}

/* The caller frees it. */
static char *
requests(void)
{
	struct pl_request_filter filter = { 0 };
	struct answer a = { .noun = &pl_request_noun };

	pl_buf_init(&a.text);
	SAYS(pl_request_list(&world.ctx, &filter, take_answer, &a), "");
	return pl_buf_take(&a.text);
}

static char *
runs(void)
{
	struct pl_execution_filter filter = { 0 };
	struct answer a = { .noun = &pl_execution_noun };

	pl_buf_init(&a.text);
	SAYS(pl_execution_list(&world.ctx, &filter, take_answer, &a), "");
	return pl_buf_take(&a.text);
}

static int64_t
messages(const char *kind)
{
	return sql_int("SELECT count(*) FROM message WHERE kind = '%s' AND request_id = '%s'", kind, world.request);
}

static void
test_rights(void)
{
	static const char *const others[] = { "alice", "bob", "mallory" };

	begin();
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		act_as(others[i]);
		SAYS(maintain(), "AdministratorRequired");
		CHECK_INT(commits, 1);   /* its record's */
		CHECK_STR(audit_last("operation"), "Invoke-ElevatedAccessMaintenance");
		CHECK_STR(audit_last("record_type"), "Refusal");
	}
	check_idempotent();
	/* Who may configure, also under another name. */
	SAYS(make_group("managers", "carol\n"), "");
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .management_group = text("managers") }), "");
	act_as("carol");
	SAYS(maintain(), "");
	world_end();
}

/* Requests of so many hours of life: when are approvers warned, and when has it expired? Minutes from the request. */
static const struct {
	int64_t life_h, at_min;
	int expired, notified;
} lives[] = {
	{ 24, 0, 0, 0 }, { 24, 22 * 60 - 1, 0, 0 }, { 24, 22 * 60, 0, 1 }, { 24, 24 * 60 - 1, 0, 1 },
	{ 24, 24 * 60, 1, 0 },
	{ 24, 999 * 60, 1, 0 },
	{ 3, 89, 0, 0 }, { 3, 90, 0, 1 }, { 3, 180, 1, 0 },
	{ 2, 59, 0, 0 }, { 2, 60, 0, 1 }, { 2, 119, 0, 1 }, { 2, 120, 1, 0 },
	{ 1, 0, 0, 0 }, { 1, 29, 0, 0 }, { 1, 30, 0, 1 }, { 1, 60, 1, 0 },
};

static void
test_lives(void)
{
	for (size_t i = 0; i < sizeof(lives) / sizeof(lives[0]); i++) {
		int failed = unit_failed;

		begin();
		SAYS(set_control(pl_control_change,
		    (struct pl_control_spec){ .request_lifetime_s = lives[i].life_h * HOUR }), "");
		act_as("alice");
		SAYS(ask(JOB), "");
		set_time(lives[i].at_min * 60);
		MAINTAINED(lives[i].expired, lives[i].notified, 0, 0);
		CHECK_INT(messages("Expired"), lives[i].expired);
		CHECK_INT(messages("Reminder"), lives[i].notified);
		check_idempotent();
		if (unit_failed > failed)
			printf("  %lld hours of life, minute %lld\n", (long long)lives[i].life_h,
			    (long long)lives[i].at_min);
		world_end();
	}
}

/* One life from the warning to the end, with its records. */
static void
test_expiry(void)
{
	char *before, *after;

	begin();
	act_as("alice");
	SAYS(ask(JOB), "");
	set_time(23 * HOUR);
	MAINTAINED(0, 1, 0, 0);
	CHECK_STR(audit_last("operation"), "Remind-ElevatedAccessRequest");
	CHECK_STR(audit_last("record_type"), "Maintenance");
	CHECK_STR(audit_last("object"), world.request);
	CHECK_STR(audit_last("$.Parameters.ExpirationDateTimeUtc"), "2026-09-22T14:13:20Z");
	set_time(23 * HOUR + 1800);
	MAINTAINED(0, 0, 0, 0);
	set_time(25 * HOUR);
	before = requests();
	CHECK(strstr(before, "RequestStatus Expired\n") != NULL);
	CHECK_STR(sql_text("SELECT state FROM request"), "Pending");
	MAINTAINED(1, 0, 0, 0);
	after = requests();
	CHECK_STR(after, before);
	CHECK_STR(sql_text("SELECT state FROM request"), "Expired");
	CHECK_INT(sql_int("SELECT decided_at = expires_at AND updated_at = %lld FROM request",
	    (long long)(T0 + 25 * HOUR)), 1);
	CHECK_STR(audit_last("operation"), "Expire-ElevatedAccessRequest");
	CHECK_STR(audit_last("record_type"), "Maintenance");
	CHECK_STR(audit_last("user"), world.owner);
	CHECK_INT(messages("Expired"), 1);
	CHECK_INT(messages("Reminder"), 1);
	/* Written is written: a clock that goes back brings nothing to life. */
	set_time(HOUR);
	act_as("bob");
	SAYS(approve(world.request), "RequestNotPending");
	MAINTAINED(0, 0, 0, 0);
	free(before);
	free(after);
	world_end();
}

/* What is decided needs nothing; and while the control is off nobody could answer, so nobody is warned. */
static void
test_not_concerned(void)
{
	begin();
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	make_job("Linux\\other", 1);
	SAYS(ask("Linux\\other"), "");
	act_as("bob");
	SAYS(deny(world.request), "");
	set_time(23 * HOUR);
	MAINTAINED(0, 0, 0, 0);
	act_as("alice");
	SAYS(ask(JOB), "");
	set_time(46 * HOUR);
	SAYS(set_control(pl_control_disable, (struct pl_control_spec){ 0 }), "");
	MAINTAINED(0, 0, 0, 0);
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "");
	MAINTAINED(0, 1, 0, 0);
	SAYS(set_control(pl_control_disable, (struct pl_control_spec){ 0 }), "");
	set_time(48 * HOUR);
	MAINTAINED(1, 0, 0, 0);
	world_end();
}

/* What has become of the process of a run. */
static const struct {
	const char *sql;
	int unknown;
} ends[] = {
	{ "UPDATE execution SET pid = pid", 0 },
	{ "UPDATE execution SET pid_started = NULL", 0 },
	{ "UPDATE execution SET pid_started = pid_started + 1", 1 },
	{ "UPDATE execution SET pid = 999999999", 1 },
	{ "UPDATE execution SET pid = pid + 4294967296", 1 },
	{ "UPDATE execution SET boot_id = 'another'", 1 },
	{ "UPDATE execution SET ended_at = 1, end_reason = 'Exited', pid = 999999999", 0 },
};

static void
test_lost_runs(void)
{
	const struct pl_execution_end end = { "Exited", 0, 0 };
	char *before, *after;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		int failed = unit_failed;

		begin();
		grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
		SAYS(run_task(JOB), "");
		CHECK_INT(sql_run("%s", ends[i].sql), SQLITE_OK);
		set_time(300);
		before = runs();
		MAINTAINED(0, 0, ends[i].unknown, 0);
		after = runs();
		CHECK_STR(after, before);
		if (ends[i].unknown) {
			CHECK_STR(sql_text("SELECT end_reason || '/' || ended_at || '/' || (exit_status IS NULL)"
			    " FROM execution"), "Unknown/1790000300/1");
			CHECK(strstr(after, "EndReason Unknown\n") != NULL);
			CHECK_STR(audit_last("operation"), "Invoke-ElevatedAccessTask");
			CHECK_STR(audit_last("record_type"), "Maintenance");
			CHECK_STR(audit_last("object"), world.run);
			CHECK_STR(audit_last("result"), "Ended");
			CHECK_STR(audit_last("$.Parameters"), "{\"EndReason\":\"Unknown\"}");
			/* It was no run that goes on: nothing may say so afterwards. */
			act_as("alice");
			SAYS(pl_execution_finish(&world.ctx, world.run, &end), "ExecutionOver");
		}
		check_idempotent();
		if (unit_failed > failed)
			printf("  %s\n", ends[i].sql);
		free(before);
		free(after);
		world_end();
	}
}

static void
exclude(const char *name, int64_t until)
{
	struct pl_system_account_spec spec = { .identity = text(name), .reason = text("nightly"),
		.expires_at = until };
	struct pl_caller before = world.ctx.caller;
	struct pl_system_account out;

	act_as("owner");
	SAYS(pl_system_account_add(&world.ctx, &spec, &out), "");
	pl_row_clear(&pl_system_account_noun, &out);
	world.ctx.caller = before;
}

static void
test_exclusions(void)
{
	begin();
	exclude("robot", T0 + HOUR);
	exclude("night", T0 + 2 * HOUR);
	exclude("always", 0);
	set_time(HOUR - 1);
	MAINTAINED(0, 0, 0, 0);
	set_time(HOUR);
	MAINTAINED(0, 0, 0, 1);
	CHECK_STR(sql_text("SELECT group_concat(name) FROM (SELECT name FROM system_account ORDER BY 1)"),
	    "always,night");
	CHECK_STR(audit_last("operation"), "Remove-ElevatedAccessSystemAccount");
	CHECK_STR(audit_last("record_type"), "Maintenance");
	CHECK_STR(audit_last("object"), "robot");
	CHECK_STR(audit_last("$.Parameters"), "{\"Cause\":\"Invoke-ElevatedAccessMaintenance\","
	    "\"ExclusionReason\":\"nightly\",\"ExpiresUtc\":\"2026-09-21T15:13:20Z\"}");
	check_idempotent();
	set_time(0);
	act_as("robot");
	CHECK_STR(why(JOB, NULL), "NotAuthorized");
	set_time(9 * HOUR);
	MAINTAINED(0, 0, 0, 1);
	exclude("robot", T0 + 10 * HOUR);
	check_idempotent();
	world_end();
}

/* More than one transaction takes, and in a rehearsal as much is said and nothing done. */
static void
test_many(void)
{
	enum { MANY = 350, PAGES = 3 * 4 };
	struct pl_item line;
	const char *at, *rows;
	int64_t records;
	int notes = 0;

	begin();
	act_as("alice");
	SAYS(ask(JOB), "");
	CHECK_INT(sql_run("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)"
	    " INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason,"
	    " duration_s, created_at, updated_at, expires_at)"
	    " SELECT 'r' || i, requestor, requestor_uid, asserted, type, access, policy_id, state, reason, duration_s,"
	    " created_at, updated_at, expires_at + i / 9 FROM c, request", MANY - 1), SQLITE_OK);
	CHECK_INT(sql_run("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)"
	    " INSERT INTO execution (id, task, user, uid, run_as, command_line, started_at, pid, boot_id)"
	    " SELECT 'e' || i, 'Linux\\job', 'alice', 1, 'x', 'x', 1790000000 + i / 9, 99, '' FROM c", MANY),
	    SQLITE_OK);
	CHECK_INT(sql_run("WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < %d)"
	    " INSERT INTO system_account SELECT 'n' || i, 'x', 1790000001, NULL, 'x', 1 FROM c", MANY), SQLITE_OK);
	set_time(30 * HOUR);
	rows = world_digest();
	records = audit_count();
	world.ctx.what_if = true;
	MAINTAINED(MANY, 0, MANY, MANY);
	world.ctx.what_if = false;
	CHECK_STR(world_digest(), rows);
	CHECK_INT(audit_count(), records);
	CHECK_INT(commits, 0);
	CHECK(rollbacks >= PAGES);
	for (at = world.ctx.notes[PL_NOTE_WHAT_IF].text; pl_list_next(&at, &line); )
		notes++;
	CHECK_INT(notes, 3 * MANY);
	MAINTAINED(MANY, 0, MANY, MANY);
	CHECK(commits >= PAGES);
	CHECK_INT(audit_count(), records + 3 * MANY);
	CHECK_INT(sql_int("SELECT count(DISTINCT object) FROM audit WHERE sequence > %lld", (long long)records),
	    3 * MANY);
	check_idempotent();
	world_end();
}

/* Somebody has changed a record: that is told, and all the rest is done. */
static void
test_broken_chain(void)
{
	begin();
	act_as("alice");
	SAYS(ask(JOB), "");
	tamper("UPDATE audit SET data = replace(data, 'because', 'becausf') WHERE data LIKE '%because%'");
	set_time(25 * HOUR);
	act_as("owner");
	SAYS(maintain(), "");
	CHECK_INT(broken_at, sql_int("SELECT min(sequence) FROM audit WHERE data LIKE '%%becausf%%'"));
	CHECK_INT(done.expired, 1);
	CHECK_STR(sql_text("SELECT state FROM request"), "Expired");
	SAYS(maintain(), "");
	CHECK(broken_at != PL_NULL);
	CHECK_INT(done.expired, 0);
	world_end();
}

/* Of a long log the newest part, so that it takes no longer every time. */
static void
test_newest_part(void)
{
	enum { LONG = 12000 };
	int64_t bad;

	begin();
	SAYS(pl_txn_begin(&world.ctx, PL_TXN_WRITE), "");
	for (int i = 0; i < LONG; i++) {
		struct pl_record r;

		pl_record_init(&r, "x", PL_RECORD_MAINTENANCE, NULL);
		if (pl_audit_append(&world.ctx, &r) != PL_OK)
			unit_failed++;
		pl_record_clear(&r);
	}
	SAYS(pl_txn_commit(&world.ctx), "");
	SAYS(maintain(), "");
	CHECK_INT(done.chain_checked, 10000);
	bad = audit_count() - 10001;
	tamper("UPDATE audit SET result = 'y' WHERE sequence = (SELECT max(sequence) FROM audit) - 10001");
	SAYS(maintain(), "");
	CHECK_INT(broken_at, PL_NULL);
	CHECK_INT(first_bad_record(), bad);
	tamper("UPDATE audit SET result = 'y' WHERE sequence = (SELECT max(sequence) FROM audit) - 9000");
	SAYS(maintain(), "");
	CHECK_INT(broken_at, audit_count() - 9000);
	world_end();
}

static void
test_one_at_a_time(void)
{
	char path[4200];
	int64_t records;
	int fd;

	begin();
	MAINTAINED(0, 0, 0, 0);
	records = audit_count();
	snprintf(path, sizeof(path), "%s.maintenance", world.path);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CHECK(fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0);
	act_as("owner");
	SAYS(maintain(), "MaintenanceRunning");
	/* Who may not has no part in it. */
	act_as("mallory");
	SAYS(maintain(), "AdministratorRequired");
	close(fd);
	act_as("owner");
	MAINTAINED(0, 0, 0, 0);
	CHECK_INT(audit_count(), records + 1);
	world_end();
}

int
main(void)
{
	test_rights();
	test_lives();
	test_expiry();
	test_not_concerned();
	test_lost_runs();
	test_exclusions();
	test_many();
	test_broken_chain();
	if (!unit_is_slow())
		test_newest_part();
	test_one_at_a_time();
	return unit_end();
}
