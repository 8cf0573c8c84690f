/* model_grants.c - what a grant allows: when, how often, with which parameters, for which definition */

#include <signal.h>
#include <sys/wait.h>

#include "model_world.h"

#define UNIT_TASK "Linux\\restart"
#define ROLE "Linux\\operator"
#define ROLES "Linux\\operators"

static void
begin(void)
{
	world_begin("grants");
	world_populate();
}

/* The wall clock alone moves; the boot clock does not. */
static void
set_wall(int64_t s)
{
	world.ctx.clock.now = T0 + s;
}

static int
active_grants(void)
{
	struct pl_authorization_filter filter = { .active_only = true };
	int count = 0;

	world.ctx.list.filter = text("AuthorizedAccess -eq '" JOB "'");
	SAYS(pl_authorization_list(&world.ctx, &filter, count_row, &count), "");
	world.ctx.list.filter = NULL;
	return count;
}

/* What is live runs and is listed as active: that says nothing about the task's definition. */
static void
expect(const char *reason)
{
	bool live = strcmp(reason, "Authorization") == 0;

	CHECK_STR(why(JOB, NULL), reason);
	CHECK_INT(active_grants() > 0, live || strcmp(reason, "TaskChanged") == 0);
	SAYS(run_task(JOB), live ? "" : "ElevatedAccessRequired");
}

/* Start of the window in the request, when it is approved, and when the window must then begin. */
static const struct {
	int64_t start, approved, begins;
} windows[] = {
	{ 0, 0, 0 }, { 0, 600, 600 }, { 3600, 0, 3600 }, { 3600, 3599, 3600 }, { 3600, 7200, 7200 }, { -300, 0, 0 },
};

/* Who comes too early is told when to come again: a run in the refusal, a test in a warning. */
static void
expect_beginning(int64_t from)
{
	char begins[PL_TIME_LEN + 1], sentence[128];
	struct pl_buf *notes = &world.ctx.notes[PL_NOTE_WARNING];

	pl_time_format(T0 + from, false, begins);
	snprintf(sentence, sizeof(sentence), "Your authorization begins at %s.", begins);
	CHECK(notes->text != NULL && strstr(notes->text, sentence) != NULL);
	SAYS(run_task(JOB), "ElevatedAccessRequired");
	CHECK(strstr(world.ctx.failure.message, sentence) != NULL);
	CHECK(strncmp(world.ctx.failure.hint, "wait until then", 15) == 0);
	act_as("erin");
	pl_buf_reset(notes);
	SAYS(run_task(JOB), "ElevatedAccessRequired");
	CHECK(strstr(world.ctx.failure.message, "begins") == NULL);
	CHECK_STR(why(JOB, NULL), "NotAuthorized");
	CHECK_INT(notes->len, 0);
	act_as("alice");
}

static void
test_windows(void)
{
	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		int64_t from = windows[i].begins;
		int failed = unit_failed;

		begin();
		make_job(JOB, 1);
		act_as("alice");
		SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .duration_s = 2 * HOUR,
		    .start_at = windows[i].start != 0 ? T0 + windows[i].start : 0 }), "");
		set_time(windows[i].approved);
		act_as("bob");
		SAYS(approve(world.request), "");
		act_as("alice");
		if (from > windows[i].approved) {
			set_time(from - 1);
			expect("NotAuthorized");
			expect_beginning(from);
		}
		set_time(from);
		expect("Authorization");
		set_time(from + 2 * HOUR - 1);
		expect("Authorization");
		set_time(from + 2 * HOUR);
		expect("Expired");
		SAYS(take_back(world.request), "AuthorizationOver");
		if (unit_failed > failed)
			printf("  window %zu\n", i);
		world_end();
	}
}

static void
test_two_clocks(void)
{
	begin();
	make_job(JOB, 1);
	grant_to_alice((struct pl_request_spec){ .task = text(JOB), .duration_s = HOUR });
	set_time(HOUR - 1);
	set_wall(10);
	expect("Authorization");
	set_time(HOUR);
	set_wall(10);
	expect("Expired");
	SAYS(take_back(world.request), "AuthorizationOver");
	set_time(30 * 24 * HOUR);
	set_wall(10);
	expect("Expired");
	/* After another start of the machine the wall clock alone is left. */
	snprintf(world.ctx.clock.boot_id, sizeof(world.ctx.clock.boot_id), "22222222-2222-4222-8222-222222222222");
	world.ctx.clock.boot_time_ms = 1;
	set_wall(HOUR - 1);
	expect("Authorization");
	set_wall(HOUR);
	expect("Expired");
	world_end();
	/* With a later start the boot clock runs until the later end. */
	begin();
	make_job(JOB, 1);
	grant_to_alice((struct pl_request_spec){ .task = text(JOB), .duration_s = HOUR, .start_at = T0 + HOUR });
	set_time(2 * HOUR - 1);
	expect("Authorization");
	set_time(2 * HOUR);
	set_wall(HOUR);
	expect("Expired");
	world_end();
}

/* A request is Expired from the second on in which its lifetime is over; once that was met, it stays so. */
static void
test_request_lifetime(void)
{
	begin();
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .request_lifetime_s = 2 * HOUR }), "");
	make_job(JOB, 1);
	act_as("alice");
	SAYS(ask(JOB), "");
	set_time(2 * HOUR);
	act_as("bob");
	SAYS(approve(world.request), "RequestNotPending");
	CHECK_INT(sql_int("SELECT count(*) FROM audit WHERE operation = 'Expire-ElevatedAccessRequest'"), 1);
	set_time(2 * HOUR - 1);
	SAYS(approve(world.request), "RequestNotPending");
	CHECK_INT(sql_int("SELECT count(*) FROM audit WHERE operation = 'Expire-ElevatedAccessRequest'"), 1);
	act_as("alice");
	SAYS(ask(JOB), "");
	act_as("bob");
	SAYS(approve(world.request), "");
	world_end();
}

