/* model_rights.c - who may do what, who sees what, and who is whom */

#include "model_world.h"

#define CLOSED "Linux\\closed"
#define NOBODY "00000000-0000-4000-8000-000000000000"

/* What the table of rights is about: one request that waits, one that was granted and is running. */
static struct {
	char pending[PL_ID_LEN + 1], granted[PL_ID_LEN + 1], grant[PL_ID_LEN + 1], run[PL_ID_LEN + 1];
	char policy[PL_ID_LEN + 1];
} thing;

enum person { OWNER, MANAGER, AUDITOR, APPROVER, ELIGIBLE, REQUESTOR, OUTSIDER, PEOPLE };

static const char *const people[PEOPLE] = { "owner", "mona", "andy", "bob", "erin", "alice", "carol" };

static enum pl_status
configure(void)
{
	struct pl_group_spec spec = { .identity = text("ops"), .description = text("on call") };
	struct pl_group out;
	enum pl_status st = pl_group_change(&world.ctx, &spec, &out);

	pl_row_clear(&pl_group_noun, &out);
	return st;
}

static enum pl_status
request_closed(void)
{
	return ask_with((struct pl_request_spec){ .task = text(CLOSED), .parameters = NULL, .start_at = T0 + 60 });
}

static enum pl_status
decide_pending(void)
{
	return approve(thing.pending);
}

static enum pl_status
withdraw_pending(void)
{
	return withdraw(thing.pending);
}

static enum pl_status
revoke_grant(void)
{
	return take_back(thing.grant);
}

static enum pl_status
revoke_by_request(void)
{
	return take_back(thing.granted);
}

static enum pl_status
stop_run(void)
{
	struct pl_execution_stop_spec spec = { .identity = thing.run };
	struct pl_execution out;
	enum pl_status st = pl_execution_stop(&world.ctx, &spec, &out);

	pl_row_clear(&pl_execution_noun, &out);
	return st;
}

static enum pl_status
run_closed(void)
{
	return run_task(CLOSED);
}

