/* lifecycle_world.h - the world that lifecycle.c plays in: a database and the reference, side by side */
#ifndef PAMLITE_TESTS_FUZZ_LIFECYCLE_WORLD_H
#define PAMLITE_TESTS_FUZZ_LIFECYCLE_WORLD_H

#include <uuid/uuid.h>

#include "store/internal.h"

#include "../unit/model_world.h"

#include "fuzz.h"
#include "image.h"
#include "reference.h"

static const char *const accesses[ACCESSES] = { JOB, "Linux\\unit", "Exchange\\move", "Linux\\crew" };
static const char *const group_names[GROUPS] = { "ops", "crew" };
static const char *const names[NAMES] = { "owner", "alice", "bob", "carol", "dave" };
static const char *const state_texts[] = { "Pending", "Approved", "Denied", "Expired", "Canceled" };

static struct {
	struct image image;
	pid_t pid;                                   /* of the process that has made it */
	sqlite3_stmt *requests, *runs, *last;
	uint64_t random;
} play;

/* The identities of what the reference has by its numbers. */
static struct {
	char request[PL_ID_LEN + 1], grant[PL_ID_LEN + 1], run[PL_ID_LEN + 1];
} known[REQUESTS_MAX];

/* What the step under way has done and still has to be seen. */
static struct {
	const char *text;                            /* as it was given */
	int len;
	struct person who;
	int64_t records;                             /* how many there must be, but for those of expiries */
	const char *operation, *result;              /* of the last record; NULL = of no interest */
	int met;                                     /* a request that must not be left Pending if it has expired */
} step;

__attribute__((format(printf, 2, 3))) static void
expect(bool cond, const char *fmt, ...)
{
	va_list ap;

	if (cond)
		return;
	va_start(ap, fmt);
	fprintf(stderr, "lifecycle: step %.*s: not so: ", step.len, step.text);
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n  last failure: %s %s\n", pl_error_def(world.ctx.failure.error)->id,
	    world.ctx.failure.message);
	va_end(ap);
	abort();
}

/* In the place of libuuid's, so that an input does the same each time: which of two grants is found first, for one. */
void
uuid_generate_random(uuid_t out)
{
	for (int i = 0; i < 16; i++) {
		play.random = play.random * UINT64_C(1103515245) % (UINT64_C(1) << 31) + 12345;
		out[i] = (unsigned char)(play.random >> 16 & 0xff);
	}
	out[6] = (unsigned char)((out[6] & 0x0f) | 0x40);
	out[8] = (unsigned char)((out[8] & 0x3f) | 0x80);
}

static uint32_t
uid_of(int uid)
{
	return uid == NOBODY ? PL_LOGIN_UNSET : uid == 0 ? world.owner_uid : world.owner_uid + 50000 + (uint32_t)uid;
}

static void
act(struct person who)
{
	struct pl_caller *c = &world.ctx.caller;

	snprintf(c->name, sizeof(c->name), "%s", names[who.name]);
	snprintf(c->account, sizeof(c->account), "%s", names[0]);
	c->asserted = false;
	c->uid = uid_of(who.uid);
	c->login_uid = uid_of(who.login);
	c->pid = getpid();
}

static void
set_clocks(void)
{
	struct pl_clock *c = &world.ctx.clock;

	c->now = ref.now;
	c->boot_time_ms = ref.boot_ms;
	snprintf(c->boot_id, sizeof(c->boot_id), "%08u-1111-4111-8111-111111111111",
	    (unsigned)ref.boot % 100000000);
}

static struct pl_task_spec
task_spec(int task, int definition)
{
	bool unit = definition == WITH_UNIT;

	return (struct pl_task_spec){ .name = text(accesses[task]), .path = text(definition == OTHER ? "/bin/false"
	    : "/bin/true"), .parameters = text(unit ? "unit=word\n" : ""), .arguments = text(unit ? "{unit}\n" : "") };
}