/* Who can write the file writes a grant that nobody has made: it gives no more than the log says of its approval. */
static void
test_as_recorded(void)
{
	static const struct {
		const char *sql, *why;
	} cases[] = {
		{ "UPDATE authorization SET use_count = use_count", "Authorization" },
		{ "UPDATE authorization SET end_at = end_at - 60", "Authorization" },
		{ "UPDATE authorization SET start_at = start_at - 1", "NotAuthorized" },
		{ "UPDATE authorization SET end_at = end_at + 1", "NotAuthorized" },
		{ "UPDATE authorization SET id = 'other'", "NotAuthorized" },
		{ "UPDATE authorization SET max_uses = NULL", "NotAuthorized" },
		{ "UPDATE authorization SET max_uses = 3", "NotAuthorized" },
		{ "UPDATE authorization SET definition = printf('%064d', 1);"
		    "UPDATE task SET digest = printf('%064d', 1)", "TaskChanged" },
		{ "UPDATE authorization SET bound = 0, parameters = NULL", "NotAuthorized" },
		{ "UPDATE authorization SET parameters = 'unit=other' || char(10)", "NotAuthorized" },
		{ "UPDATE request SET parameters = 'unit=other' || char(10)", "NotAuthorized" },
		{ "UPDATE authorization SET request_id = (SELECT id FROM request WHERE state = 'Pending')",
		    "NotAuthorized" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		SAYS(make_task((struct pl_task_spec){ .name = text(UNIT_TASK), .arguments = text("{unit}\n"),
		    .parameters = text("unit=word\n") }), "");
		SAYS(make_policy((struct pl_policy_spec){ .task = text(UNIT_TASK), .max_uses = 2 }), "");
		grant_to_alice((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=a\n") });
		SAYS(ask_with((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=b\n") }), "");
		CHECK_INT(sqlite3_exec(world_raw(), cases[i].sql, NULL, NULL, NULL), SQLITE_OK);
		CHECK_STR(why(UNIT_TASK, NULL), cases[i].why);
		CHECK_INT(sql_int("SELECT count(*) FROM authorization"), 1);
		world_end();
	}
	/* What was used and revoked stays so. */
	begin();
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .max_uses = 5 }), "");
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	SAYS(run_task(JOB), "");
	CHECK_INT(sql_run("UPDATE authorization SET use_count = 0"), SQLITE_OK);
	expect("UsesExhausted");
	CHECK_INT(sql_run("UPDATE authorization SET use_count = 1"), SQLITE_OK);
	expect("Authorization");
	SAYS(take_back(world.request), "");
	CHECK_INT(sql_run("UPDATE authorization SET revoked_at = NULL, revoked_by = NULL"), SQLITE_OK);
	expect("NotAuthorized");
	/* Another's; and made for who has none. */
	CHECK_INT(sql_run("UPDATE authorization SET holder = 'carol'"), SQLITE_OK);
	act_as("carol");
	expect("NotAuthorized");
	world_end();
}

static void
test_max_uses(void)
{
	struct pl_access_ask what = { .task = text(JOB) };
	struct pl_execution_plan first, second;

	begin();
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .max_uses = 3 }), "");
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	/* Looking, and planning, count nothing. */
	CHECK_STR(why(JOB, NULL), "Authorization");
	SAYS(pl_execution_prepare(&world.ctx, &what, &first), "");
	SAYS(pl_execution_prepare(&world.ctx, &what, &second), "");
	world.ctx.what_if = true;
	SAYS(test_access(JOB, NULL, true), "");
	world.ctx.what_if = false;
	CHECK_INT(sql_int("SELECT use_count FROM authorization"), 0);
	SAYS(test_access(JOB, NULL, true), "");
	CHECK_INT(sql_int("SELECT use_count FROM authorization"), 1);
	CHECK_STR(audit_last("record_type"), "Execution");
	CHECK_STR(audit_last("$.Parameters.AuthorizationIdentity"), sql_text("SELECT id FROM authorization"));
	SAYS(run_task(JOB), "");
	SAYS(pl_execution_start(&world.ctx, &what, &first), "");
	CHECK_INT(sql_int("SELECT use_count FROM authorization"), 3);
	SAYS(pl_execution_start(&world.ctx, &what, &second), "ElevatedAccessRequired");
	SAYS(test_access(JOB, NULL, true), "False");
	CHECK_STR(audit_last("$.ErrorId"), "ElevatedAccessRequired");
	expect("UsesExhausted");
	CHECK_INT(sql_int("SELECT use_count FROM authorization"), 3);
	CHECK_INT(sql_int("SELECT count(*) FROM execution"), 2);
	pl_execution_plan_clear(&first);
	pl_execution_plan_clear(&second);
	world_end();
}

static void
make_unit_task(enum pl_choice bind)
{
	SAYS(make_task((struct pl_task_spec){ .name = text(UNIT_TASK), .arguments = text("restart\n{unit}\n"),
	    .parameters = text("unit=word\n") }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(UNIT_TASK), .bind_parameters = bind }), "");
}