/* A look at one object by its exact name: not there or not to be seen is 66. */
static enum pl_status
see_request_of(const char *id)
{
	struct pl_request_filter filter = { .identity = text(id) };
	int count = 0;

	return pl_request_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
see_request(void)
{
	return see_request_of(thing.granted);
}

static enum pl_status
see_grant_of(const char *id)
{
	struct pl_authorization_filter filter = { .identity = text(id) };
	int count = 0;

	return pl_authorization_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
see_grant(void)
{
	return see_grant_of(thing.grant);
}

static enum pl_status
see_run_of(const char *id)
{
	struct pl_execution_filter filter = { .identity = text(id) };
	int count = 0;

	return pl_execution_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
see_run(void)
{
	return see_run_of(thing.run);
}

static enum pl_status
see_task_of(const char *name)
{
	struct pl_task_filter filter = { .name = text(name) };
	int count = 0;

	return pl_task_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
see_task(void)
{
	return see_task_of(CLOSED);
}

static enum pl_status
see_policy_of(const char *id)
{
	struct pl_policy_filter filter = { .identity = text(id) };
	int count = 0;

	return pl_policy_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
see_policy(void)
{
	return see_policy_of(thing.policy);
}

static enum pl_status
see_group_of(const char *name)
{
	struct pl_group_filter filter = { .identity = text(name) };
	int count = 0;

	return pl_group_list(&world.ctx, &filter, count_row, &count);
}

static enum pl_status
see_group(void)
{
	return see_group_of("ops");
}

static enum pl_status
see_control(void)
{
	struct pl_control out;
	enum pl_status st = pl_control_get(&world.ctx, &out);

	pl_row_clear(&pl_control_noun, &out);
	return st;
}

static enum pl_status
check_chain(void)
{
	struct pl_audit_check out;
	enum pl_status st = pl_audit_verify(&world.ctx, 0, &out);

	pl_row_clear(&pl_audit_check_noun, &out);
	return st;
}

/* The records about the granted request: none is PL_FALSE. */
static enum pl_status
see_records(void)
{
	struct pl_audit_search search = { .objects = text(sql_text("SELECT '%s' || char(10) || '%s' || char(10)",
	    thing.granted, thing.run)) };
	int count = 0;
	enum pl_status st = pl_audit_search(&world.ctx, &search, count_row, &count);

	return st == PL_OK && count == 0 ? PL_FALSE : st;
}

#define NOT_ADMIN "AdministratorRequired"
#define NO_REQUEST "RequestNotFound"
#define NO_GRANT "AuthorizationNotFound"
#define NO_RUN_SEEN "ExecutionNotFound"
#define NO_TASK "TaskNotFound"
#define NO_POLICY "PolicyNotFound"
#define NO_GROUP "ApproverGroupNotFound"
#define NOT_AUDITOR "AuditorRequired"

/* Columns: owner, manager, auditor, approver, eligible, requestor, outsider. */
static const struct {
	const char *name;
	enum pl_status (*act)(void);
	const char *says[PEOPLE];
} rights[] = {
	/* First, before refusals leave records of their own about these objects. */
	{ "see records", see_records, { "", "", "", "", "False", "", "False" } },
	{ "configure", configure, { "", "", NOT_ADMIN, NOT_ADMIN, NOT_ADMIN, NOT_ADMIN, NOT_ADMIN } },
	{ "request", request_closed,
	    { "NotEligible", "NotEligible", "NotEligible", "NotEligible", "", "RequestPending", NO_POLICY } },
	{ "decide", decide_pending,
	    { "NotApprover", "NotApprover", "NotApprover", "", NO_REQUEST, "SelfApproval", NO_REQUEST } },
	{ "withdraw", withdraw_pending,
	    { "NotRequestor", "NotRequestor", "NotRequestor", "NotRequestor", NO_REQUEST, "", NO_REQUEST } },
	/* Before what revokes: a revocation stays in the log, though the row forgets it. */
	{ "run", run_closed, { "ElevatedAccessRequired", "ElevatedAccessRequired", "ElevatedAccessRequired",
	    "ElevatedAccessRequired", "ElevatedAccessRequired", "", NO_TASK } },
	{ "revoke", revoke_grant, { "", "", "NotRevoker", "", NO_GRANT, "", NO_GRANT } },
	{ "revoke by request", revoke_by_request, { "", "", "NotRevoker", "", NO_GRANT, "", NO_GRANT } },
	{ "stop", stop_run, { "", "", "NotRevoker", "", NO_RUN_SEEN, "", NO_RUN_SEEN } },
	{ "see request", see_request, { "", "", "", "", NO_REQUEST, "", NO_REQUEST } },
	{ "see grant", see_grant, { "", "", "", "", NO_GRANT, "", NO_GRANT } },
	{ "see run", see_run, { "", "", "", "", NO_RUN_SEEN, "", NO_RUN_SEEN } },
	{ "see task", see_task, { "", "", "", "", "", "", NO_TASK } },
	{ "see policy", see_policy, { "", "", "", "", "", "", NO_POLICY } },
	{ "see group", see_group, { "", "", "", "", NO_GROUP, NO_GROUP, NO_GROUP } },
	{ "see control", see_control, { "", "", "", NOT_AUDITOR, NOT_AUDITOR, NOT_AUDITOR, NOT_AUDITOR } },
	{ "check chain", check_chain, { "", "", "", NOT_AUDITOR, NOT_AUDITOR, NOT_AUDITOR, NOT_AUDITOR } },
};

static void
make_things(void)
{
	world_begin("rights");
	world_populate();
	SAYS(make_group("managers", "mona\n"), "");
	SAYS(make_group("auditors", "andy\n"), "");
	SAYS(make_group("crew", "alice\nerin\n"), "");
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .management_group = text("managers"),
	    .audit_group = text("auditors") }), "");
	SAYS(make_task((struct pl_task_spec){ .name = text(CLOSED) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(CLOSED), .approver_group = text("ops"),
	    .eligible_group = text("crew") }), "");
	snprintf(thing.policy, sizeof(thing.policy), "%s", world.policy);
	grant_to_alice((struct pl_request_spec){ .task = text(CLOSED) });
	snprintf(thing.granted, sizeof(thing.granted), "%s", world.request);
	snprintf(thing.grant, sizeof(thing.grant), "%s", world.grant);
	SAYS(run_task(CLOSED), "");
	snprintf(thing.run, sizeof(thing.run), "%s", world.run);
	SAYS(ask(CLOSED), "");
	snprintf(thing.pending, sizeof(thing.pending), "%s", world.request);
}

/* What one person's act changed is put back, so that each cell begins alike. */
static void
check_right(size_t row, enum person who)
{
	static char saved[4][4096];
	int failed = unit_failed;
	const char *before = sql_text("SELECT state FROM request WHERE id = '%s'", thing.pending);

	snprintf(saved[0], sizeof(saved[0]), "%s", before);
	act_as(people[who]);
	SAYS(rights[row].act(), rights[row].says[who]);
	if (unit_failed > failed)
		printf("  in the cell: %s by %s\n", rights[row].name, people[who]);
	CHECK_INT(sql_run("DELETE FROM decision WHERE request_id = '%s';"
	    "DELETE FROM authorization WHERE request_id = '%s';"
	    "DELETE FROM request WHERE start_at IS NOT NULL;"
	    "UPDATE request SET state = 'Pending', decided_at = NULL WHERE id = '%s';"
	    "UPDATE authorization SET revoked_at = NULL, revoked_by = NULL;"
	    "UPDATE execution SET stop_at = NULL", thing.pending, thing.pending, thing.pending), SQLITE_OK);
}

static void
test_table(void)
{
	make_things();
	for (size_t row = 0; row < sizeof(rights) / sizeof(rights[0]); row++)
		for (int who = 0; who < PEOPLE; who++)
			check_right(row, (enum person)who);
	CHECK_INT(first_bad_record(), 0);
	world_end();
}

/* The failure's texts with every `id` in them replaced. */
static void
shape(const char *id, char *out, size_t size)
{
	const struct pl_failure *f = &world.ctx.failure;
	char all[4096];
	const char *at = all;

	snprintf(all, sizeof(all), "%d %d %s|%s|%s", (int)f->status, (int)f->error, f->message, f->target, f->hint);
	out[0] = '\0';
	while (*at != '\0' && strlen(out) + 2 < size) {
		size_t n = strlen(out);

		if (strncasecmp(at, id, strlen(id)) == 0) {
			snprintf(out + n, size - n, "#");
			at += strlen(id);
		} else
			snprintf(out + n, size - n, "%c", *at++);
	}
}

static enum pl_status
change_of(const char *id)
{
	return change_request((struct pl_request_change){ .request = text(id), .reason = text("x") });
}

static enum pl_status
wait_for(const char *id)
{
	struct pl_wait_spec spec = { .request = text(id), .timeout_s = 1 };
	struct pl_request out;
	enum pl_status st = pl_request_wait(&world.ctx, &spec, &out);

	pl_row_clear(&pl_request_noun, &out);
	return st;
}

static enum pl_status
preview_of(const char *id)
{
	struct pl_decision_spec spec = { .request = text(id) };
	struct pl_buf line;
	enum pl_status st;

	pl_buf_init(&line);
	st = pl_request_preview(&world.ctx, &spec, &line);
	pl_buf_clear(&line);
	free(spec.version);
	return st;
}

static enum pl_status
stop_of(const char *id)
{
	struct pl_execution_stop_spec spec = { .identity = text(id) };
	struct pl_execution out;
	enum pl_status st = pl_execution_stop(&world.ctx, &spec, &out);

	pl_row_clear(&pl_execution_noun, &out);
	return st;
}

static enum pl_status
test_of(const char *task)
{
	return test_access(task, NULL, true);
}

/* What carol may not see and what does not exist: the same status, the same text, the same record. */
static const struct {
	enum pl_status (*act)(const char *id);
	const char *there, *not_there;
} pairs[] = {
	{ approve, thing.pending, NOBODY }, { deny, thing.pending, NOBODY }, { withdraw, thing.pending, NOBODY },
	{ change_of, thing.pending, NOBODY }, { wait_for, thing.pending, NOBODY },
	{ preview_of, thing.pending, NOBODY },
	{ see_request_of, thing.granted, NOBODY }, { see_grant_of, thing.grant, NOBODY },
	{ take_back, thing.grant, NOBODY }, { take_back, thing.granted, NOBODY }, { take_back, thing.pending, NOBODY },
	{ see_run_of, thing.run, NOBODY }, { stop_of, thing.run, NOBODY },
	{ see_task_of, CLOSED, "Linux\\nothing" }, { test_of, CLOSED, "Linux\\nothing" },
	{ run_task, CLOSED, "Linux\\nothing" }, { ask, CLOSED, "Linux\\nothing" },
	{ see_policy_of, thing.policy, NOBODY }, { see_policy_of, CLOSED, "Linux\\nothing" },
	{ see_group_of, "ops", "opsy" }, { see_group_of, "crew", "ocrew" },
};

static void
test_hidden(void)
{
	char there[4096], not_there[4096];

	make_things();
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		int64_t count = audit_count();
		enum pl_status a, b;

		act_as("carol");
		a = pairs[i].act(pairs[i].there);
		shape(pairs[i].there, there, sizeof(there));
		b = pairs[i].act(pairs[i].not_there);
		shape(pairs[i].not_there, not_there, sizeof(not_there));
		CHECK_INT(a, b);
		CHECK_INT(a, PL_E_NOT_FOUND);
		CHECK_STR(there, not_there);
		CHECK_INT(audit_count() - count, 2);
		CHECK_STR(audit_last("record_type"), "Refusal");
	}
	/* Nor do listings and patterns show it. */
	CHECK_INT(see_request_of("*"), PL_OK);
	CHECK_STR(sql_text("SELECT 1 WHERE %d", see_task_of("Linux\\*") == PL_OK), "1");
	world_end();
}

/* A person as the kernel and audit see him; login -1 is unset. */
struct identity {
	int uid, login;
};

static const struct identity identities[] = {
	{ 1, -1 }, { 1, 1 }, { 1, 2 }, { 1, 9 }, { 2, -1 }, { 2, 1 }, { 2, 2 }, { 2, 9 }, { 3, 3 }, { 3, 8 }, { 3, -1 },
};
enum { IDENTITIES = sizeof(identities) / sizeof(identities[0]) };

/* Have the sets {uid, login uid where set} something in common? */
static bool
overlap(struct identity a, struct identity b)
{
	return a.uid == b.uid || a.uid == b.login || a.login == b.uid || (a.login >= 0 && a.login == b.login);
}

static int
count_to_approve(void)
{
	struct pl_request_filter options = { .to_approve = true };
	int count = 0;

	SAYS(pl_request_list(&world.ctx, &options, count_row, &count), "");
	return count;
}

/* Under two names, every identity against every other: as requestor and approver. */
static void
test_real_identities(void)
{
	world_begin("rights");
	world_populate();
	make_job(JOB, 1);
	for (int i = 0; i < IDENTITIES * IDENTITIES; i++) {
		struct identity who = identities[i / IDENTITIES], by = identities[i % IDENTITIES];
		bool same = overlap(who, by);
		int failed = unit_failed;

		act_as_real("alice", who.uid, who.login);
		SAYS(ask(JOB), "");
		act_as_real("bob", by.uid, by.login);
		CHECK_INT(count_to_approve(), !same);
		SAYS(approve(world.request), same ? "SelfApproval" : "");
		act_as_real("dave", 20, 20);
		SAYS(deny(world.request), same ? "" : "RequestNotPending");
		if (unit_failed > failed)
			printf("  requestor %d,%d approver %d,%d\n", who.uid, who.login, by.uid, by.login);
	}
	world_end();
}

/* The same between two approvers: one person counts once, under whatever name. */
static void
test_one_person_once(void)
{
	world_begin("rights");
	world_populate();
	make_job(JOB, 2);
	for (int i = 0; i < IDENTITIES * IDENTITIES; i++) {
		struct identity first = identities[i / IDENTITIES], second = identities[i % IDENTITIES];
		bool same = overlap(first, second);
		int failed = unit_failed;

		act_as_real("alice", 20, 20);
		SAYS(ask(JOB), "");
		act_as_real("bob", first.uid, first.login);
		SAYS(approve(world.request), "");
		act_as_real("dave", second.uid, second.login);
		CHECK_INT(count_to_approve(), !same);
		SAYS(approve(world.request), same ? "AlreadyApprovedByCaller" : "");
		CHECK_STR(world.state, same ? "Pending" : "Approved");
		if (same) {
			SAYS(deny(world.request), "AlreadyApprovedByCaller");
			act_as_real("dave", 21, 21);
			SAYS(deny(world.request), "");
		}
		if (unit_failed > failed)
			printf("  approvers %d,%d and %d,%d\n", first.uid, first.login, second.uid, second.login);
	}
	/* One name is one person, whatever the uids say. */
	act_as_real("alice", 20, 20);
	SAYS(ask(JOB), "");
	act_as_real("bob", 1, 1);
	SAYS(approve(world.request), "");
	act_as_real("bob", 2, 2);
	CHECK_INT(count_to_approve(), 0);
	SAYS(approve(world.request), "AlreadyApprovedByCaller");
	/* An asserted name is the whole identity. */
	act_as("erin");
	SAYS(ask(JOB), "");
	act_as("bob");
	SAYS(approve(world.request), "");
	act_as("dave");
	CHECK_INT(count_to_approve(), 2);
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Approved");
	world_end();
}

/* Who asked, who changed it then, how that ends, and how an approval by uid 2 ends. */
static const struct {
	struct identity asked, changed;
	const char *says, *approval;
} changers[] = {
	{ { 1, 1 }, { 1, 1 }, "", "" }, { { 1, 1 }, { 1, -1 }, "", "" }, { { 1, -1 }, { 1, 1 }, "", "" },
	{ { 1, 1 }, { 1, 2 }, "", "SelfApproval" },            /* bob, after su alice, has a part in it */
	{ { 1, -1 }, { 1, 2 }, "", "SelfApproval" },
	{ { 1, 2 }, { 1, 1 }, "", "SelfApproval" }, { { 1, 2 }, { 1, -1 }, "", "SelfApproval" },
	{ { 1, 9 }, { 1, 9 }, "", "" }, { { 1, 9 }, { 1, 2 }, "NotRequestor", "" },
	{ { 1, 2 }, { 1, 9 }, "NotRequestor", "SelfApproval" },
};

static void
test_changer(void)
{
	for (size_t i = 0; i < sizeof(changers) / sizeof(changers[0]); i++) {
		int failed = unit_failed;

		world_begin("rights");
		world_populate();
		make_job(JOB, 1);
		act_as_real("alice", changers[i].asked.uid, changers[i].asked.login);
		SAYS(ask(JOB), "");
		act_as_real("alice", changers[i].changed.uid, changers[i].changed.login);
		SAYS(change_of(world.request), changers[i].says);
		act_as_real("bob", 2, 2);
		SAYS(approve(world.request), changers[i].approval);
		if (unit_failed > failed)
			printf("  changer %zu\n", i);
		world_end();
	}
}

/* What there is of the old alice, uid 1: one request waits, one was granted and runs. */
static void
make_old_alice(void)
{
	world_begin("rights");
	world_populate();
	make_job(JOB, 1);
	act_as_real("alice", 1, 1);
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text("t") }), "");
	snprintf(thing.granted, sizeof(thing.granted), "%s", world.request);
	act_as_real("bob", 2, 2);
	SAYS(approve(world.request), "");
	snprintf(thing.grant, sizeof(thing.grant), "%s", world.grant);
	act_as_real("alice", 1, 1);
	SAYS(run_task(JOB), "");
	snprintf(thing.run, sizeof(thing.run), "%s", world.run);
	SAYS(ask(JOB), "");
	snprintf(thing.pending, sizeof(thing.pending), "%s", world.request);
}

