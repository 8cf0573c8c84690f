/* model_lifecycle.c - every state of a request against everything that anybody can do to it */

#include "model_world.h"

enum state { PENDING, HALF, APPROVED, DENIED, EXPIRED, WITHDRAWN, REMOVED, STATES };

static const char *const state_names[STATES] = {
	"Pending", "Pending", "Approved", "Denied", "Expired", "Canceled", "Canceled",
};

enum act { APPROVE, STALE, DENY, WITHDRAW, CHANGE, REVOKE, RUN };

#define HIDDEN "RequestNotFound"
#define DECIDED "RequestNotPending"
#define NO_GRANT "AuthorizationNotFound"
#define NO_RUN "ElevatedAccessRequired"

/*
 * Requestor alice, approvers bob and dave of whom bob has approved what is half
 * or wholly approved, carol who has nothing to do with it, and the owner. The
 * columns: Pending, Pending with one of two approvals, Approved, Denied, Expired
 * by the clock, Canceled by the requestor, Canceled with its policy (whose
 * approvers still see what became of it).
 */
static const struct action {
	enum act act;
	const char *who;
	const char *says[STATES];    /* the error's id; "" = done */
	const char *after;           /* the state of the request when it is done */
} actions[] = {
	{ APPROVE, "bob", { "", "AlreadyApprovedByCaller", DECIDED, DECIDED, DECIDED, DECIDED, DECIDED }, "Approved" },
	{ APPROVE, "dave", { "", "", DECIDED, DECIDED, DECIDED, DECIDED, DECIDED }, "Approved" },
	{ APPROVE, "alice", { "SelfApproval", "SelfApproval", "SelfApproval", "SelfApproval", "SelfApproval",
	    "SelfApproval", "SelfApproval" }, NULL },
	{ APPROVE, "carol", { HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN }, NULL },
	{ APPROVE, "owner", { "NotApprover", "NotApprover", DECIDED, DECIDED, DECIDED, DECIDED, DECIDED }, NULL },
	{ STALE, "dave", { "RequestChanged", "RequestChanged", DECIDED, DECIDED, DECIDED, DECIDED, DECIDED }, NULL },
	{ DENY, "bob", { "", "AlreadyApprovedByCaller", DECIDED, DECIDED, DECIDED, DECIDED, DECIDED }, "Denied" },
	{ DENY, "dave", { "", "", DECIDED, DECIDED, DECIDED, DECIDED, DECIDED }, "Denied" },
	{ DENY, "alice", { "SelfApproval", "SelfApproval", "SelfApproval", "SelfApproval", "SelfApproval",
	    "SelfApproval", "SelfApproval" }, NULL },
	{ DENY, "carol", { HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN }, NULL },
	{ DENY, "owner", { "NotApprover", "NotApprover", DECIDED, DECIDED, DECIDED, DECIDED, DECIDED }, NULL },
	{ WITHDRAW, "alice", { "", "", DECIDED, DECIDED, DECIDED, DECIDED, DECIDED }, "Canceled" },
	{ WITHDRAW, "bob", { "NotRequestor", "NotRequestor", "NotRequestor", "NotRequestor", "NotRequestor",
	    "NotRequestor", "NotRequestor" }, NULL },
	{ WITHDRAW, "carol", { HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN }, NULL },
	{ WITHDRAW, "owner", { "NotRequestor", "NotRequestor", "NotRequestor", "NotRequestor", "NotRequestor",
	    "NotRequestor", "NotRequestor" }, NULL },
	{ CHANGE, "alice", { "", "", DECIDED, DECIDED, DECIDED, DECIDED, DECIDED }, "Pending" },
	{ CHANGE, "bob", { "NotRequestor", "NotRequestor", "NotRequestor", "NotRequestor", "NotRequestor",
	    "NotRequestor", "NotRequestor" }, NULL },
	{ CHANGE, "carol", { HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN, HIDDEN }, NULL },
	{ REVOKE, "alice", { NO_GRANT, NO_GRANT, "", NO_GRANT, NO_GRANT, NO_GRANT, NO_GRANT }, "Approved" },
	{ REVOKE, "bob", { NO_GRANT, NO_GRANT, "", NO_GRANT, NO_GRANT, NO_GRANT, NO_GRANT }, "Approved" },
	{ REVOKE, "dave", { NO_GRANT, NO_GRANT, "", NO_GRANT, NO_GRANT, NO_GRANT, NO_GRANT }, "Approved" },
	{ REVOKE, "carol", { NO_GRANT, NO_GRANT, NO_GRANT, NO_GRANT, NO_GRANT, NO_GRANT, NO_GRANT }, NULL },
	{ REVOKE, "owner", { NO_GRANT, NO_GRANT, "", NO_GRANT, NO_GRANT, NO_GRANT, NO_GRANT }, "Approved" },
	{ RUN, "alice", { NO_RUN, NO_RUN, "", NO_RUN, NO_RUN, NO_RUN, "TaskNotFound" }, "Approved" },
	{ RUN, "bob", { NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN, "TaskNotFound" }, NULL },
	{ RUN, "carol", { NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN, "TaskNotFound" }, NULL },
	{ RUN, "owner", { NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN, NO_RUN }, NULL },
};