static void
test_bound_parameters(void)
{
	begin();
	make_unit_task(PL_YES);
	act_as("alice");
	SAYS(ask(UNIT_TASK), "TaskParameterInvalid");
	SAYS(ask_with((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=-x\n") }),
	    "TaskParameterInvalid");
	SAYS(ask_with((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=a\nmore=b\n") }),
	    "TaskParameterInvalid");
	grant_to_alice((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=nginx\n") });
	CHECK_STR(why(UNIT_TASK, NULL), "Authorization");
	CHECK_STR(why(UNIT_TASK, "unit=nginx\n"), "Authorization");
	CHECK_STR(why(UNIT_TASK, "unit=sshd\n"), "ParametersDiffer");
	CHECK_STR(why(UNIT_TASK, "unit=NGINX\n"), "ParametersDiffer");
	SAYS(test_access(UNIT_TASK, "unit=a b\n", false), "TaskParameterInvalid");
	SAYS(run_task(UNIT_TASK), "");
	CHECK_STR(sql_text("SELECT command_line FROM execution"), "/bin/true\nrestart\nnginx\n");
	CHECK_STR(sql_text("SELECT parameters FROM execution"), "unit=nginx\n");
	SAYS(start_run((struct pl_access_ask){ .task = text(UNIT_TASK), .values = text("nginx\n") }), "");
	SAYS(start_run((struct pl_access_ask){ .task = text(UNIT_TASK), .values = text("sshd\n") }),
	    "ElevatedAccessRequired");
	SAYS(start_run((struct pl_access_ask){ .task = text(UNIT_TASK), .values = text("nginx\nmore\n") }),
	    "TaskParameterInvalid");
	world_end();
}

static void
test_unbound_parameters(void)
{
	begin();
	make_unit_task(PL_NO);
	grant_to_alice((struct pl_request_spec){ .task = text(UNIT_TASK) });
	CHECK_STR(why(UNIT_TASK, "unit=nginx\n"), "Authorization");
	CHECK_STR(why(UNIT_TASK, "unit=sshd\n"), "Authorization");
	SAYS(run_task(UNIT_TASK), "TaskParameterInvalid");
	SAYS(start_run((struct pl_access_ask){ .task = text(UNIT_TASK), .parameters = text("unit=sshd\n") }), "");
	world_end();
	/* What is not registered takes any parameters, and binds them as they are. */
	begin();
	SAYS(make_policy((struct pl_policy_spec){ .task = text("Exchange\\New-MoveRequest") }), "");
	grant_to_alice((struct pl_request_spec){ .task = text("Exchange\\New-MoveRequest"),
	    .parameters = text("a=1\n") });
	CHECK_STR(why("Exchange\\New-MoveRequest", "a=1\n"), "Authorization");
	CHECK_STR(why("Exchange\\New-MoveRequest", "a=2\n"), "ParametersDiffer");
	CHECK_STR(why("exchange\\new-moverequest", NULL), "Authorization");
	SAYS(run_task("Exchange\\New-MoveRequest"), "TaskNotFound");
	SAYS(test_access("Exchange\\New-MoveRequest", NULL, true), "");
	world_end();
}

static void
test_several_grants(void)
{
	char nginx[PL_ID_LEN + 1];

	begin();
	make_unit_task(PL_YES);
	grant_to_alice((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=nginx\n") });
	snprintf(nginx, sizeof(nginx), "%s", world.request);
	grant_to_alice((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=sshd\n"),
	    .duration_s = HOUR });
	SAYS(run_task(UNIT_TASK), "SeveralGrants");
	CHECK(strstr(world.ctx.failure.message, nginx) != NULL);
	CHECK(strstr(world.ctx.failure.message, world.request) != NULL);
	SAYS(start_run((struct pl_access_ask){ .task = text(UNIT_TASK), .request = nginx }), "");
	CHECK_STR(sql_text("SELECT parameters FROM execution"), "unit=nginx\n");
	SAYS(start_run((struct pl_access_ask){ .task = text(UNIT_TASK), .parameters = text("unit=sshd\n") }), "");
	CHECK_INT(sql_int("SELECT count(*) FROM execution WHERE parameters = 'unit=sshd' || char(10)"), 1);
	SAYS(start_run((struct pl_access_ask){ .task = text(UNIT_TASK), .request = nginx,
	    .parameters = text("unit=sshd\n") }), "ElevatedAccessRequired");
	/* When one is over, the other is the only one. */
	set_time(HOUR);
	SAYS(run_task(UNIT_TASK), "");
	world_end();
}

/* The first to end that has uses left is taken, in whatever order they were made. */
static void
test_order_of_grants(void)
{
	static const int64_t hours[] = { 4, 2, 3 }, order[] = { 2, 3, 4 };

	begin();
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .max_uses = 1 }), "");
	for (int i = 0; i < 3; i++)
		grant_to_alice((struct pl_request_spec){ .task = text(JOB), .duration_s = hours[i] * HOUR });
	CHECK_INT(active_grants(), 3);
	for (int i = 0; i < 3; i++) {
		CHECK_STR(why(JOB, NULL), "Authorization");
		SAYS(run_task(JOB), "");
		CHECK_INT(sql_int("SELECT (a.end_at - a.start_at) / 3600 FROM execution e JOIN authorization a"
		    " ON a.id = e.authorization_id WHERE e.id = '%s'", world.run), order[i]);
	}
	expect("UsesExhausted");
	world_end();
}

static void
test_changed_task(void)
{
	struct pl_task_spec gone = { .name = text(JOB) };
	struct pl_access_ask what = { .task = text(JOB) };
	struct pl_execution_plan plan;
	struct pl_task out;

	begin();
	make_job(JOB, 1);
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	SAYS(change_task((struct pl_task_spec){ .name = text(JOB), .description = text("the same") }), "");
	expect("Authorization");
	SAYS(pl_execution_prepare(&world.ctx, &what, &plan), "");
	SAYS(change_task((struct pl_task_spec){ .name = text(JOB), .arguments = text("-v\n") }), "");
	expect("TaskChanged");
	SAYS(pl_execution_start(&world.ctx, &what, &plan), "ElevatedAccessRequired");
	pl_execution_plan_clear(&plan);
	SAYS(change_task((struct pl_task_spec){ .name = text(JOB), .arguments = text("") }), "");
	expect("Authorization");
	act_as("owner");
	SAYS(pl_task_unregister(&world.ctx, &gone, &out), "");
	pl_row_clear(&pl_task_noun, &out);
	act_as("alice");
	CHECK_STR(why(JOB, NULL), "TaskChanged");
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB), .path = text("/bin/false") }), "");
	expect("TaskChanged");
	/* Approved after the change: the grant is for what is registered now. */
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	expect("Authorization");
	world_end();
}

static void
make_roles(void)
{
	static const char *const names[] = { "Linux\\a", "Linux\\b", "Linux\\c" };

	begin();
	for (size_t i = 0; i < 3; i++)
		SAYS(make_task((struct pl_task_spec){ .name = text(names[i]) }), "");
	SAYS(make_task((struct pl_task_spec){ .name = text(ROLE), .type = text("Role"),
	    .members = text("Linux\\a\nLinux\\b\n") }), "");
	SAYS(make_task((struct pl_task_spec){ .name = text(ROLES), .type = text("RoleGroup"),
	    .members = text(ROLE "\n") }), "");
	SAYS(make_policy((struct pl_policy_spec){ .role = text(ROLE) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .role_group = text(ROLES) }), "");
}

/* What happens to a member, and whether the grant survives it. */
static const struct {
	struct pl_task_spec change;
	const char *why;
} role_changes[] = {
	{ { .name = (char[]){ "Linux\\a" }, .description = (char[]){ "x" } }, "Authorization" },
	{ { .name = (char[]){ "Linux\\a" }, .path = (char[]){ "/bin/false" } }, "TaskChanged" },
	{ { .name = (char[]){ "Linux\\b" }, .path = (char[]){ "/bin/false" } }, "TaskChanged" },
	{ { .name = (char[]){ "Linux\\c" }, .path = (char[]){ "/bin/false" } }, "Authorization" },
	{ { .name = (char[]){ ROLE }, .members = (char[]){ "Linux\\a\n" } }, "TaskChanged" },
	{ { .name = (char[]){ ROLE }, .members = (char[]){ "Linux\\a\nLinux\\b\nLinux\\c\n" } }, "TaskChanged" },
};

static void
check_role(struct pl_request_spec spec)
{
	for (size_t i = 0; i < sizeof(role_changes) / sizeof(role_changes[0]); i++) {
		make_roles();
		grant_to_alice(spec);
		CHECK_STR(why("Linux\\a", NULL), "Authorization");
		CHECK_STR(why("Linux\\b", NULL), "Authorization");
		SAYS(test_access("Linux\\c", NULL, false), "TaskNotFound");
		SAYS(test_access(spec.role != NULL ? ROLE : ROLES, NULL, false), "TaskNotFound");
		SAYS(run_task("Linux\\b"), "");
		SAYS(change_task(role_changes[i].change), "");
		CHECK_STR(why("Linux\\a", NULL), role_changes[i].why);
		act_as("erin");
		CHECK_STR(why("Linux\\a", NULL), "NotAuthorized");
		world_end();
	}
}

static void
test_roles(void)
{
	check_role((struct pl_request_spec){ .role = text(ROLE) });
	check_role((struct pl_request_spec){ .role_group = text(ROLES) });
	make_roles();
	act_as("alice");
	SAYS(ask(ROLE), "PolicyNotFound");
	SAYS(ask_with((struct pl_request_spec){ .role_group = text(ROLE) }), "PolicyNotFound");
	SAYS(ask_with((struct pl_request_spec){ .role = text(ROLE), .parameters = text("a=1\n") }),
	    "TaskParameterInvalid");
	/* A role gives no bound parameters: each run says them. */
	SAYS(change_task((struct pl_task_spec){ .name = text("Linux\\a"), .arguments = text("{unit}\n"),
	    .parameters = text("unit=word\n") }), "");
	grant_to_alice((struct pl_request_spec){ .role = text(ROLE) });
	SAYS(test_access("Linux\\a", NULL, false), "TaskParameterInvalid");
	CHECK_STR(why("Linux\\a", "unit=x\n"), "Authorization");
	CHECK_STR(why("Linux\\a", "unit=y\n"), "Authorization");
	world_end();
}

static enum pl_status
exclude(const char *name, int64_t expires_at)
{
	struct pl_system_account_spec spec = { .identity = text(name), .reason = text("backup"),
		.expires_at = expires_at };
	struct pl_system_account out;
	enum pl_status st;

	act_as("owner");
	st = pl_system_account_add(&world.ctx, &spec, &out);
	pl_row_clear(&pl_system_account_noun, &out);
	act_as(name);
	return st;
}

static enum pl_status
remove_account(const struct pl_system_account_spec *spec)
{
	struct pl_system_account removed;
	enum pl_status st = pl_system_account_remove(&world.ctx, spec, &removed);

	pl_row_clear(&pl_system_account_noun, &removed);
	return st;
}

static void
test_system_accounts(void)
{
	struct pl_system_account_spec spec = { .identity = text("sys") };

	begin();
	make_job(JOB, 1);
	SAYS(exclude("sys", T0 - 1), "TimePast");
	SAYS(exclude("sys", T0), "TimePast");
	SAYS(exclude("sys", T0 + 100), "");
	SAYS(exclude("sys", 0), "SystemAccountExists");
	CHECK_STR(why(JOB, NULL), "SystemAccount");
	CHECK_STR(sql_text("SELECT last_used_at FROM system_account"), "");
	set_time(99);
	SAYS(run_task(JOB), "");
	CHECK_INT(sql_int("SELECT last_used_at FROM system_account") - T0, 99);
	CHECK_INT(sql_int("SELECT count(*) FROM execution WHERE authorization_id IS NULL AND user = 'sys'"), 1);
	CHECK_STR(audit_last("$.Parameters.Why"), "SystemAccount");
	set_time(100);
	CHECK_STR(why(JOB, NULL), "NotAuthorized");
	SAYS(run_task(JOB), "ElevatedAccessRequired");
	SAYS(exclude("sys", 0), "");
	SAYS(test_access(JOB, NULL, true), "");
	CHECK_INT(sql_int("SELECT last_used_at FROM system_account") - T0, 100);
	SAYS(test_access("Linux\\none", NULL, false), "TaskNotFound");
	act_as("alice");
	SAYS(remove_account(&spec), "AdministratorRequired");
	act_as("owner");
	SAYS(remove_account(&spec), "");
	SAYS(remove_account(&spec), "SystemAccountNotFound");
	act_as("sys");
	CHECK_STR(why(JOB, NULL), "NotAuthorized");
	world_end();
}

static void
test_disable(void)
{
	int64_t records;

	begin();
	make_job(JOB, 1);
	grant_to_alice((struct pl_request_spec){ .task = text(JOB), .duration_s = HOUR });
	set_time(HOUR);
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	grant_to_alice((struct pl_request_spec){ .task = text(JOB), .start_at = T0 + 3 * HOUR });
	records = audit_count();
	SAYS(set_control(pl_control_disable, (struct pl_control_spec){ .reason = text("audit") }), "");
	/* The two that could still be used, and the switch itself; the one that is over is left alone. */
	CHECK_INT(audit_count() - records, 3);
	CHECK_INT(sql_int("SELECT count(*) FROM audit WHERE operation = 'Revoke-ElevatedAccessAuthorization'"
	    " AND json_extract(data, '$.Parameters.Cause') = 'Disable-ElevatedAccessControl'"), 2);
	CHECK_INT(sql_int("SELECT count(*) FROM authorization WHERE revoked_at IS NOT NULL"
	    " AND revocation_comment = 'audit'"), 2);
	CHECK_STR(why(JOB, NULL), "NotEnabled");
	SAYS(run_task(JOB), "ElevatedAccessNotEnabled");
	SAYS(exclude("sys", 0), "");
	CHECK_STR(why(JOB, NULL), "NotEnabled");
	act_as("alice");
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "");
	expect("Revoked");
	world_end();
}

