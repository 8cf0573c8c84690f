/* rows.c - what is measured, beside what, and what it is to cost: the table of the benchmark */

#include "bench.h"

#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define BY(who, ...) { (who), WORDS(__VA_ARGS__) }
#define SH(who, line) BY(who, "sh", "-c", line)

/* --- ours --- */

#define ASK(who) BY(who, "new-elevated-access-request", "Bench\\ask", "-Reason", "ticket 4711", "-o", "Id")
#define DENY BY("bob", "deny-elevated-access-request", "{id}", "-Comment", "not today")

static const struct bench_action read_one = {
	.timed = BY("alice", "get-elevated-access-request", "{known}"),
};

/* A person who has asked much lately is written about no more, which is cheaper: so they are many. */
static const struct bench_action ask = { .timed = ASK("{user}"), .after = DENY };

static const struct bench_action approve = {
	.before = ASK("{user}"),
	.timed = BY("bob", "approve-elevated-access-request", "{id}", "-Comment", "ok"),
};

static const struct bench_action deny = { .before = ASK("{user}"), .timed = DENY };

static const struct bench_action invoke = { .timed = BY("alice", "invoke-elevated-access-task", "Bench\\true") };

static const struct bench_action list = {
	.timed = BY(NULL, "get-elevated-access-request", "-ResultSize", "1000", "-o", "JsonLines"),
};

static const struct bench_action filter = {
	.timed = BY(NULL, "get-elevated-access-request", "-Filter", "Reason -eq 'needle'", "-ResultSize", "Unlimited",
	    "-o", "JsonLines"),
};

static const struct bench_action export = {
	.timed = BY(NULL, "export-elevated-access-audit-log", "-Path", "{beside}/export.jsonl", "-Force"),
};

static const struct bench_action check = { .timed = BY(NULL, "test-elevated-access-audit-log", "-Quiet") };

static const struct bench_action approve_all = {
	.before = SH(NULL, "cp '{beside}/before.db' '{db}' && sync '{db}'"),
	.timed = SH("bob", "approve-elevated-access-request -Comment ok <'{beside}/pending.jsonl'"
	    " >'{beside}/approved' && [ $(grep -c . '{beside}/approved') -ge {approvals} ]"),
};

#define CROWD .crowd = true, \
	.timed = BY("{few}", "new-elevated-access-request", "Bench\\crowd", "-Parameter", "n={n}", "-Reason", \
	    "all at once", "-o", "Id"), \
	.after = SH("bob", "get-elevated-access-request -ToApprove -Filter \"RequestedAccess -eq 'Bench\\crowd'\"" \
	    " -ResultSize Unlimited -o JsonLines | deny-elevated-access-request -Comment no >/dev/null")

static const struct bench_action at_once = { CROWD, .at_once = true };
static const struct bench_action in_turn = { CROWD };

/* Enough for a second or so of cat; on a terminal, since without one there is nothing to be recorded. */
#define SHOW(task) \
	.timed = SH("alice", "exec script -qefc \"invoke-elevated-access-task '" task "'\" /dev/null" \
	    " <>/opt/shared/quiet"), \
	.after = SH(NULL, "rm -f /var/log/pam-lite/sessions/*")

static const struct bench_action recorded = { SHOW("Bench\\recorded") };
static const struct bench_action unrecorded = { SHOW("Bench\\unrecorded") };

/* --- the others --- */

static const struct bench_action empty = { .timed = BY("alice", "{empty}") };
static const struct bench_action sudo = { .timed = BY("alice", "sudo", "-n", "/bin/true") };
static const struct bench_action doas = { .timed = BY("alice", "doas", "-n", "/bin/true") };

#define SHELL(sql) BY(NULL, "sqlite3", "-batch", "{db}", sql)

static const struct bench_action shell_read = { .timed = SHELL("SELECT * FROM request WHERE id = '{known}'") };

static const struct bench_action shell_write = {
	.timed = BY(NULL, "sqlite3", "-batch", "{beside}/peer.db", ".read '{dir}/one.sql'"),
};

static const struct bench_action shell_write_all = {
	.timed = SH(NULL, "exec sqlite3 -batch '{beside}/peer.db' <'{dir}/many.sql'"),
};

/* What the columns of a request are, as get- asks for them. */
#define DECIDERS(verdict) "(SELECT group_concat(principal || char(10), '') FROM (SELECT principal FROM decision" \
	" WHERE request_id = r.id AND verdict = " verdict " ORDER BY decided_at, principal))"
#define SELECT_REQUESTS \
	"SELECT r.id, r.requestor || CASE WHEN instr(r.requestor, '@') = 0 THEN" \
	" coalesce('@' || (SELECT domain FROM control), '') ELSE '' END," \
	" substr(r.access, 1, instr(r.access, '\\') - 1), r.access, CASE WHEN r.state = 'Pending'" \
	" AND r.expires_at <= unixepoch() THEN 'Expired' ELSE r.state END, r.context, r.reason, r.type, r.duration_s," \
	" r.parameters, r.ticket, CASE WHEN p.id IS NOT NULL THEN (SELECT name FROM approver_group WHERE id =" \
	" coalesce(p.approver_group, (SELECT admin_group FROM control))) END, " DECIDERS("'Approved'") "," \
	" CASE p.approval_type WHEN 'Auto' THEN 0 ELSE p.min_approvals END," \
	" CASE WHEN r.state IN ('Approved', 'Denied') THEN " DECIDERS("r.state") " END," \
	" CASE WHEN r.state IN ('Approved', 'Denied') THEN (SELECT comment FROM decision WHERE" \
	" request_id = r.id AND verdict = r.state ORDER BY decided_at DESC, principal LIMIT 1) END," \
	" CASE WHEN r.state IN ('Approved', 'Denied') THEN r.decided_at END, r.start_at, r.expires_at, (SELECT a.id" \
	" FROM authorization a WHERE a.request_id = r.id), r.policy_id, r.revision || '-' ||" \
	" coalesce(substr(p.digest, 1, 16), 'none') || '-' || coalesce((SELECT substr(t.digest, 1, 16) FROM task t" \
	" WHERE t.name = r.access), 'none'), r.created_at, r.updated_at" \
	" FROM request r LEFT JOIN policy p ON p.id = r.policy_id"