/* How much the caller finds of his own. */
static void
check_own(int requests, int grants, int runs, int line)
{
	struct pl_authorization_filter of_grants = { .mine = true };
	struct pl_execution_filter of_runs = { .mine = true };
	struct pl_request_filter of_requests = { .mine = true };
	int count[3] = { 0 }, failed = unit_failed;

	SAYS(pl_request_list(&world.ctx, &of_requests, count_row, &count[0]), "");
	SAYS(pl_authorization_list(&world.ctx, &of_grants, count_row, &count[1]), "");
	SAYS(pl_execution_list(&world.ctx, &of_runs, count_row, &count[2]), "");
	CHECK_INT(count[0], requests);
	CHECK_INT(count[1], grants);
	CHECK_INT(count[2], runs);
	if (unit_failed > failed)
		printf("  called from line %d\n", line);
}

static int
count_records(const char *user)
{
	struct pl_audit_search search = { .users = text(user) };
	int count = 0;

	SAYS(pl_audit_search(&world.ctx, &search, count_row, &count), "");
	return count;
}

static int
count_revocable(void)
{
	char *ids;
	int count;

	SAYS(pl_authorization_revocable(&world.ctx, &ids), "");
	count = (int)pl_list_count(ids);
	free(ids);
	return count;
}

/* A name and a uid make a person: a new account of the name has nothing of the old one's, and is not in its way. */
static void
test_reused_name(void)
{
	make_old_alice();
	CHECK_INT(count_records("alice\n"), 3);
	act_as_real("alice", 4, 4);
	check_own(0, 0, 0, __LINE__);
	CHECK_INT(count_records("alice\n"), 0);
	CHECK_INT(see_records(), PL_FALSE);
	CHECK_INT(count_revocable(), 0);
	SAYS(see_request(), NO_REQUEST);
	SAYS(see_grant(), NO_GRANT);
	SAYS(see_run(), NO_RUN_SEEN);
	/* The clock stands still here: who may see it would wait for ever. */
	if (see_request_of(thing.pending) != PL_OK)
		SAYS(wait_for(thing.pending), NO_REQUEST);
	SAYS(preview_of(thing.pending), NO_REQUEST);
	SAYS(withdraw(thing.pending), NO_REQUEST);
	SAYS(change_of(thing.pending), NO_REQUEST);
	SAYS(take_back(thing.grant), NO_GRANT);
	SAYS(take_back(thing.granted), NO_GRANT);
	SAYS(stop_of(thing.run), NO_RUN_SEEN);
	CHECK_STR(why(JOB, NULL), "NotAuthorized");
	SAYS(run_task(JOB), "ElevatedAccessRequired");
	SAYS(test_access(JOB, NULL, true), "False");
	SAYS(start_run((struct pl_access_ask){ .task = text(JOB), .request = thing.granted }),
	    "ElevatedAccessRequired");
	/* Neither a request that waits nor a token is in the way, and both are the new one's own. */
	SAYS(ask(JOB), "");
	SAYS(ask(JOB), "RequestPending");
	CHECK_STR(world.ctx.failure.target, world.request);
	SAYS(withdraw(world.request), "");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text("t") }), "");
	CHECK(strcmp(world.request, thing.granted) != 0);
	check_own(2, 0, 0, __LINE__);
	act_as_real("alice", 1, -1);
	check_own(2, 1, 1, __LINE__);
	CHECK_INT(count_revocable(), 1);
	SAYS(run_task(JOB), "");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text("t") }), "");
	CHECK_STR(world.request, thing.granted);
	SAYS(change_of(thing.pending), "");
	SAYS(stop_of(thing.run), "");
	SAYS(take_back(thing.grant), "");
	SAYS(withdraw(thing.pending), "");
	/* Whoever asserts the name is both. */
	act_as("alice");
	check_own(4, 1, 2, __LINE__);
	world_end();
}