static void
test_removed_policy(void)
{
	char waiting[PL_ID_LEN + 1];
	int64_t records;

	begin();
	make_job(JOB, 1);
	make_job("Linux\\other", 1);
	act_as("erin");
	SAYS(ask(JOB), "");
	set_time(24 * HOUR);
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	grant_to_alice((struct pl_request_spec){ .task = text("Linux\\other") });
	SAYS(ask(JOB), "");
	snprintf(waiting, sizeof(waiting), "%s", world.request);
	SAYS(ask("Linux\\other"), "");
	records = audit_count();
	SAYS(remove_policy(JOB), "");
	/* Erin's has expired meanwhile: that is written down with it. */
	CHECK_INT(audit_count() - records, 4);
	CHECK_STR(audit_last("operation"), "Remove-ElevatedAccessApprovalPolicy");
	CHECK_INT(sql_int("SELECT count(*) FROM audit WHERE sequence > %lld AND operation ="
	    " 'Expire-ElevatedAccessRequest'", (long long)records), 1);
	CHECK_INT(sql_int("SELECT count(*) FROM audit WHERE sequence > %lld AND operation ="
	    " 'Stop-ElevatedAccessRequest' AND object = '%s'", (long long)records, waiting), 1);
	CHECK_INT(sql_int("SELECT count(*) FROM request WHERE state = 'Canceled'"), 1);
	CHECK_INT(sql_int("SELECT count(*) FROM authorization WHERE revoked_at IS NOT NULL"), 1);
	CHECK_STR(why(JOB, NULL), "Revoked");
	CHECK_STR(why("Linux\\other", NULL), "Authorization");
	SAYS(ask(JOB), "PolicyNotFound");
	/* A new policy for the same access revives nothing. */
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB) }), "");
	expect("Revoked");
	act_as("bob");
	SAYS(approve(waiting), "RequestNotPending");
	CHECK_INT(first_bad_record(), 0);
	world_end();
}

