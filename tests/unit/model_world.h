/* model_world.h - a small world for tests of the model: a database, a clock, and people who act one at a time */
#ifndef PAMLITE_TESTS_MODEL_WORLD_H
#define PAMLITE_TESTS_MODEL_WORLD_H

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "pamlite/access.h"
#include "pamlite/audit.h"
#include "pamlite/audit_check.h"
#include "pamlite/control.h"
#include "pamlite/execution.h"
#include "pamlite/group.h"
#include "pamlite/list.h"
#include "pamlite/policy.h"
#include "pamlite/request.h"
#include "pamlite/store.h"
#include "pamlite/system_account.h"
#include "pamlite/task.h"

#include "unit.h"

#define T0 INT64_C(1790000000)          /* when every world begins */
#define BOOT0_MS INT64_C(5000000)
#define JOB "Linux\\job"
#define HOUR PL_HOUR_S

static struct {
	struct pl_ctx ctx;
	char dir[2048], path[4096];
	sqlite3 *raw;                        /* beside the library: to look and to tamper; closed by default */
	char owner[PL_ACCOUNT_MAX + 1];
	uid_t owner_uid;
	char request[PL_ID_LEN + 1], grant[PL_ID_LEN + 1], policy[PL_ID_LEN + 1], run[PL_ID_LEN + 1];
	char state[16], why[32];             /* of the last request; of the last access test */
} world;

/* Members of specs are char *, and the model changes none of them. */
static inline char *
text(const char *s)
{
	union { const char *in; char *out; } u = { s };

	return u.out;
}

/* Did a call end so? `id` is the error's id, "" for success. */
#define SAYS(call, id) world_says((call), (id), __FILE__, __LINE__, #call)

static inline void
world_says(enum pl_status st, const char *id, const char *file, int line, const char *what)
{
	const struct pl_failure *f = &world.ctx.failure;
	const char *got = st == PL_OK ? "" : st == PL_FALSE ? "False" : pl_error_def(f->error)->id;

	if (strcmp(got, id) == 0 && (st == PL_OK || st == PL_FALSE ||
	    (st == f->status && st == pl_error_def(f->error)->status && f->message[0] != '\0'))) {
		unit_passed++;
		return;
	}
	unit_failed++;
	printf("%s:%d: %s\n  is       %d %s: %s\n  expected %s\n", file, line, what, (int)st, got, f->message,
	    id[0] != '\0' ? id : "success");
}

/* The clock of both kinds, in seconds since the beginning of the world. */
static inline void
set_time(int64_t s)
{
	world.ctx.clock.now = T0 + s;
	world.ctx.clock.boot_time_ms = BOOT0_MS + s * 1000;
}

/* An asserted name is the whole identity; "owner" is the owner of the database under his own name. */
static inline void
act_as(const char *name)
{
	struct pl_caller *c = &world.ctx.caller;

	c->asserted = strcmp(name, "owner") != 0;
	c->uid = world.owner_uid;
	c->login_uid = PL_LOGIN_UNSET;
	snprintf(c->name, sizeof(c->name), "%s", c->asserted ? name : world.owner);
}

/* A name with the kernel's uid and audit's login uid; uids are counted from one that owns nothing. */
static inline void
act_as_real(const char *name, int uid, int login_uid)
{
	struct pl_caller *c = &world.ctx.caller;

	snprintf(c->name, sizeof(c->name), "%s", name);
	c->asserted = false;
	c->uid = world.owner_uid + 50000 + (uid_t)uid;
	c->login_uid = login_uid < 0 ? PL_LOGIN_UNSET : (uint32_t)(world.owner_uid + 50000 + (uid_t)login_uid);
}