/* As an approver the new alice has an approver's rights, and a requestor's in no case. */
static void
test_reused_name_of_approver(void)
{
	make_old_alice();
	SAYS(change_group("ops", "alice\n", NULL), "");
	act_as_real("alice", 4, 4);
	check_own(0, 0, 0, __LINE__);
	CHECK_INT(count_to_approve(), 0);
	SAYS(see_request_of(thing.pending), "");
	SAYS(approve(thing.pending), "SelfApproval");
	SAYS(withdraw(thing.pending), "NotRequestor");
	SAYS(change_of(thing.pending), "NotRequestor");
	SAYS(run_task(JOB), "ElevatedAccessRequired");
	SAYS(stop_of(thing.run), "");
	SAYS(take_back(thing.grant), "");
	world_end();
}

/* The limit on waiting requests is a person's too. */
static void
test_reused_name_limit(void)
{
	char map[32];

	world_begin("rights");
	world_populate();
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB) }), "");
	for (int i = 0; i <= PL_REQUESTS_PENDING_MAX; i++) {
		snprintf(map, sizeof(map), "n=%d\n", i);
		act_as_real("alice", 1, 1);
		SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .parameters = map }),
		    i < PL_REQUESTS_PENDING_MAX ? "" : "TooManyRequests");
	}
	act_as_real("alice", 4, 4);
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .parameters = map }), "");
	world_end();
}