enum { ACTIONS = sizeof(actions) / sizeof(actions[0]) };

/* The operation that a record of the action names, and its type where it is done. */
static const struct {
	const char *operation, *type;
} records[] = {
	[APPROVE] = { "Approve-ElevatedAccessRequest", "Decision" },
	[STALE] = { "Approve-ElevatedAccessRequest", "Decision" },
	[DENY] = { "Deny-ElevatedAccessRequest", "Decision" },
	[WITHDRAW] = { "Stop-ElevatedAccessRequest", "Request" },
	[CHANGE] = { "Set-ElevatedAccessRequest", "Request" },
	[REVOKE] = { "Revoke-ElevatedAccessAuthorization", "Decision" },
	[RUN] = { "Invoke-ElevatedAccessTask", "Execution" },
};

static enum pl_status
perform(const struct action *a, const char *id)
{
	switch (a->act) {
	case APPROVE:
		return approve(id);
	case STALE:
		return approve_version(id, "7-0123456789abcdef-none");
	case DENY:
		return deny(id);
	case WITHDRAW:
		return withdraw(id);
	case CHANGE:
		return change_request((struct pl_request_change){ .request = text(id), .reason = text("better") });
	case REVOKE:
		return take_back(id);
	default:
		return run_task(JOB);
	}
}

static void
reach(enum state state)
{
	world_populate();
	make_job(JOB, state == HALF ? 2 : 1);
	act_as("alice");
	SAYS(ask(JOB), "");
	act_as("bob");
	if (state == HALF || state == APPROVED)
		SAYS(approve(world.request), "");
	if (state == DENIED)
		SAYS(deny(world.request), "");
	if (state == REMOVED)
		SAYS(remove_policy(JOB), "");
	act_as("alice");
	if (state == WITHDRAWN)
		SAYS(withdraw(world.request), "");
	if (state == EXPIRED)
		set_time(24 * HOUR);
}

static const char *
state_now(const char *id)
{
	return sql_text("SELECT CASE WHEN state = 'Pending' AND expires_at <= %lld THEN 'Expired' ELSE state END"
	    " FROM request WHERE id = '%s'", (long long)world.ctx.clock.now, id);
}