static void
test_client_token(void)
{
	char mine[PL_ID_LEN + 1];
	int64_t records;

	begin();
	make_job(JOB, 1);
	act_as("alice");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text("try") }), "");
	snprintf(mine, sizeof(mine), "%s", world.request);
	records = audit_count();
	for (int i = 0; i < 3; i++) {
		world.request[0] = '\0';
		SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text("try") }), "");
		CHECK_STR(world.request, mine);
		act_as("bob");
		if (i == 0)
			SAYS(deny(mine), "");
		act_as("alice");
	}
	CHECK_INT(audit_count() - records, 1);
	act_as("erin");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text("try") }), "");
	CHECK(strcmp(world.request, mine) != 0);
	CHECK_INT(sql_int("SELECT count(*) FROM request"), 2);
	world_end();
}

static void
test_duplicates(void)
{
	char first[PL_ID_LEN + 1];

	begin();
	make_unit_task(PL_YES);
	act_as("alice");
	SAYS(ask_with((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=a\n") }), "");
	snprintf(first, sizeof(first), "%s", world.request);
	SAYS(ask_with((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=b\n") }), "");
	SAYS(ask_with((struct pl_request_spec){ .task = text("LINUX\\Restart"), .parameters = text("unit=a\n"),
	    .reason = text("another") }), "RequestPending");
	CHECK_STR(world.ctx.failure.target, first);
	CHECK_INT(world.ctx.failure.status, 73);
	act_as("erin");
	SAYS(ask_with((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=a\n") }), "");
	/* Neither a grant nor what has expired is in the way. */
	act_as("bob");
	SAYS(approve(first), "");
	act_as("alice");
	SAYS(ask_with((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=a\n") }), "");
	set_time(24 * HOUR);
	SAYS(ask_with((struct pl_request_spec){ .task = text(UNIT_TASK), .parameters = text("unit=b\n") }), "");
	world_end();
}

static enum pl_status
ask_numbered(int number)
{
	char map[32];

	snprintf(map, sizeof(map), "n=%d\n", number);
	return ask_with((struct pl_request_spec){ .task = text(JOB), .parameters = map });
}

static void
test_pending_limit(void)
{
	begin();
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB) }), "");
	act_as("alice");
	for (int i = 0; i < PL_REQUESTS_PENDING_MAX; i++)
		SAYS(ask_numbered(i), "");
	SAYS(ask_numbered(99), "TooManyRequests");
	CHECK_STR(audit_last("$.ErrorId"), "TooManyRequests");
	act_as("erin");
	SAYS(ask_numbered(99), "");
	act_as("alice");
	SAYS(withdraw(sql_text("SELECT id FROM request WHERE requestor = 'alice' LIMIT 1")), "");
	SAYS(ask_numbered(99), "");
	SAYS(ask_numbered(100), "TooManyRequests");
	set_time(24 * HOUR);
	SAYS(ask_numbered(100), "");
	world_end();
}

/* Members, a Unix group or none, approvals needed, who asks, and whether anybody could approve. */
static const struct {
	const char *members, *unix_group;
	int approvals;
	const char *who, *says;
} approvers[] = {
	{ "", NULL, 1, "alice", "NoApprover" },
	{ "alice\n", NULL, 1, "alice", "NoApprover" },
	{ "alice\nbob\n", NULL, 1, "alice", "" },
	{ "alice\nbob\n", NULL, 2, "alice", "NoApprover" },
	{ "bob\ndave\n", NULL, 2, "alice", "" },
	{ "bob\ndave\n", NULL, 3, "alice", "NoApprover" },
	{ "bob\ndave\n", NULL, 2, "bob", "NoApprover" },
	{ "", "daemon", 1, "alice", "" },
	{ "", "daemon", 3, "alice", "" },
};

static void
test_no_approver(void)
{
	for (size_t i = 0; i < sizeof(approvers) / sizeof(approvers[0]); i++) {
		struct pl_group_spec spec = { .name = text("few"), .members = text(approvers[i].members),
		    .unix_group = text(approvers[i].unix_group) };
		struct pl_group out;

		begin();
		SAYS(pl_group_create(&world.ctx, &spec, &out), "");
		pl_row_clear(&pl_group_noun, &out);
		SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .approver_group = text("few"),
		    .min_approvals = approvers[i].approvals }), "");
		act_as(approvers[i].who);
		SAYS(ask(JOB), approvers[i].says);
		world_end();
	}
}

static void
test_auto(void)
{
	begin();
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB) }), "");
	SAYS(make_group("empty", ""), "");
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .admin_group = text("empty") }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .approval_type = text("Auto"),
	    .approver_group = text("ops") }), "PolicyInvalid");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .approval_type = text("Auto"),
	    .min_approvals = 2 }), "PolicyInvalid");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .approval_type = text("Auto"), .max_uses = 1,
	    .max_duration_s = HOUR }), "");
	act_as("alice");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .duration_s = HOUR + 1 }), "DurationExceeded");
	SAYS(ask(JOB), "");
	CHECK_STR(world.state, "Approved");
	CHECK_STR(sql_text("SELECT authorized_by FROM authorization"), "Auto");
	CHECK_INT(sql_int("SELECT end_at - start_at FROM authorization"), HOUR);
	expect("Authorization");
	expect("UsesExhausted");
	SAYS(ask(JOB), "");
	expect("Authorization");
	world_end();
}