/* What the uid of the database's owner gives under another name: nothing. */
static void
test_owner_asserting(void)
{
	world_begin("rights");
	world_populate();
	act_as("mallory");
	CHECK_INT(world.ctx.caller.uid, world.owner_uid);
	SAYS(configure(), NOT_ADMIN);
	SAYS(see_control(), NOT_AUDITOR);
	act_as_real(world.owner, 1, 1);
	SAYS(configure(), NOT_ADMIN);
	act_as("owner");
	SAYS(configure(), "");
	world_end();
}

static int
listed(const char *filter, bool mine)
{
	struct pl_request_filter options = { .mine = mine };
	int count = 0;

	world.ctx.list.filter = text(filter);
	SAYS(pl_request_list(&world.ctx, &options, count_row, &count), "");
	world.ctx.list.filter = NULL;
	return count;
}

static void
test_domain_persons(void)
{
	act_as("alice@EXAMPLE.ORG");
	SAYS(ask(JOB), "");
	act_as("alice");
	SAYS(ask(JOB), "RequestPending");
	SAYS(approve(world.request), "SelfApproval");
	act_as("alice@example.org");
	SAYS(approve(world.request), "SelfApproval");
	/* The member list said bob, and dave with the domain, before there was a domain. */
	act_as("bob@EXAMPLE.ORG");
	SAYS(approve(world.request), "");
	act_as("bob");
	SAYS(approve(world.request), "AlreadyApprovedByCaller");
	act_as("dave");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Approved");
	act_as("alice");
	CHECK_STR(why(JOB, NULL), "Authorization");
	SAYS(run_task(JOB), "");
	act_as("alice@EXAMPLE.ORG");
	SAYS(run_task(JOB), "");
	act_as("alice@OTHER.ORG");
	CHECK_STR(why(JOB, NULL), "NotAuthorized");
	SAYS(take_back(world.request), "AuthorizationNotFound");
}