/* SQL beside the library. */
static inline sqlite3 *
world_raw(void)
{
	if (world.raw == NULL && sqlite3_open_v2(world.path, &world.raw, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		sqlite3_busy_timeout(world.raw, 5000);
	return world.raw;
}

static inline void
world_raw_close(void)
{
	sqlite3_close(world.raw);
	world.raw = NULL;
}

__attribute__((format(printf, 1, 2))) static inline const char *
sql_text(const char *fmt, ...)
{
	static char out[4][16384];
	static int turn;
	char sql[4096], *to = out[turn++ % 4];
	sqlite3_stmt *stmt = NULL;
	const char *value;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	to[0] = '\0';
	if (sqlite3_prepare_v2(world_raw(), sql, -1, &stmt, NULL) != SQLITE_OK) {
		printf("%s: %s\n", sql, sqlite3_errmsg(world_raw()));
		unit_failed++;
	} else if (sqlite3_step(stmt) == SQLITE_ROW && (value = (const char *)sqlite3_column_text(stmt, 0)) != NULL)
		snprintf(to, sizeof(out[0]), "%s", value);
	sqlite3_finalize(stmt);
	return to;
}

#define sql_int(...) strtoll(sql_text(__VA_ARGS__), NULL, 10)

/* Returns SQLite's result, so that a refusal can be expected. */
__attribute__((format(printf, 1, 2))) static inline int
sql_run(const char *fmt, ...)
{
	char sql[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	return sqlite3_exec(world_raw(), sql, NULL, NULL, NULL);
}

static inline void
digest_rows(struct pl_digest *d, sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		for (int c = 0; c < sqlite3_column_count(stmt); c++) {
			const char *value = (const char *)sqlite3_column_text(stmt, c);

			pl_digest_text(d, value != NULL ? value : "(null)");
			pl_digest_add(d, "|", 1);
		}
	sqlite3_finalize(stmt);
}

/* Take the triggers away, tamper, put them back word for word: who can write the file can do that. */
static inline void
tamper(const char *sql)
{
	static const char *const names[] = { "audit_no_update", "audit_no_delete" };
	char kept[2][1024];

	for (int i = 0; i < 2; i++) {
		snprintf(kept[i], sizeof(kept[i]), "%s",
		    sql_text("SELECT sql FROM sqlite_schema WHERE name = '%s'", names[i]));
		CHECK_INT(sql_run("DROP TRIGGER %s", names[i]), SQLITE_OK);
	}
	if (sqlite3_exec(world_raw(), sql, NULL, NULL, NULL) != SQLITE_OK) {
		printf("%s: %s\n", sql, sqlite3_errmsg(world_raw()));
		unit_failed++;
	}
	for (int i = 0; i < 2; i++)
		CHECK_INT(sql_run("%s", kept[i]), SQLITE_OK);
}

/* What is stored beside the audit log, as one digest: "nothing changed" is one comparison. */
static inline const char *
world_digest(void)
{
	static const char *const tables[] = { "approver_group", "group_member", "control", "system_account", "task",
	    "task_member", "policy", "request", "decision", "authorization", "execution" };
	static char out[2][PL_DIGEST_LEN + 1];
	static int turn;
	struct pl_digest d;
	char sql[64];

	pl_digest_start(&d);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY 1, 2", tables[i]);
		digest_rows(&d, world_raw(), sql);
	}
	pl_digest_end(&d, out[turn ^= 1]);
	return out[turn];
}

static inline void
world_open_database(void)
{
	if (pl_store_open(&world.ctx, world.path, true) != PL_OK) {
		printf("%s\n", world.ctx.failure.message);
		exit(1);
	}
}

static inline void
world_begin(const char *name)
{
	const char *tmp = getenv("TMPDIR");

	memset(&world, 0, sizeof(world));
	snprintf(world.dir, sizeof(world.dir), "%s/%s.XXXXXX", tmp != NULL ? tmp : ".", name);
	if (mkdtemp(world.dir) == NULL || chmod(world.dir, 0700) != 0) {
		perror(world.dir);
		exit(1);
	}
	snprintf(world.path, sizeof(world.path), "%s/t.db", world.dir);
	pl_ctx_init(&world.ctx);
	CHECK_INT(pl_caller_read(&world.ctx, &world.ctx.caller), PL_OK);
	world.owner_uid = world.ctx.caller.uid;
	snprintf(world.owner, sizeof(world.owner), "%s", world.ctx.caller.account);
	world.ctx.clock_fixed = true;
	snprintf(world.ctx.clock.boot_id, sizeof(world.ctx.clock.boot_id), "11111111-1111-4111-8111-111111111111");
	set_time(0);
	act_as("owner");
	world_open_database();
}

static inline void
world_end(void)
{
	char path[4096];
	struct dirent *e;
	DIR *dir;

	pl_store_close(&world.ctx);
	pl_ctx_clear(&world.ctx);
	world_raw_close();
	dir = opendir(world.dir);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (strlen(e->d_name) > 255 || snprintf(path, sizeof(path), "%s/%s", world.dir, e->d_name) < 0)
			continue;
		if (unlink(path) != 0)
			(void)rmdir(path);
	}
	if (dir != NULL)
		closedir(dir);
	CHECK_INT(rmdir(world.dir), 0);
}

/* Configuration, always by the owner; the actor before acts on. */
static inline enum pl_status
make_group(const char *name, const char *members)
{
	struct pl_group_spec spec = { .name = text(name), .members = text(members) };
	struct pl_caller before = world.ctx.caller;
	struct pl_group out;
	enum pl_status st;

	act_as("owner");
	st = pl_group_create(&world.ctx, &spec, &out);
	pl_row_clear(&pl_group_noun, &out);
	world.ctx.caller = before;
	return st;
}

static inline enum pl_status
change_group(const char *name, const char *add, const char *gone)
{
	struct pl_group_spec spec = { .identity = text(name), .add_members = text(add), .remove_members = text(gone) };
	struct pl_caller before = world.ctx.caller;
	struct pl_group out;
	enum pl_status st;

	act_as("owner");
	st = pl_group_change(&world.ctx, &spec, &out);
	pl_row_clear(&pl_group_noun, &out);
	world.ctx.caller = before;
	return st;
}

static inline enum pl_status
make_task(struct pl_task_spec spec)
{
	struct pl_caller before = world.ctx.caller;
	struct pl_task out;
	enum pl_status st;

	act_as("owner");
	if (spec.path == NULL && spec.members == NULL)
		spec.path = text("/bin/true");
	st = pl_task_register(&world.ctx, &spec, &out);
	pl_row_clear(&pl_task_noun, &out);
	world.ctx.caller = before;
	return st;
}

static inline enum pl_status
change_task(struct pl_task_spec spec)
{
	struct pl_caller before = world.ctx.caller;
	struct pl_task out;
	enum pl_status st;

	act_as("owner");
	st = pl_task_change(&world.ctx, &spec, &out);
	pl_row_clear(&pl_task_noun, &out);
	world.ctx.caller = before;
	return st;
}

/* A policy, Manual unless it says something else; its id is kept. */
static inline enum pl_status
make_policy(struct pl_policy_spec spec)
{
	struct pl_caller before = world.ctx.caller;
	struct pl_policy out;
	enum pl_status st;

	act_as("owner");
	if (spec.approval_type == NULL)
		spec.approval_type = text("Manual");
	st = pl_policy_create(&world.ctx, &spec, &out);
	if (st == PL_OK)
		snprintf(world.policy, sizeof(world.policy), "%s", out.identity);
	pl_row_clear(&pl_policy_noun, &out);
	world.ctx.caller = before;
	return st;
}

static inline enum pl_status
change_policy(struct pl_policy_spec spec)
{
	struct pl_caller before = world.ctx.caller;
	struct pl_policy out;
	enum pl_status st;

	act_as("owner");
	st = pl_policy_change(&world.ctx, &spec, &out);
	pl_row_clear(&pl_policy_noun, &out);
	world.ctx.caller = before;
	return st;
}

static inline enum pl_status
remove_policy(const char *identity)
{
	struct pl_policy_spec spec = { .identity = text(identity) };
	struct pl_caller before = world.ctx.caller;
	struct pl_policy removed;
	enum pl_status st;

	act_as("owner");
	st = pl_policy_remove(&world.ctx, &spec, &removed);
	pl_row_clear(&pl_policy_noun, &removed);
	world.ctx.caller = before;
	return st;
}

typedef enum pl_status control_fn(struct pl_ctx *, const struct pl_control_spec *, struct pl_control *);

static inline enum pl_status
set_control(control_fn *how, struct pl_control_spec spec)
{
	struct pl_caller before = world.ctx.caller;
	struct pl_control out;
	enum pl_status st;

	act_as("owner");
	st = how(&world.ctx, &spec, &out);
	pl_row_clear(&pl_control_noun, &out);
	world.ctx.caller = before;
	return st;
}

/* Group ops with bob and dave, the control enabled. */
static inline void
world_populate(void)
{
	SAYS(make_group("ops", "bob\ndave\n"), "");
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "");
}