/* The control's default, the policy's maximum (0 = none), what is asked (0 = nothing), what comes of it. */
static const struct {
	int64_t normal, maximum, asked, granted;
} durations[] = {
	{ 4 * HOUR, 0, 0, 4 * HOUR }, { 4 * HOUR, 2 * HOUR, 0, 2 * HOUR }, { 4 * HOUR, 8 * HOUR, 0, 4 * HOUR },
	{ 4 * HOUR, 8 * HOUR, 8 * HOUR, 8 * HOUR }, { 4 * HOUR, 8 * HOUR, 8 * HOUR + 60, -1 },
	{ 4 * HOUR, 2 * HOUR, 3 * HOUR, -1 }, { 12 * HOUR, 0, 0, 12 * HOUR },
	{ 4 * HOUR, 0, 87600 * HOUR, 87600 * HOUR },
};

static void
test_durations(void)
{
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		begin();
		SAYS(set_control(pl_control_change, (struct pl_control_spec){
		    .default_duration_s = durations[i].normal }), "");
		SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB),
		    .max_duration_s = durations[i].maximum }), "");
		act_as("alice");
		SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .duration_s = durations[i].asked }),
		    durations[i].granted < 0 ? "DurationExceeded" : "");
		if (durations[i].granted > 0)
			CHECK_INT(sql_int("SELECT duration_s FROM request"), durations[i].granted);
		world_end();
	}
}