static void
test_domain_listings(void)
{
	static const char *const forms[] = { "alice", "alice@EXAMPLE.ORG" };

	for (int i = 0; i < 2; i++) {
		act_as(forms[i]);
		CHECK_INT(listed(NULL, true), 1);
		act_as("owner");
		CHECK_INT(listed(i == 0 ? "RequestorUPN -eq 'alice'" : "RequestorUPN -eq 'alice@EXAMPLE.ORG'",
		    false), 1);
		CHECK_INT(listed(i == 0 ? "RequestorUPN -ne 'alice'" : "RequestorUPN -ne 'alice@EXAMPLE.ORG'",
		    false), 1);
	}
	CHECK_INT(listed("RequestorUPN -eq 'alice@OTHER.ORG'", false), 1);
	CHECK_INT(listed("RequestorUPN -eq 'ALICE@example.org'", false), 1);
	CHECK_INT(listed("RequestorUPN -like 'alice@EX*'", false), 1);
}

static void
test_domain(void)
{
	world_begin("rights");
	SAYS(make_group("ops", "alice\nbob\ndave@EXAMPLE.ORG\n"), "");
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "");
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .domain = text("EXAMPLE.ORG") }), "");
	make_job(JOB, 2);
	test_domain_persons();
	act_as("alice@OTHER.ORG");
	SAYS(ask(JOB), "");
	test_domain_listings();
	/* An exclusion by the long name holds for the short one, and is taken back by either. */
	act_as("owner");
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops"),
	    .system_accounts = text("sys@EXAMPLE.ORG\n") }), "");
	act_as("sys");
	CHECK_STR(why(JOB, NULL), "SystemAccount");
	/* Tokens and the member list know both forms as one. */
	act_as("bob");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text("t") }), "");
	act_as("bob@EXAMPLE.ORG");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .client_token = text("t") }), "");
	CHECK_INT(sql_int("SELECT count(*) FROM request WHERE client_token = 't'"), 1);
	SAYS(change_group("ops", "bob@EXAMPLE.ORG\n", NULL), "");
	CHECK_INT(sql_int("SELECT count(*) FROM group_member WHERE member LIKE 'bob%%'"), 1);
	SAYS(change_group("ops", NULL, "dave\n"), "");
	CHECK_INT(sql_int("SELECT count(*) FROM group_member WHERE member LIKE 'dave%%'"), 0);
	world_end();
}