/* One task that one approver grants, one with a word that two grant for one use, a third that nobody has registered. */
static void
make_world(void)
{
	world_begin("lifecycle");
	snprintf(world.owner, sizeof(world.owner), "%s", names[0]);
	act((struct person){ 0, 0, NOBODY });
	SAYS(make_group("ops", "bob\ndave\n"), "");
	SAYS(make_group("crew", "carol\n"), "");
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "");
	SAYS(make_task(task_spec(0, PLAIN)), "");
	SAYS(make_task(task_spec(1, WITH_UNIT)), "");
	SAYS(make_task((struct pl_task_spec){ .name = text(accesses[ROLE]), .type = text("Role"),
	    .members = text("Linux\\job\nLinux\\unit\n") }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(accesses[0]) }), "");
	SAYS(make_policy((struct pl_policy_spec){ .task = text(accesses[1]), .min_approvals = 2, .max_uses = 1 }), "");
	expect(unit_failed == 0 && image_keep(&play.image, world.path), "the world is made");
}

static void
make_reference(void)
{
	memset(&ref, 0, sizeof(ref));
	ref.now = T0;
	ref.boot_ms = BOOT0_MS;
	ref.enabled = true;
	ref.management = ref.audit = NOBODY;
	ref.lifetime = 24 * HOUR;
	ref.duration = 4 * HOUR;
	ref.member[OPS][2] = ref.member[OPS][4] = ref.member[CREW][3] = true;
	ref.definition[0] = PLAIN;
	ref.definition[1] = WITH_UNIT;
	ref.policy[0] = (struct policy){ .there = true, .bind = true, .serial = ++ref.policies, .group = NOBODY,
		.eligible = NOBODY, .needed = 1 };
	ref.policy[1] = (struct policy){ .there = true, .bind = true, .serial = ++ref.policies, .group = NOBODY,
		.eligible = NOBODY, .needed = 2, .max_uses = 1 };
}

static sqlite3_stmt *
prepare(const char *sql)
{
	sqlite3_stmt *stmt = NULL;

	expect(sqlite3_prepare_v2(world.ctx.store->db, sql, -1, &stmt, NULL) == SQLITE_OK, "%s", sql);
	return stmt;
}

/* Once a process: another one must not use the connection of its parent. */
static void
begin_world(void)
{
	if (play.pid != getpid()) {
		play.pid = getpid();
		make_world();
		expect(sqlite3_exec(world.ctx.store->db, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF", NULL,
		    NULL, NULL) == SQLITE_OK, "nothing is kept for a crash");
		play.requests = prepare("SELECT r.id, r.state, r.revision, r.duration_s,"
		    " coalesce(r.requestor_login_uid, 4294967295),"
		    " (SELECT count(*) FROM decision d WHERE d.request_id = r.id), a.id, a.start_at, a.end_at,"
		    " a.use_count, a.revoked_at IS NOT NULL, a.bound"
		    " FROM request r LEFT JOIN authorization a ON a.request_id = r.id ORDER BY r.rowid");
		play.runs = prepare("SELECT e.id, e.ended_at IS NOT NULL, e.stop_at IS NOT NULL, (SELECT r.rowid"
		    " FROM authorization a JOIN request r ON r.id = a.request_id WHERE a.id = e.authorization_id)"
		    " FROM execution e ORDER BY e.rowid");
		play.last = prepare("SELECT sequence, operation, result, user FROM audit ORDER BY sequence DESC"
		    " LIMIT 1");
	}
	play.random = 1;
	memset(known, 0, sizeof(known));
	expect(image_restore(&play.image), "the world begins anew");
	make_reference();
	set_clocks();
}

static const char *
column(sqlite3_stmt *stmt, int i)
{
	const char *value = (const char *)sqlite3_column_text(stmt, i);

	return value != NULL ? value : "";
}

/* What nobody has written down yet may be written by any step that meets it: then it stays. */
static void
compare_state(struct request *r, int i, const char *stored)
{
	if (strcmp(stored, "Expired") == 0 && r->state == PENDING && r->expires <= ref.now) {
		r->state = EXPIRED;
		step.records++;
	}
	expect(strcmp(stored, state_texts[r->state]) == 0, "request %d is %s, not %s", i, state_texts[r->state],
	    stored);
	expect(step.met != i || state_of(r) == r->state, "request %d has met its expiry", i);
}