/* What a refusal leaves: nothing but the record of it, and that only where it may be a probe. */
static void
check_refused(const struct action *a, const char *error, const char *before, int64_t records_before)
{
	const struct pl_error_def *def = pl_error_def(world.ctx.failure.error);
	bool recorded = def->recorded && !(def->status == PL_E_NOT_FOUND && strcmp(a->who, "owner") == 0);

	int64_t expiries = sql_int("SELECT count(*) FROM audit WHERE operation = 'Expire-ElevatedAccessRequest'");

	/* Who meets a request past its time writes that down, and nothing else. */
	if (expiries == 0)
		CHECK_STR(world_digest(), before);
	else
		CHECK_INT(sql_int("SELECT count(*) FROM request WHERE state = 'Expired'"), 1);
	CHECK_INT(audit_count() - records_before, (recorded ? 1 : 0) + expiries);
	if (!recorded)
		return;
	CHECK_STR(audit_last("record_type"), "Refusal");
	CHECK_STR(audit_last("operation"), records[a->act].operation);
	CHECK_STR(audit_last("result"), "Refused");
	CHECK_STR(audit_last("$.ErrorId"), error);
	CHECK_STR(audit_last("user"), strcmp(a->who, "owner") == 0 ? world.owner : a->who);
}

static void
check_done(const struct action *a, const char *id, int64_t records_before)
{
	bool revoked = a->act == REVOKE;

	CHECK_INT(audit_count() - records_before, 1);
	CHECK_STR(audit_last("record_type"), records[a->act].type);
	CHECK_STR(audit_last("operation"), records[a->act].operation);
	CHECK_STR(audit_last("$.ErrorId"), "");
	CHECK_STR(state_now(id), a->after);
	CHECK_INT(sql_int("SELECT count(*) FROM authorization WHERE request_id = '%s' AND (revoked_at IS NULL) = %d"
	    " AND use_count = %d", id, !revoked, a->act == RUN), strcmp(a->after, "Approved") == 0);
	CHECK_INT(sql_int("SELECT count(*) FROM execution"), a->act == RUN);
	if (a->act == CHANGE)
		CHECK_INT(sql_int("SELECT count(*) FROM decision"), 0);
}

/* One cell; first as -WhatIf, which says the same and leaves nothing at all. */
static void
check_cell(const struct action *a, enum state state)
{
	int failed = unit_failed;
	char before[PL_DIGEST_LEN + 1], id[PL_ID_LEN + 1];
	int64_t count = audit_count();

	snprintf(before, sizeof(before), "%s", world_digest());
	snprintf(id, sizeof(id), "%s", world.request);
	act_as(a->who);
	CHECK_STR(state_now(id), state_names[state]);
	world.ctx.what_if = true;
	SAYS(perform(a, id), a->says[state]);
	world.ctx.what_if = false;
	CHECK_STR(world_digest(), before);
	CHECK_INT(audit_count(), count);
	SAYS(perform(a, id), a->says[state]);
	if (a->says[state][0] != '\0')
		check_refused(a, a->says[state], before, count);
	else
		check_done(a, id, count);
	CHECK_INT(first_bad_record(), 0);
	if (unit_failed > failed)
		printf("  in the cell: %s %d by %s\n", state_names[state], (int)state, a->who);
}