/* What was written with the long name before there was a domain is the same person's afterwards. */
static void
test_domain_set_later(void)
{
	world_begin("rights");
	SAYS(make_group("ops", "alice\nbob\ndave\n"), "");
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "");
	make_job(JOB, 2);
	SAYS(change_group("ops", "bob@EXAMPLE.ORG\n", NULL), "");
	act_as("alice@EXAMPLE.ORG");
	SAYS(ask(JOB), "");
	act_as("bob@EXAMPLE.ORG");
	SAYS(approve(world.request), "");
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .domain = text("EXAMPLE.ORG") }), "");
	act_as("alice");
	SAYS(ask(JOB), "RequestPending");
	SAYS(approve(world.request), "SelfApproval");
	act_as("bob");
	SAYS(approve(world.request), "AlreadyApprovedByCaller");
	SAYS(change_group("ops", NULL, "bob@EXAMPLE.ORG\n"), "");
	SAYS(change_group("ops", "bob\n", NULL), "");
	act_as("dave");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Approved");
	act_as("alice");
	SAYS(run_task(JOB), "");
	world_end();
}

/* Who left the group before the quorum no longer counts; who comes back does. */
static void
test_membership_at_decision(void)
{
	world_begin("rights");
	world_populate();
	make_job(JOB, 2);
	act_as("alice");
	SAYS(ask(JOB), "");
	act_as("bob");
	SAYS(approve(world.request), "");
	SAYS(change_group("ops", "erin\n", "bob\n"), "");
	SAYS(approve(world.request), "RequestNotFound");
	act_as("dave");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Pending");
	act_as("erin");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Approved");
	CHECK_STR(sql_text("SELECT authorized_by FROM authorization"), "dave, erin");
	/* Who was let in later may decide what was asked before. */
	act_as("alice");
	SAYS(ask(JOB), "");
	act_as("fred");
	SAYS(approve(world.request), "RequestNotFound");
	SAYS(change_group("ops", "fred\n", NULL), "");
	SAYS(approve(world.request), "");
	world_end();
}

