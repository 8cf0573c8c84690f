/* fill_history.c - a year of requests, with everything that becomes of them */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pamlite/chain.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"

#include "fill.h"

enum { YEAR_S = 365 * PL_DAY_S, LASTS_S = 4 * PL_HOUR_S, NEEDLE_EACH = 1000 };

/* One request, and what became of it; all at times that follow from `at`. */
struct story {
	long number;
	int64_t at;
	const char *policy;
	char access[48], user[32];
	int64_t uid;
	char request[PL_ID_LEN + 1], grant[PL_ID_LEN + 1], run[PL_ID_LEN + 1], message[PL_ID_LEN + 1],
	    notification[PL_ID_LEN + 1];
	const char *reason;
};

/* The same file for the same numbers: identities that are spread like random ones, but are none. */
static void
make_id(uint64_t n, char out[PL_ID_LEN + 1])
{
	uint64_t a = n * UINT64_C(0x9e3779b97f4a7c15), b;

	a = (a ^ (a >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	a = (a ^ (a >> 27)) * UINT64_C(0x94d049bb133111eb);
	b = (a ^ (a >> 31)) * UINT64_C(0x9e3779b97f4a7c15) + n;
	snprintf(out, PL_ID_LEN + 1, "%08x-%04x-4%03x-8%03x-%012" PRIx64, (unsigned)(a >> 32),
	    (unsigned)(a >> 16) & 0xffff, (unsigned)a & 0xfff, (unsigned)(b >> 48) & 0xfff,
	    b & UINT64_C(0xffffffffffff));
}

static void
tell(const struct fill *f, long number, struct story *s)
{
	int64_t from = (int64_t)time(NULL) - PL_DAY_S - YEAR_S;
	uint64_t n = (uint64_t)number * 5;

	s->number = number;
	s->at = from + YEAR_S / f->requests * number;
	s->policy = f->policy_ids[number % f->policies];
	snprintf(s->access, sizeof(s->access), "Bench\\job-%ld", number % f->policies);
	snprintf(s->user, sizeof(s->user), "user%ld", number % FILL_USERS);
	s->uid = FILL_FIRST_UID + number % FILL_USERS;
	s->reason = number % NEEDLE_EACH == 0 ? "needle" : "restart after the change of certificates, ticket 4711";
	make_id(n, s->request);
	make_id(n + 1, s->grant);
	make_id(n + 2, s->run);
	make_id(n + 3, s->message);
	make_id(n + 4, s->notification);
}

/* Every statement takes of these what it names. */
static enum pl_status
insert(struct pl_ctx *ctx, const struct story *s, const char *sql)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, sql);
	pl_stmt_offer_text(&q, ":request", s->request);
	pl_stmt_offer_text(&q, ":grant", s->grant);
	pl_stmt_offer_text(&q, ":run", s->run);
	pl_stmt_offer_text(&q, ":message", s->message);
	pl_stmt_offer_text(&q, ":notification", s->notification);
	pl_stmt_offer_text(&q, ":user", s->user);
	pl_stmt_offer_int(&q, ":uid", s->uid);
	pl_stmt_offer_text(&q, ":access", s->access);
	pl_stmt_offer_text(&q, ":policy", s->policy);
	pl_stmt_offer_text(&q, ":reason", s->reason);
	pl_stmt_offer_int(&q, ":at", s->at);
	pl_stmt_offer_int(&q, ":lasts", LASTS_S);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static enum pl_status
insert_rows(struct pl_ctx *ctx, const struct story *s)
{
	static const char *const sql[] = {
		"INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason,"
		" duration_s, created_at, updated_at, expires_at, decided_at, approver_group) SELECT :request, :user,"
		" :uid, 0, 'Task', :access, :policy, 'Approved', :reason, :lasts, :at, :at + 60, :at + 86400, :at + 60,"
		" approver_group FROM policy WHERE id = :policy",
		"INSERT INTO decision (request_id, principal, uid, asserted, verdict, comment, decided_at)"
		" VALUES (:request, 'bob', 1001, 0, 'Approved', 'ok', :at + 60)",
		"INSERT INTO authorization (id, request_id, policy_id, holder, holder_uid, asserted, type, access,"
		" parameters, bound, authorized_by, start_at, end_at, granted_at, boot_id, boot_end_ms, use_count,"
		" last_used_at, created_at, updated_at) VALUES (:grant, :request, :policy, :user, :uid, 0, 'Task',"
		" :access, '', 1, 'bob', :at + 60, :at + 60 + :lasts, :at + 60, 'a boot', 1, 1, :at + 90, :at + 60,"
		" :at + 90)",
		"INSERT INTO execution (id, task, user, uid, asserted, run_as, command_line, authorization_id,"
		" started_at, ended_at, exit_status, end_reason, pid, boot_id) VALUES (:run, :access, :user, :uid, 0,"
		" 'root',"
		" '/usr/bin/systemctl' || char(10) || 'restart' || char(10) || 'nginx.service' || char(10), :grant,"
		" :at + 90, :at + 92, 0, 'Exited', 4711, 'a boot')",
		"INSERT INTO message (id, kind, request_id, mail_id, subject, body, event, created_at) VALUES"
		" (:message,"
		" 'Approved', :request, :message || '@host', 'Approved: ' || :access, 'bob has approved what you"
		" asked for' || char(10) || :access || char(10) || :reason || char(10) || 'to run it:"
		" invoke-elevated-access-task ' || :access, '{\"Kind\":\"Approved\",\"RequestIdentity\":\"' || :request"
		" || '\"}', :at + 60)",
		"INSERT INTO notification (id, message_id, channel, recipient, state, attempts, created_at, sent_at)"
		" VALUES (:notification, :message, 'Mail', :user, 'Sent', 1, :at + 60, :at + 61)",
	};
	enum pl_status st = PL_OK;

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]) && st == PL_OK; i++)
		st = insert(ctx, s, sql[i]);
	return st;
}