/* Limits that changed after the request was made hold at the approval. */
static void
test_rechecked_at_approval(void)
{
	begin();
	make_job(JOB, 1);
	act_as("alice");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .duration_s = 4 * HOUR, .ticket = text("T1") }), "");
	SAYS(change_policy((struct pl_policy_spec){ .identity = text(JOB), .max_duration_s = 2 * HOUR,
	    .require_ticket = PL_YES, .max_uses = 1 }), "");
	act_as("bob");
	SAYS(approve(world.request), "DurationExceeded");
	CHECK_STR(audit_last("$.ErrorId"), "DurationExceeded");
	CHECK_INT(sql_int("SELECT count(*) FROM decision"), 0);
	act_as("alice");
	SAYS(change_request((struct pl_request_change){ .request = world.request, .duration_s = 3 * HOUR }),
	    "DurationExceeded");
	SAYS(change_request((struct pl_request_change){ .request = world.request, .ticket = text("") }),
	    "TicketRequired");
	SAYS(change_request((struct pl_request_change){ .request = world.request }), "NothingToChange");
	SAYS(change_request((struct pl_request_change){ .request = world.request, .duration_s = 2 * HOUR }), "");
	act_as("bob");
	SAYS(approve(world.request), "");
	CHECK_INT(sql_int("SELECT end_at - start_at FROM authorization"), 2 * HOUR);
	CHECK_INT(sql_int("SELECT max_uses FROM authorization"), 1);
	world_end();
}

static void
test_required_comment(void)
{
	struct pl_decision_spec silent;
	struct pl_authorization grant;
	struct pl_request out;
	int64_t records;
	bool granted;

	begin();
	make_job(JOB, 1);
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .require_comment = PL_YES }), "");
	act_as("alice");
	SAYS(ask(JOB), "");
	silent = (struct pl_decision_spec){ .request = world.request };
	records = audit_count();
	act_as("bob");
	SAYS(pl_request_approve(&world.ctx, &silent, &out, &grant, &granted), "CommentRequired");
	pl_row_clear(&pl_request_noun, &out);
	SAYS(pl_request_deny(&world.ctx, &silent, &out), "CommentRequired");
	pl_row_clear(&pl_request_noun, &out);
	CHECK_INT(audit_count(), records);
	SAYS(approve(world.request), "");
	CHECK_STR(sql_text("SELECT comment FROM decision"), "ok");
	world_end();
}

/* What a run that is under way is told: stop, revocation, the end of its grant by either clock. */
static void
test_watching(void)
{
	static const struct pl_execution_end end = { .reason = "Exited", .exit_status = 3 },
		another = { .reason = "Exited", .exit_status = 4 };
	struct pl_execution_stop_spec stop = { .identity = world.run };
	int64_t records;
	struct pl_execution_state state;
	struct pl_execution out;

	begin();
	make_job(JOB, 1);
	grant_to_alice((struct pl_request_spec){ .task = text(JOB), .duration_s = HOUR });
	SAYS(run_task(JOB), "");
	SAYS(pl_execution_watch(&world.ctx, world.run, &state), "");
	CHECK(!state.stopped && !state.revoked && !state.over);
	set_time(HOUR);
	SAYS(pl_execution_watch(&world.ctx, world.run, &state), "");
	CHECK(!state.stopped && !state.revoked && state.over);
	set_wall(1);
	SAYS(pl_execution_watch(&world.ctx, world.run, &state), "");
	CHECK(state.over);
	set_time(1);
	SAYS(take_back(world.request), "");
	act_as("bob");
	SAYS(pl_execution_stop(&world.ctx, &stop, &out), "");
	pl_row_clear(&pl_execution_noun, &out);
	act_as("alice");
	SAYS(pl_execution_watch(&world.ctx, world.run, &state), "");
	CHECK(state.stopped && state.revoked && !state.over);
	SAYS(pl_execution_finish(&world.ctx, world.run, &end), "");
	CHECK_STR(audit_last("$.Parameters.ExitStatus"), "3");
	/* Whoever was not told that it was recorded may say it again; another end is another thing. */
	records = sql_int("SELECT count(*) FROM audit");
	SAYS(pl_execution_finish(&world.ctx, world.run, &end), "");
	CHECK_INT(sql_int("SELECT count(*) FROM audit"), records);
	SAYS(pl_execution_finish(&world.ctx, world.run, &another), "ExecutionOver");
	SAYS(pl_execution_stop(&world.ctx, &stop, &out), "ExecutionOver");
	pl_row_clear(&pl_execution_noun, &out);
	CHECK_INT(first_bad_record(), 0);
	world_end();
}

/* A run of alice's that another process supervises. */
static pid_t
start_supervised(void)
{
	pid_t pid = fork(), mine = world.ctx.caller.pid;

	if (pid == 0)
		for (;;)
			pause();
	world.ctx.caller.pid = pid;
	SAYS(run_task(JOB), "");
	world.ctx.caller.pid = mine;
	return pid;
}

static enum pl_status
keep_end(void *arg, const void *row)
{
	const struct pl_execution *e = row;

	CHECK(e->ended_at == PL_NULL && e->exit_status == PL_NULL && e->signal == PL_NULL);
	snprintf(arg, 32, "%s", e->end_reason != NULL ? e->end_reason : "none");
	return PL_OK;
}