/* The members of a Unix group are those that the host names now; "daemon" is one on every Debian. */
static void
test_unix_group(void)
{
	struct pl_group_spec spec = { .name = text("unix"), .unix_group = text("daemon") };
	struct pl_group out;

	world_begin("rights");
	world_populate();
	SAYS(pl_group_create(&world.ctx, &spec, &out), "");
	pl_row_clear(&pl_group_noun, &out);
	spec.name = text("other");
	spec.unix_group = text("no-such-group");
	SAYS(pl_group_create(&world.ctx, &spec, &out), "UnixGroupNotFound");
	pl_row_clear(&pl_group_noun, &out);
	SAYS(make_task((struct pl_task_spec){ .name = text(JOB) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(JOB), .approver_group = text("unix") }), "");
	act_as("alice");
	SAYS(ask(JOB), "");
	act_as("bob");
	SAYS(approve(world.request), "RequestNotFound");
	act_as("daemon");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Approved");
	SAYS(see_group_of("unix"), "");
	world_end();
}

/* A policy of its own group is not decided by the default group, and one without by that alone. */
static void
test_default_group(void)
{
	world_begin("rights");
	world_populate();
	SAYS(make_group("others", "olga\n"), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text("Linux\\default") }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text("Linux\\own"), .approver_group = text("others") }), "");
	act_as("alice");
	SAYS(ask("Linux\\own"), "");
	act_as("bob");
	SAYS(approve(world.request), "RequestNotFound");
	act_as("olga");
	SAYS(approve(world.request), "");
	act_as("alice");
	SAYS(ask("Linux\\default"), "");
	act_as("olga");
	SAYS(approve(world.request), "RequestNotFound");
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .admin_group = text("others") }), "");
	act_as("bob");
	SAYS(approve(world.request), "RequestNotFound");
	act_as("olga");
	SAYS(approve(world.request), "");
	world_end();
}

int
main(void)
{
	test_table();
	test_hidden();
	test_real_identities();
	test_one_person_once();
	test_changer();
	test_reused_name();
	test_reused_name_of_approver();
	test_reused_name_limit();
	test_owner_asserting();
	test_domain();
	test_domain_set_later();
	test_membership_at_decision();
	test_unix_group();
	test_default_group();
	return unit_end();
}