static void
copy_file(const char *from, const char *to)
{
	char buffer[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n;

	CHECK(in >= 0 && out >= 0);
	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		CHECK(write(out, buffer, (size_t)n) == n);
	close(in);
	close(out);
}

/* A column of the table: the state is reached once and every action gets a copy of it. */
static void
check_state(enum state state)
{
	char saved[4200], request[PL_ID_LEN + 1];

	world_begin("lifecycle");
	reach(state);
	snprintf(request, sizeof(request), "%s", world.request);
	snprintf(saved, sizeof(saved), "%s.saved", world.path);
	pl_store_close(&world.ctx);
	world_raw_close();
	copy_file(world.path, saved);
	for (int i = 0; i < ACTIONS; i++) {
		copy_file(saved, world.path);
		act_as("owner");
		world_open_database();
		snprintf(world.request, sizeof(world.request), "%s", request);
		check_cell(&actions[i], state);
		pl_store_close(&world.ctx);
		world_raw_close();
	}
	world_end();
}

/* Denied after one approval, and approved after a change: what the cells cannot show in one step. */
static void
test_paths(void)
{
	char version[64];

	world_begin("lifecycle");
	world_populate();
	make_job(JOB, 2);
	act_as("alice");
	SAYS(ask(JOB), "");
	act_as("bob");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Pending");
	act_as("alice");
	snprintf(version, sizeof(version), "%s", sql_text("SELECT revision FROM request"));
	SAYS(change_request((struct pl_request_change){ .request = world.request, .duration_s = 2 * HOUR }), "");
	CHECK(strcmp(version, sql_text("SELECT revision FROM request")) != 0);
	CHECK_STR(audit_last("$.Parameters.VoidedApprovals"), "1");
	act_as("dave");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Pending");
	act_as("bob");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Approved");
	CHECK_INT(sql_int("SELECT end_at - start_at FROM authorization"), 2 * HOUR);
	CHECK_STR(sql_text("SELECT authorized_by FROM authorization"), "bob, dave");
	SAYS(take_back(world.grant), "");
	SAYS(take_back(world.grant), "AuthorizationOver");
	act_as("alice");
	SAYS(run_task(JOB), NO_RUN);
	CHECK_STR(why(JOB, NULL), "Revoked");
	world_end();
}

/* Past its time when its policy goes, it is Expired for good: a clock that goes back brings no request back. */
static void
test_policy_gone_late(void)
{
	world_begin("lifecycle");
	world_populate();
	make_job(JOB, 1);
	act_as("alice");
	SAYS(ask(JOB), "");
	set_time(24 * HOUR);
	SAYS(remove_policy(JOB), "");
	set_time(0);
	CHECK_STR(state_now(world.request), "Expired");
	CHECK_INT(sql_int("SELECT count(*) FROM audit WHERE operation = 'Expire-ElevatedAccessRequest'"), 1);
	SAYS(change_request((struct pl_request_change){ .request = world.request, .reason = text("better") }),
	    DECIDED);
	world_end();
}

/* The version that was shown: any change to request, policy or task makes it stale. */
static void
test_versions(void)
{
	struct pl_decision_spec shown;
	struct pl_buf line;

	world_begin("lifecycle");
	world_populate();
	make_job(JOB, 2);
	act_as("alice");
	SAYS(ask(JOB), "");
	for (int i = 0; i < 4; i++) {
		act_as("bob");
		shown = (struct pl_decision_spec){ .request = world.request };
		pl_buf_init(&line);
		SAYS(pl_request_preview(&world.ctx, &shown, &line), "");
		CHECK(strstr(line.text, "alice: " JOB) != NULL);
		if (i == 0) {
			act_as("alice");
			SAYS(change_request((struct pl_request_change){ .request = world.request,
			    .ticket = text("T1") }), "");
		} else if (i == 1)
			SAYS(change_policy((struct pl_policy_spec){ .identity = text(JOB), .max_uses = 3 }), "");
		else if (i == 2)
			SAYS(change_task((struct pl_task_spec){ .name = text(JOB), .path = text("/bin/false") }), "");
		act_as("bob");
		SAYS(approve_version(world.request, shown.version), i < 3 ? "RequestChanged" : "");
		pl_buf_clear(&line);
		free(shown.version);
	}
	world_end();
}

/* Failures that are the caller's own mistakes leave no record; refusals do. */
static const struct {
	const char *error;
	const char *task;
	int64_t duration_s;
	const char *parameters, *ticket, *client_token;
	int64_t start_at;
	bool recorded;
} submissions[] = {
	{ "PolicyNotFound", "Linux\\none", 0, NULL, NULL, NULL, 0, true },
	{ "NotEligible", "Linux\\crew", 0, NULL, NULL, NULL, 0, true },
	{ "DurationExceeded", JOB, 2 * HOUR + 60, NULL, "T", NULL, 0, true },
	{ "TicketRequired", JOB, HOUR, NULL, NULL, NULL, 0, false },
	{ "TicketRequired", JOB, HOUR, NULL, "", NULL, 0, false },
	{ "TaskParameterInvalid", JOB, HOUR, "no=1\n", "T", NULL, 0, false },
	{ "TimePast", JOB, HOUR, NULL, "T", NULL, T0 - 301, false },
	{ "NoApprover", "Linux\\lonely", HOUR, NULL, NULL, NULL, 0, true },
	{ "", JOB, HOUR, NULL, "T", "word", T0 - 300, true },
	{ "RequestPending", JOB, HOUR, NULL, "T", NULL, 0, false },
	{ "", JOB, HOUR, NULL, "T", "word", 0, false },
};

static void
test_submissions(void)
{
	world_begin("lifecycle");
	world_populate();
	SAYS(make_group("crew", "erin\n"), "");
	SAYS(make_group("empty", ""), "");
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .max_duration_s = 2 * HOUR,
	    .require_ticket = PL_YES }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text("Linux\\crew"), .eligible_group = text("crew"),
	    .approver_group = text("ops") }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text("Linux\\lonely"), .approver_group = text("empty") }),
	    "");
	/* Those who may not request may see it only where they decide: bob asks, not alice. */
	for (size_t i = 0; i < sizeof(submissions) / sizeof(submissions[0]); i++) {
		int64_t count = audit_count();
		struct pl_request_spec spec = {
			.task = text(submissions[i].task), .duration_s = submissions[i].duration_s,
			.parameters = text(submissions[i].parameters), .ticket = text(submissions[i].ticket),
			.client_token = text(submissions[i].client_token), .start_at = submissions[i].start_at,
		};

		act_as("bob");
		SAYS(ask_with(spec), submissions[i].error);
		CHECK_INT(audit_count() - count, submissions[i].recorded);
		if (submissions[i].recorded)
			CHECK_STR(audit_last("$.ErrorId"), submissions[i].error);
		if (strcmp(submissions[i].error, "RequestPending") == 0)
			CHECK_STR(world.ctx.failure.target, world.request);
	}
	CHECK_INT(sql_int("SELECT count(*) FROM request"), 1);
	CHECK_INT(first_bad_record(), 0);
	world_end();
}