/* A task with a Manual policy of group ops, which needs that many approvals. */
static inline void
make_job(const char *name, int approvals)
{
	SAYS(make_task((struct pl_task_spec){ .name = text(name) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(name), .approver_group = text("ops"),
	    .min_approvals = approvals }), "");
}

/* What people do. Ids and states of the outcome are kept in the world. */
static inline void
keep_request(const struct pl_request *r)
{
	if (r->identity != NULL)
		snprintf(world.request, sizeof(world.request), "%s", r->identity);
	snprintf(world.state, sizeof(world.state), "%s", r->state != NULL ? r->state : "");
	if (r->authorization != NULL)
		snprintf(world.grant, sizeof(world.grant), "%s", r->authorization);
}

static inline enum pl_status
ask_with(struct pl_request_spec spec)
{
	struct pl_request out;
	enum pl_status st;

	if (spec.reason == NULL)
		spec.reason = text("because");
	st = pl_request_submit(&world.ctx, &spec, &out);
	if (st == PL_OK)
		keep_request(&out);
	pl_row_clear(&pl_request_noun, &out);
	return st;
}

static inline enum pl_status
ask(const char *task)
{
	return ask_with((struct pl_request_spec){ .task = text(task) });
}

static inline enum pl_status
approve_version(const char *id, const char *version)
{
	struct pl_decision_spec spec = { .request = text(id), .comment = text("ok"), .version = text(version) };
	struct pl_authorization grant;
	struct pl_request out;
	enum pl_status st;
	bool granted;

	st = pl_request_approve(&world.ctx, &spec, &out, &grant, &granted);
	/* The grant if this completed the request, else the request. */
	CHECK_INT(granted, grant.identity != NULL);
	if (st == PL_OK && granted) {
		snprintf(world.request, sizeof(world.request), "%s", grant.request);
		snprintf(world.grant, sizeof(world.grant), "%s", grant.identity);
		snprintf(world.state, sizeof(world.state), "Approved");
	} else if (st == PL_OK)
		keep_request(&out);
	pl_row_clear(&pl_request_noun, &out);
	pl_row_clear(&pl_authorization_noun, &grant);
	return st;
}