static void
compare_request(int i)
{
	struct request *r = &ref.request[i];
	sqlite3_stmt *q = play.requests;

	if (known[i].request[0] == '\0')
		snprintf(known[i].request, sizeof(known[i].request), "%s", column(q, 0));
	expect(strcmp(known[i].request, column(q, 0)) == 0, "request %d keeps its identity", i);
	compare_state(r, i, column(q, 1));
	expect(sqlite3_column_int(q, 2) == r->revision, "request %d has revision %d", i, r->revision);
	expect(sqlite3_column_int64(q, 3) == r->duration, "request %d is for %lld s", i, (long long)r->duration);
	expect(sqlite3_column_int64(q, 4) == uid_of(r->by.login), "request %d has login %d", i, r->by.login);
	expect(sqlite3_column_int(q, 5) == r->deciders, "request %d has %d deciders", i, r->deciders);
	expect((column(q, 6)[0] != '\0') == r->granted, "request %d is granted: %d", i, r->granted);
	if (!r->granted)
		return;
	snprintf(known[i].grant, sizeof(known[i].grant), "%s", column(q, 6));
	expect(sqlite3_column_int64(q, 7) == r->from && sqlite3_column_int64(q, 8) == r->until,
	    "the grant of request %d is from %lld to %lld", i, (long long)r->from, (long long)r->until);
	expect(sqlite3_column_int(q, 9) == r->uses && (r->max_uses == 0 || r->uses <= r->max_uses),
	    "the grant of request %d was used %d times", i, r->uses);
	expect(sqlite3_column_int(q, 10) == r->revoked, "the grant of request %d is revoked: %d", i, r->revoked);
	expect(sqlite3_column_int(q, 11) == r->bound, "the grant of request %d is bound: %d", i, r->bound);
}

static void
compare_run(int i)
{
	const struct run *r = &ref.run[i];
	sqlite3_stmt *q = play.runs;

	snprintf(known[i].run, sizeof(known[i].run), "%s", column(q, 0));
	expect(sqlite3_column_int(q, 1) == (r->ended != 0), "run %d has ended: %d", i, r->ended);
	expect(sqlite3_column_int(q, 2) == r->stopped, "run %d is to stop: %d", i, r->stopped);
	expect(sqlite3_column_int(q, 3) - 1 == r->request, "run %d is under request %d", i, r->request);
}

static void
compare_rows(sqlite3_stmt *stmt, int count, void each(int i), const char *what)
{
	int i = 0;

	for (; sqlite3_step(stmt) == SQLITE_ROW; i++) {
		expect(i < count, "there are no more than %d %s", count, what);
		each(i);
	}
	expect(i == count && sqlite3_reset(stmt) == SQLITE_OK, "there are %d %s, not %d", count, what, i);
}

/* Everything that is stored, and how many records there are of it. */
static void
compare_world(void)
{
	compare_rows(play.requests, ref.requests, compare_request, "requests");
	compare_rows(play.runs, ref.runs, compare_run, "runs");
	expect(sqlite3_step(play.last) == SQLITE_ROW, "there is a record");
	expect(sqlite3_column_int64(play.last, 0) == step.records, "there are %lld records, not %lld",
	    (long long)step.records, (long long)sqlite3_column_int64(play.last, 0));
	expect(step.operation == NULL || (strcmp(column(play.last, 1), step.operation) == 0 &&
	    strcmp(column(play.last, 2), step.result) == 0 &&
	    strcmp(column(play.last, 3), names[step.who.name]) == 0),
	    "the last record is %s %s of %s, not %s %s of %s", step.operation, step.result, names[step.who.name],
	    column(play.last, 1), column(play.last, 2), column(play.last, 3));
	sqlite3_reset(play.last);
}

#endif