/* Is the run over, and does every answer say the same? */
static void
check_end(const char *reason, int line)
{
	struct pl_execution_filter one = { .identity = world.run }, running = { .running = true };
	struct pl_execution_stop_spec stop = { .identity = world.run };
	bool lost = strcmp(reason, "Unknown") == 0;
	int count = 0, filtered = 0, failed = unit_failed;
	struct pl_execution out;
	char end[32] = "";

	SAYS(pl_execution_list(&world.ctx, &one, keep_end, end), "");
	CHECK_STR(end, reason);
	SAYS(pl_execution_list(&world.ctx, &running, count_row, &count), "");
	CHECK_INT(count, !lost);
	world.ctx.list.filter = text("EndReason -eq 'Unknown'");
	SAYS(pl_execution_list(&world.ctx, &one, count_row, &filtered), "");
	world.ctx.list.filter = NULL;
	CHECK_INT(filtered, lost);
	SAYS(pl_execution_stop(&world.ctx, &stop, &out), lost ? "ExecutionOver" : "");
	CHECK(!lost || strstr(world.ctx.failure.message, "Unknown") != NULL);
	CHECK_INT(lost ? world.ctx.failure.status : 75, 75);
	pl_row_clear(&pl_execution_noun, &out);
	CHECK_INT(sql_run("UPDATE execution SET stop_at = NULL"), SQLITE_OK);
	if (unit_failed > failed)
		printf("  called from line %d\n", line);
}

/* The task ended when root says so, if that is between the start and now: what it had printed may take long. */
static void
test_end_time(void)
{
	static const struct {
		int64_t said, stored, recorded;
	} cases[] = { { 20, 20, 20 }, { 300, 300, 300 }, { 301, 300, 300 }, { -1, 10, -1 } };
	struct pl_execution_end end = { .reason = "Exited" };
	char time_said[PL_TIME_LEN + 1];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin();
		make_job(JOB, 1);
		grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
		set_time(10);
		SAYS(run_task(JOB), "");
		set_time(300);
		end.ended_at = T0 + cases[i].said;
		SAYS(pl_execution_finish(&world.ctx, world.run, &end), "");
		CHECK_INT(sql_int("SELECT ended_at FROM execution"), T0 + cases[i].stored);
		pl_time_format(T0 + cases[i].recorded, false, time_said);
		CHECK_STR(audit_last("$.Parameters.EndTimeUtc"), time_said);
		world_end();
	}
}

/* A run whose process is gone has ended, though nobody could write how. */
static void
test_lost_runs(void)
{
	static const struct pl_execution_end end = { .reason = "Signaled", .exit_status = -1, .signal = SIGKILL };
	siginfo_t info;
	pid_t pid;

	begin();
	make_job(JOB, 1);
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	pid = start_supervised();
	CHECK(sql_int("SELECT pid_started FROM execution") > 0);
	check_end("none", __LINE__);
	/* Another process of the same number; one whose start could not be read; one that nobody can have. */
	CHECK_INT(sql_run("UPDATE execution SET pid_started = pid_started + 1"), SQLITE_OK);
	check_end("Unknown", __LINE__);
	CHECK_INT(sql_run("UPDATE execution SET pid_started = NULL"), SQLITE_OK);
	check_end("none", __LINE__);
	CHECK_INT(sql_run("UPDATE execution SET pid = pid + 4294967296"), SQLITE_OK);
	check_end("Unknown", __LINE__);
	CHECK_INT(sql_run("UPDATE execution SET pid = -1"), SQLITE_OK);
	check_end("Unknown", __LINE__);
	CHECK_INT(sql_run("UPDATE execution SET pid = %ld", (long)pid), SQLITE_OK);
	check_end("none", __LINE__);
	CHECK_INT(sql_run("UPDATE execution SET boot_id = 'another'"), SQLITE_OK);
	check_end("Unknown", __LINE__);
	CHECK_INT(sql_run("UPDATE execution SET boot_id = '%s'", world.ctx.clock.boot_id), SQLITE_OK);
	/* Dead, and then waited for. */
	kill(pid, SIGKILL);
	CHECK_INT(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	check_end("Unknown", __LINE__);
	CHECK(waitpid(pid, NULL, 0) == pid);
	check_end("Unknown", __LINE__);
	/* Who knows the end after all, as a store child that took over, can still write it. */
	SAYS(pl_execution_finish(&world.ctx, world.run, &end), "");
	CHECK_STR(sql_text("SELECT end_reason FROM execution"), "Signaled");
	CHECK_INT(first_bad_record(), 0);
	world_end();
}

/* A policy that demands a recording is not run where none can be made, and burns no use. */
static void
test_recording(void)
{
	begin();
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .record_session = PL_YES, .max_uses = 1 }), "");
	grant_to_alice((struct pl_request_spec){ .task = text(JOB) });
	SAYS(run_task(JOB), "RecordingUnavailable");
	CHECK_INT(sql_int("SELECT use_count FROM authorization"), 0);
	CHECK_STR(why(JOB, NULL), "Authorization");
	world_end();
}

/* The one answer that no test above could give: a task without a policy, to somebody who sees everything. */
static void
test_no_policy(void)
{
	begin();
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB) }), "");
	act_as("owner");
	CHECK_STR(why(JOB, NULL), "NoPolicy");
	act_as("alice");
	SAYS(test_access(JOB, NULL, false), "TaskNotFound");
	SAYS(exclude("sys", 0), "");
	CHECK_STR(why(JOB, NULL), "SystemAccount");
	world_end();
}

int
main(void)
{
	test_windows();
	test_two_clocks();
	test_request_lifetime();
	test_as_recorded();
	test_max_uses();
	test_bound_parameters();
	test_unbound_parameters();
	test_several_grants();
	test_order_of_grants();
	test_changed_task();
	test_roles();
	test_system_accounts();
	test_disable();
	test_removed_policy();
	test_client_token();
	test_duplicates();
	test_pending_limit();
	test_no_approver();
	test_auto();
	test_durations();
	test_rechecked_at_approval();
	test_required_comment();
	test_watching();
	test_end_time();
	test_lost_runs();
	test_recording();
	test_no_policy();
	return unit_end();
}