static inline enum pl_status
approve(const char *id)
{
	return approve_version(id, NULL);
}

static inline enum pl_status
deny(const char *id)
{
	struct pl_decision_spec spec = { .request = text(id), .comment = text("no") };
	struct pl_request out;
	enum pl_status st = pl_request_deny(&world.ctx, &spec, &out);

	if (st == PL_OK)
		keep_request(&out);
	pl_row_clear(&pl_request_noun, &out);
	return st;
}

static inline enum pl_status
withdraw(const char *id)
{
	struct pl_withdrawal_spec spec = { .request = text(id) };
	struct pl_request out;
	enum pl_status st = pl_request_withdraw(&world.ctx, &spec, &out);

	if (st == PL_OK)
		keep_request(&out);
	pl_row_clear(&pl_request_noun, &out);
	return st;
}

static inline enum pl_status
change_request(struct pl_request_change spec)
{
	struct pl_request out;
	enum pl_status st = pl_request_change(&world.ctx, &spec, &out);

	if (st == PL_OK)
		keep_request(&out);
	pl_row_clear(&pl_request_noun, &out);
	return st;
}

static inline enum pl_status
take_back(const char *id)
{
	struct pl_revocation_spec spec = { .request = text(id), .comment = text("over") };
	struct pl_authorization out;
	enum pl_status st = pl_authorization_revoke(&world.ctx, &spec, &out);

	pl_row_clear(&pl_authorization_noun, &out);
	return st;
}