#define SHELL_JSON(sql) BY(NULL, "sqlite3", "-batch", "-json", "{db}", sql)
static const struct bench_action shell_list = {
	.timed = SHELL_JSON(SELECT_REQUESTS " ORDER BY r.created_at DESC, r.id LIMIT 1000"),
};
static const struct bench_action shell_filter = {
	.timed = SHELL_JSON(SELECT_REQUESTS " WHERE r.reason = 'needle' COLLATE NOCASE"
	    " ORDER BY r.created_at DESC, r.id"),
};
static const struct bench_action sha256sum = { .timed = BY(NULL, "sha256sum", "{beside}/export.jsonl") };
static const char sum_audit[] =
    "SELECT sum(sequence), sum(length(data)), sum(length(hash)), sum(length(time)), sum(length(user)),"
    " sum(length(record_type)), sum(length(operation)), sum(length(object)), sum(length(result))"
    " FROM (SELECT * FROM audit ORDER BY sequence)";
static const struct bench_action shell_scan = { .timed = SHELL(sum_audit) };

/* --- the table --- */

#define PRIVATE(where, at) \
	{ where, "read one request", "an empty program", &read_one, &empty, at, at, 2.5 }, \
	{ where, "read one request", "sqlite3, same query", &read_one, &shell_read, at, at, 1.0 }, \
	{ where, "new", "sqlite3, two inserts", &ask, &shell_write, at, at, 1.0 }, \
	{ where, "approve", "sqlite3, two inserts", &approve, &shell_write, at, at, 1.0 }, \
	{ where, "deny", "sqlite3, two inserts", &deny, &shell_write, at, at, 1.0 }

#define SYSTEM(where, at) \
	{ where, "read one request", "sudo -n true", &read_one, &sudo, at, at, 0.6 }, \
	{ where, "new", "sudo -n true", &ask, &sudo, at, at, 0.75 }, \
	{ where, "approve", "sudo -n true", &approve, &sudo, at, at, 0.75 }, \
	{ where, "deny", "sudo -n true", &deny, &sudo, at, at, 0.75 }, \
	{ where, "invoke true", "sudo -n true", &invoke, &sudo, at, at, 1.0 }, \
	{ where, "invoke true", "doas -n true", &invoke, &doas, at, at, 1.4 }

#define GROWS(where, what, action, large, small) \
	{ where, what, "the same, 100 requests", &action, &action, large, small, 1.15 }

const struct bench_row bench_rows[] = {
	PRIVATE("private", BENCH_DISK),
	PRIVATE("private, in memory", BENCH_MEMORY),
	SYSTEM("system", BENCH_SYSTEM),
	SYSTEM("system, in memory", BENCH_SYSTEM_MEMORY),
	{ "crowd", "many requests at once", "one after the other", &at_once, &in_turn, BENCH_SYSTEM, BENCH_SYSTEM,
	    1.2 },
	{ "terminal", "show 100 MB, recorded", "not recorded", &recorded, &unrecorded, BENCH_SYSTEM_MEMORY,
	    BENCH_SYSTEM_MEMORY, 2.0 },
	{ "pipe", "approve many", "sqlite3, two inserts each", &approve_all, &shell_write_all, BENCH_PIPE, BENCH_PIPE,
	    1.2, BENCH_APPROVALS },
	GROWS("large, private", "read one request", read_one, BENCH_LARGE, BENCH_DISK),
	GROWS("large, private", "new", ask, BENCH_LARGE, BENCH_DISK),
	GROWS("large, private", "approve", approve, BENCH_LARGE, BENCH_DISK),
	GROWS("large, private", "deny", deny, BENCH_LARGE, BENCH_DISK),
	{ "large, private", "list 1000 newest", "sqlite3, same query", &list, &shell_list, BENCH_LARGE,
	    BENCH_LARGE, 1.3 },
	{ "large, private", "filter by Reason", "sqlite3, same query", &filter, &shell_filter, BENCH_LARGE,
	    BENCH_LARGE, 1.3 },
	{ "large, private", "export", "sha256sum of the file", &export, &sha256sum, BENCH_LARGE, BENCH_LARGE, 0,
	    BENCH_RECORDS, 500000 },
	{ "large, private", "chain check", "sqlite3, scan alone", &check, &shell_scan, BENCH_LARGE, BENCH_LARGE, 0,
	    BENCH_RECORDS, 500000 },
	GROWS("large, system", "read one request", read_one, BENCH_SYSTEM_LARGE, BENCH_SYSTEM),
	GROWS("large, system", "new", ask, BENCH_SYSTEM_LARGE, BENCH_SYSTEM),
	GROWS("large, system", "approve", approve, BENCH_SYSTEM_LARGE, BENCH_SYSTEM),
	GROWS("large, system", "deny", deny, BENCH_SYSTEM_LARGE, BENCH_SYSTEM),
	GROWS("large, system", "invoke true", invoke, BENCH_SYSTEM_LARGE, BENCH_SYSTEM),
};

const size_t bench_row_count = sizeof(bench_rows) / sizeof(bench_rows[0]);