static void
act_as(struct pl_ctx *ctx, const char *name, int64_t uid, int64_t at)
{
	ctx->clock.boot_time_ms += (at - ctx->clock.now) * 1000;
	ctx->clock.now = at;
	snprintf(ctx->caller.name, sizeof(ctx->caller.name), "%s", name);
	ctx->caller.uid = (uid_t)uid;
}

static void
record_request(struct pl_record *r, const struct story *s)
{
	pl_record_text(r, "RequestorUPN", s->user);
	pl_record_text(r, "RequestedAccess", s->access);
	pl_record_text(r, "Reason", s->reason);
	pl_record_text(r, "PolicyIdentity", s->policy);
	pl_record_hours(r, "DurationHours", LASTS_S);
}

static enum pl_status
append(struct pl_ctx *ctx, struct pl_record *r)
{
	enum pl_status st = pl_audit_append(ctx, r);

	pl_record_clear(r);
	return st;
}

static enum pl_status
record_approval(struct pl_ctx *ctx, const struct story *s)
{
	struct pl_record r;
	enum pl_status st;

	act_as(ctx, s->user, s->uid, s->at);
	pl_record_init(&r, "New-ElevatedAccessRequest", PL_RECORD_REQUEST, s->request);
	record_request(&r, s);
	st = append(ctx, &r);
	if (st != PL_OK)
		return st;
	act_as(ctx, "bob", 1001, s->at + 60);
	pl_record_init(&r, "Approve-ElevatedAccessRequest", PL_RECORD_DECISION, s->request);
	record_request(&r, s);
	pl_record_text(&r, "RequestStatus", "Approved");
	pl_record_text(&r, "AuthorizationIdentity", s->grant);
	return append(ctx, &r);
}

/* The second time it is too late. */
static enum pl_status
record_runs(struct pl_ctx *ctx, const struct story *s)
{
	struct pl_record r;
	enum pl_status st;

	act_as(ctx, s->user, s->uid, s->at + 90);
	pl_record_init(&r, "Invoke-ElevatedAccessTask", PL_RECORD_EXECUTION, s->run);
	pl_record_text(&r, "Task", s->access);
	pl_record_text(&r, "AuthorizationIdentity", s->grant);
	pl_record_text(&r, "RequestIdentity", s->request);
	pl_record_text(&r, "RunAs", "root");
	pl_record_list(&r, "CommandLine", "/usr/bin/systemctl\nrestart\nnginx.service\n");
	st = append(ctx, &r);
	if (st != PL_OK)
		return st;
	act_as(ctx, s->user, s->uid, s->at + 92);
	pl_record_init(&r, "Invoke-ElevatedAccessTask", PL_RECORD_EXECUTION, s->run);
	pl_record_text(&r, "EndReason", "Exited");
	pl_record_int(&r, "ExitStatus", 0);
	st = append(ctx, &r);
	if (st != PL_OK)
		return st;
	act_as(ctx, s->user, s->uid, s->at + 60 + LASTS_S);
	pl_record_init(&r, "Invoke-ElevatedAccessTask", PL_RECORD_REFUSAL, s->access);
	r.result = "Refused";
	r.error = PL_ERR_ELEVATION_REQUIRED;
	return append(ctx, &r);
}

enum pl_status
fill_history(struct fill *f)
{
	struct pl_ctx *ctx = &f->ctx;
	const struct pl_caller before = ctx->caller;
	const struct pl_clock clock = ctx->clock;
	enum pl_status st = pl_txn_begin(ctx, PL_TXN_WRITE);
	struct story s;

	if (st != PL_OK)
		return st;
	for (long i = 0; i < f->requests && st == PL_OK; i++) {
		tell(f, i, &s);
		st = insert_rows(ctx, &s);
		if (st == PL_OK)
			st = record_approval(ctx, &s);
		if (st == PL_OK)
			st = record_runs(ctx, &s);
	}
	ctx->caller = before;
	ctx->clock = clock;
	if (st == PL_OK)
		return pl_txn_commit(ctx);
	pl_txn_rollback(ctx);
	return st;
}