/* Would it run? Why is kept; with `use` it counts. */
static inline enum pl_status
test_access(const char *task, const char *parameters, bool use)
{
	struct pl_access_test_spec spec = { .task = text(task), .parameters = text(parameters), .use = use };
	struct pl_access_test out;
	enum pl_status st = pl_access_test(&world.ctx, &spec, &out);

	snprintf(world.why, sizeof(world.why), "%s", out.why != NULL ? out.why : "");
	snprintf(world.grant, sizeof(world.grant), "%s", out.authorization != NULL ? out.authorization : "");
	pl_row_clear(&pl_access_test_noun, &out);
	return st;
}

static inline const char *
why(const char *task, const char *parameters)
{
	(void)test_access(task, parameters, false);
	return world.why;
}

/* A run up to its start record. */
static inline enum pl_status
start_run(struct pl_access_ask what)
{
	struct pl_execution_plan plan;
	enum pl_status st;

	st = pl_execution_prepare(&world.ctx, &what, &plan);
	if (st == PL_OK)
		st = pl_execution_start(&world.ctx, &what, &plan);
	if (st == PL_OK)
		snprintf(world.run, sizeof(world.run), "%s", plan.id);
	pl_execution_plan_clear(&plan);
	return st;
}

static inline enum pl_status
run_task(const char *task)
{
	return start_run((struct pl_access_ask){ .task = text(task) });
}

/* alice asks for `task` and bob approves. */
static inline void
grant_to_alice(struct pl_request_spec spec)
{
	act_as("alice");
	SAYS(ask_with(spec), "");
	act_as("bob");
	SAYS(approve(world.request), "");
	CHECK_STR(world.state, "Approved");
	act_as("alice");
}

static inline enum pl_status
count_row(void *arg, const void *row)
{
	(void)row;
	++*(int *)arg;
	return PL_OK;
}

static inline int64_t
audit_count(void)
{
	return sql_int("SELECT count(*) FROM audit");
}

/* A column of the newest audit record, or "$.Key" of its line. */
static inline const char *
audit_last(const char *what)
{
	return sql_text(what[0] == '$' ? "SELECT json_extract(data, '%s') FROM audit ORDER BY sequence DESC LIMIT 1"
	    : "SELECT %s FROM audit ORDER BY sequence DESC LIMIT 1", what);
}

/* Is the chain whole, and if not, where does it break? */
static inline int64_t
first_bad_record(void)
{
	struct pl_caller before = world.ctx.caller;
	struct pl_audit_check check;
	int64_t at;

	act_as("owner");
	SAYS(pl_audit_verify(&world.ctx, 0, &check), "");
	at = check.valid ? 0 : check.first_bad_sequence;
	CHECK(check.valid == (check.detail == NULL));
	pl_row_clear(&pl_audit_check_noun, &check);
	world.ctx.caller = before;
	return at;
}

#endif