/* Nothing can be requested, decided or run while the control is off; looking and withdrawing can. */
static void
test_disabled(void)
{
	world_begin("lifecycle");
	world_populate();
	make_job(JOB, 1);
	make_job("Linux\\other", 1);
	act_as("alice");
	SAYS(ask(JOB), "");
	SAYS(set_control(pl_control_disable, (struct pl_control_spec){ .reason = text("x") }), "");
	SAYS(set_control(pl_control_disable, (struct pl_control_spec){ 0 }), "ElevatedAccessNotEnabled");
	CHECK_STR(audit_last("$.ErrorId"), "ElevatedAccessNotEnabled");
	SAYS(ask("Linux\\other"), "ElevatedAccessNotEnabled");
	CHECK_STR(audit_last("$.ErrorId"), "ElevatedAccessNotEnabled");
	SAYS(change_request((struct pl_request_change){ .request = world.request, .reason = text("x") }),
	    "ElevatedAccessNotEnabled");
	SAYS(run_task(JOB), "ElevatedAccessNotEnabled");
	act_as("bob");
	SAYS(approve(world.request), "ElevatedAccessNotEnabled");
	SAYS(deny(world.request), "ElevatedAccessNotEnabled");
	CHECK_STR(state_now(world.request), "Pending");
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Approved");
	CHECK_INT(first_bad_record(), 0);
	world_end();
}

int
main(void)
{
	for (int state = 0; state < STATES; state++)
		check_state(state);
	test_paths();
	test_policy_gone_late();
	test_versions();
	test_submissions();
	test_disabled();
	return unit_end();
}
