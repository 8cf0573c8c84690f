/* model_audit.c - the chain of the audit log: how it is made, and that every kind of tampering is found first */

#include "pamlite/chain.h"
#include "pamlite/digest.h"
#include "pamlite/json.h"
#include "pamlite/statement.h"

#include "model_world.h"

enum { BAD = 5 };   /* the record that is tampered with */

/* Quotes, a backslash, a right-to-left override, zero-width and tag characters, an emoji, a closing brace. */
#define HOSTILE "a \"quoted\\\" \xe2\x80\xae" \
	"b\xe2\x80\x8b \xf3\xa0\x81\x81 \xf0\x9f\x98\x80 \xc3\xa9 '},{\"Sequence\":1"

/* A day with every kind of record in it; the fifth is an ordinary request. */
static void
make_log(void)
{
	world_begin("audit");
	snprintf(world.ctx.caller.terminal, sizeof(world.ctx.caller.terminal), "pts/3");
	snprintf(world.ctx.caller.host, sizeof(world.ctx.caller.host), "host.example");
	world_populate();
	make_job(JOB, 1);
	act_as("alice");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .reason = text("alice"
	    " asks"), .ticket = text("T-1") }),
	    "");
	SAYS(approve(world.request), "SelfApproval");
	act_as("bob");
	SAYS(approve(world.request), "");
	act_as("alice");
	SAYS(run_task(JOB), "");
	act_as("carol");
	SAYS(ask_with((struct pl_request_spec){ .task = text(JOB), .reason = text(HOSTILE), .context = text(HOSTILE) }),
	    "");
	SAYS(take_back(world.request), "AuthorizationNotFound");
	CHECK_INT(audit_count(), 10);
	CHECK_INT(first_bad_record(), 0);
}

/* SHA-256 of the previous hash, newline, the line, newline: as sha256sum would do it. */
static void
test_chain(void)
{
	char previous[PL_DIGEST_LEN + 1] = PL_AUDIT_GENESIS, computed[PL_DIGEST_LEN + 1];
	struct pl_digest d;
	int64_t last;

	make_log();
	last = audit_count();
	for (int64_t i = 1; i <= last; i++) {
		pl_digest_start(&d);
		pl_digest_text(&d, previous);
		pl_digest_text(&d, "\n");
		pl_digest_text(&d, sql_text("SELECT data FROM audit WHERE sequence = %lld", (long long)i));
		pl_digest_text(&d, "\n");
		pl_digest_end(&d, computed);
		CHECK_STR(computed, sql_text("SELECT hash FROM audit WHERE sequence = %lld", (long long)i));
		memcpy(previous, computed, sizeof(previous));
	}
	world_end();
}

#define KEYS "Sequence,Time,BootId,BootTime,UserId,Uid,LoginUid,Terminal,Host,Pid,RecordType,Operation,ObjectId," \
	"Result,ErrorId,Parameters"

static void
test_lines(void)
{
	const char *line, *why_bad;
	int64_t last;
	size_t at;

	make_log();
	last = audit_count();
	for (int64_t i = 1; i <= last; i++) {
		line = sql_text("SELECT data FROM audit WHERE sequence = %lld", (long long)i);
		CHECK_INT(pl_json_check(line, strlen(line), &why_bad, &at), PL_JSON_WHOLE);
		CHECK(strpbrk(line, "\n\r\t") == NULL);
		CHECK(strstr(line, "\xe2\x80\xae") == NULL && strstr(line, "\xe2\x80\x8b") == NULL);
		CHECK(strstr(line, "\xf3\xa0\x81\x81") == NULL);
		CHECK_STR(sql_text("SELECT group_concat(key) FROM (SELECT key FROM audit, json_each(data)"
		    " WHERE sequence = %lld)", (long long)i), KEYS);
		CHECK_INT(sql_int("SELECT json_extract(data, '$.Sequence') = sequence AND json_extract(data,"
		    " '$.Time') = time"
		    " AND json_extract(data, '$.UserId') = user AND json_extract(data, '$.Operation') = operation"
		    " AND json_extract(data, '$.ObjectId') IS object AND json_extract(data, '$.Result') = result"
		    " AND json_extract(data, '$.RecordType') = record_type FROM audit WHERE sequence ="
		    " %lld", (long long)i),
		    1);
	}
	/* What was hostile comes back as it was. */
	CHECK_STR(sql_text("SELECT json_extract(data, '$.Parameters.Reason') FROM audit WHERE sequence = 9"), HOSTILE);
	CHECK_STR(sql_text("SELECT json_extract(data, '$.Parameters.Context') FROM audit WHERE sequence = 9"), HOSTILE);
	CHECK_STR(sql_text("SELECT reason FROM request ORDER BY reason = 'alice asks' LIMIT 1"), HOSTILE);
	world_end();
}

/* Facts of the caller and of the clock, as numbers, text or null. */
static void
test_facts(void)
{
	struct pl_control_spec on = { .admin_group = text("x") }, off = { 0 };
	struct pl_control out;

	world_begin("audit");
	world.ctx.clock.boot_time_ms = 1234007;
	snprintf(world.ctx.caller.terminal, sizeof(world.ctx.caller.terminal), "pts/3");
	world.ctx.caller.host[0] = '\0';
	world.ctx.caller.pid = 4321;
	world.ctx.caller.login_uid = 77;
	SAYS(pl_control_enable(&world.ctx, &on, &out), "");
	pl_row_clear(&pl_control_noun, &out);
	CHECK(strstr(audit_last("data"), "\"BootTime\":1234.007,") != NULL);
	CHECK(strstr(audit_last("data"), "\"LoginUid\":77,\"Terminal\":\"pts/3\",\"Host\":null,\"Pid\":4321,") != NULL);
	CHECK(strstr(audit_last("data"), "\"Time\":\"2026-09-21T14:13:20Z\"") != NULL);
	CHECK(strstr(audit_last("data"), "\"ErrorId\":null,\"Parameters\":{") != NULL);
	world.ctx.clock.boot_id[0] = '\0';
	world.ctx.caller.terminal[0] = '\0';
	act_as("mallory");
	SAYS(pl_control_disable(&world.ctx, &off, &out), "AdministratorRequired");
	pl_row_clear(&pl_control_noun, &out);
	CHECK(strstr(audit_last("data"), "\"BootId\":null,") != NULL);
	CHECK(strstr(audit_last("data"), "\"LoginUid\":null,\"Terminal\":null,") != NULL);
	CHECK(strstr(audit_last("data"), "\"Result\":\"Refused\",\"ErrorId\":\"AdministratorRequired\"") != NULL);
	world_end();
}

/* What is done to the log, and the sequence at which it must be found; 0 = it cannot be seen in the chain. */
static const struct {
	const char *sql;
	int64_t bad;
} tampers[] = {
	{ "UPDATE audit SET data = replace(data, 'alice', 'alicf') WHERE sequence = 5", 5 },
	{ "UPDATE audit SET data = '' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET data = data || ' ' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET data = data || char(0) || 'x' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET data = replace(data, '{', '{ ') WHERE sequence = 1", 1 },
	{ "UPDATE audit SET data = replace(data, '}', '} ') WHERE sequence = 10", 10 },
	{ "UPDATE audit SET hash = '" PL_AUDIT_GENESIS "' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET hash = upper(hash) WHERE sequence = 5", 5 },
	{ "UPDATE audit SET hash = (SELECT hash FROM audit WHERE sequence = 4) WHERE sequence = 5", 5 },
	{ "UPDATE audit SET hash = '" PL_AUDIT_GENESIS "' WHERE sequence = 10", 10 },
	{ "UPDATE audit SET time = '2026-09-21T14:13:21Z' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET user = 'bob' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET user = '' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET user = user || char(0) WHERE sequence = 5", 5 },
	{ "UPDATE audit SET operation = 'Get-ElevatedAccessRequest' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET object = NULL WHERE sequence = 5", 5 },
	{ "UPDATE audit SET object = '' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET object = upper(object) WHERE sequence = 5", 5 },
	{ "UPDATE audit SET object = object || char(0) WHERE sequence = 5", 5 },
	{ "UPDATE audit SET result = 'Refused' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET record_type = 'Maintenance' WHERE sequence = 5", 5 },
	{ "UPDATE audit SET user = '\"', record_type = user WHERE sequence = 5", 5 },
	{ "DELETE FROM audit WHERE sequence = 5", 5 },
	{ "DELETE FROM audit WHERE sequence = 1", 1 },
	{ "DELETE FROM audit WHERE sequence < 5", 1 },
	{ "DELETE FROM audit WHERE sequence IN (5, 7)", 5 },
	{ "UPDATE audit SET sequence = 99 WHERE sequence = 5; UPDATE audit SET sequence = 5 WHERE sequence = 6;"
	    "UPDATE audit SET sequence = 6 WHERE sequence = 99", 5 },
	{ "UPDATE audit SET data = (SELECT b.data FROM audit b WHERE b.sequence = 11 - audit.sequence),"
	    " hash = (SELECT b.hash FROM audit b WHERE b.sequence = 11 - audit.sequence) WHERE sequence IN (5, 6)", 5 },
	{ "UPDATE audit SET sequence = -sequence WHERE sequence >= 5; UPDATE audit SET sequence = 1 - sequence"
	    " WHERE sequence < 0; INSERT INTO audit SELECT 5, data, hash, time, user, operation, object, result,"
	    " record_type FROM audit WHERE sequence = 6", 6 },
	{ "INSERT INTO audit SELECT 11, data, hash, time, user, operation, object, result, record_type FROM audit"
	    " WHERE sequence = 10", 11 },
	{ "INSERT INTO audit SELECT 0, data, hash, time, user, operation, object, result, record_type FROM audit"
	    " WHERE sequence = 5", 0 },
	{ "INSERT INTO audit SELECT -7, data, hash, time, user, operation, object, result, record_type FROM audit"
	    " WHERE sequence = 5", -7 },
	{ "INSERT INTO audit SELECT 9223372036854775807, data, hash, time, user, operation, object, result, record_type"
	    " FROM audit WHERE sequence = 5", 11 },
	{ "UPDATE audit SET sequence = 12 WHERE sequence = 10", 10 },
	{ "UPDATE audit SET sequence = sequence + 100", 1 },
	{ "DELETE FROM audit WHERE sequence > 8; UPDATE audit SET data = data || ' ' WHERE sequence = 3;"
	    "UPDATE audit SET data = data || ' ' WHERE sequence = 2", 2 },
};

/* Found where? PL_NULL if the chain is valid. */
static int64_t
found_at(int64_t start)
{
	struct pl_audit_check check;
	int64_t at;

	act_as("owner");
	SAYS(pl_audit_verify(&world.ctx, start, &check), "");
	at = check.first_bad_sequence;
	CHECK_INT(check.valid, at == PL_NULL);
	CHECK_INT(check.detail != NULL, !check.valid);
	pl_row_clear(&pl_audit_check_noun, &check);
	return at;
}

static void
test_tampering(void)
{
	for (size_t i = 0; i < sizeof(tampers) / sizeof(tampers[0]); i++) {
		int failed = unit_failed;

		make_log();
		tamper(tampers[i].sql);
		/* Another process finds it, too: nothing depends on what this one remembers. */
		pl_store_close(&world.ctx);
		act_as("owner");
		world_open_database();
		CHECK_INT(found_at(0), tampers[i].bad);
		if (unit_failed > failed)
			printf("  after: %s\n", tampers[i].sql);
		world_end();
	}
}

/* A shortened log is a whole chain: that is what the heads kept elsewhere are for. */
static void
test_witnesses(void)
{
	struct pl_audit_witness seen[3] = { { .sequence = 1 }, { .sequence = 8 }, { .sequence = 10 } };
	enum pl_audit_finding finding;
	int64_t bad;

	make_log();
	for (int i = 0; i < 3; i++)
		snprintf(seen[i].hash, sizeof(seen[i].hash), "%s",
		    sql_text("SELECT hash FROM audit WHERE sequence = %lld", (long long)seen[i].sequence));
	act_as("owner");
	SAYS(pl_audit_compare(&world.ctx, seen, 3, &finding, &bad), "");
	CHECK_INT(bad, PL_NULL);
	tamper("DELETE FROM audit WHERE sequence > 8");
	CHECK_INT(found_at(0), PL_NULL);
	SAYS(pl_audit_compare(&world.ctx, seen, 3, &finding, &bad), "");
	CHECK_INT(bad, 10);
	CHECK_INT(finding, PL_AUDIT_LACKING);
	SAYS(pl_audit_compare(&world.ctx, seen, 2, &finding, &bad), "");
	CHECK_INT(bad, PL_NULL);
	/* The lowest, in whatever order. */
	seen[0].hash[0] ^= 1;
	for (int i = 0; i < 2; i++) {
		struct pl_audit_witness first = seen[0];

		SAYS(pl_audit_compare(&world.ctx, seen, 3, &finding, &bad), "");
		CHECK_INT(bad, 1);
		CHECK_INT(finding, PL_AUDIT_DIFFERS);
		seen[0] = seen[2];
		seen[2] = first;
	}
	world_end();
}

/* Every single byte of the line and of the hash counts. */
static void
test_every_byte(void)
{
	char saved[8192], changed[8192];

	make_log();
	for (int column = 0; column < 2; column++) {
		const char *name = column == 0 ? "data" : "hash";
		size_t len, step;

		snprintf(saved, sizeof(saved), "%s", sql_text("SELECT %s FROM audit WHERE sequence = %d", name, BAD));
		len = strlen(saved);
		CHECK(len >= PL_DIGEST_LEN);
		/* Triggers out of the way once; they matter to nobody here. */
		if (column == 0)
			CHECK_INT(sql_run("DROP TRIGGER audit_no_update"), SQLITE_OK);
		step = column == 0 ? 7 : 3;
		for (size_t i = 0; i < len; i += step) {
			memcpy(changed, saved, len + 1);
			changed[i] ^= 1;
			if (changed[i] == '\'')   /* would end the text in SQL */
				continue;
			CHECK_INT(sql_run("UPDATE audit SET %s = '%s' WHERE sequence = %d", name, changed, BAD),
			    SQLITE_OK);
			CHECK_INT(found_at(0), BAD);
		}
		CHECK_INT(sql_run("UPDATE audit SET %s = '%s' WHERE sequence = %d", name, saved, BAD), SQLITE_OK);
		CHECK_INT(found_at(0), PL_NULL);
	}
	world_end();
}

/* From a record on: what is before it is not looked at, but its own predecessor is. */
static void
test_start(void)
{
	struct pl_audit_check check;

	make_log();
	CHECK_INT(found_at(1), PL_NULL);
	CHECK_INT(found_at(10), PL_NULL);
	tamper("UPDATE audit SET data = data || ' ' WHERE sequence = 5");
	CHECK_INT(found_at(5), 5);
	CHECK_INT(found_at(6), PL_NULL);
	tamper("DELETE FROM audit WHERE sequence = 7");
	CHECK_INT(found_at(6), 7);
	CHECK_INT(found_at(8), 7);
	CHECK_INT(found_at(9), PL_NULL);
	/* That is no finding. */
	SAYS(pl_audit_verify(&world.ctx, 100, &check), "ParameterArgumentTransformationError");
	pl_row_clear(&pl_audit_check_noun, &check);
	world_end();
}

/* Statements that rewrite the log, as the library's own connection and a foreign one would send them. */
static const char *const rewrites[] = {
	"UPDATE audit SET data = 'x'",
	"UPDATE audit SET user = 'bob' WHERE sequence = 5",
	"UPDATE OR IGNORE audit SET user = 'bob' WHERE sequence = 5",
	"UPDATE OR REPLACE audit SET sequence = 6 WHERE sequence = 5",
	"DELETE FROM audit",
	"DELETE FROM audit WHERE sequence = 10",
	("INSERT OR REPLACE INTO audit SELECT sequence, data, hash, time, user, operation, object, result, record_type"
	    " FROM audit WHERE sequence = 5"),
	("REPLACE INTO audit SELECT 5, data, hash, time, user, operation, object, result, record_type FROM audit"
	    " WHERE sequence = 6"),
	("INSERT INTO audit SELECT sequence, data, hash, time, user, operation, object, result, record_type FROM audit"
	    " WHERE sequence = 5 ON CONFLICT (sequence) DO UPDATE SET user = 'bob'"),
};

static void
test_append_only(void)
{
	struct pl_stmt q;

	make_log();
	for (size_t i = 0; i < sizeof(rewrites) / sizeof(rewrites[0]); i++) {
		SAYS(pl_txn_begin(&world.ctx, PL_TXN_WRITE), "");
		pl_stmt_open(&q, &world.ctx, rewrites[i]);
		pl_stmt_run(&q);
		CHECK(pl_stmt_close(&q) != PL_OK);
		/* Committing what is left must change nothing either. */
		SAYS(pl_txn_commit(&world.ctx), "");
		CHECK_INT(sql_run("PRAGMA recursive_triggers = ON; %s", rewrites[i]), SQLITE_CONSTRAINT);
		CHECK_INT(found_at(0), PL_NULL);
		CHECK_INT(audit_count(), 10);
	}
	/* Without that setting SQLite replaces past a DELETE trigger; the chain tells. */
	CHECK_INT(sql_run("PRAGMA recursive_triggers = OFF; %s", rewrites[7]), SQLITE_OK);
	CHECK_INT(found_at(0), 5);
	world_end();
}

/* More than a page of the walk. */
static void
test_long_log(void)
{
	char previous[PL_DIGEST_LEN + 1] = PL_AUDIT_GENESIS, hash[PL_DIGEST_LEN + 1], line[512];
	struct pl_audit_check check;
	sqlite3_stmt *stmt = NULL;

	world_begin("audit");
	CHECK_INT(sqlite3_exec(world_raw(), "BEGIN", NULL, NULL, NULL), SQLITE_OK);
	CHECK_INT(sqlite3_prepare_v2(world_raw(), "INSERT INTO audit VALUES (?, ?, ?, 't', 'u', 'o', NULL, 'r', 'y')",
	    -1, &stmt, NULL), SQLITE_OK);
	for (int i = 1; i <= 10001; i++) {
		snprintf(line, sizeof(line), "{\"Sequence\":%d,\"Time\":\"t\",\"UserId\":\"u\",\"RecordType\":\"y\","
		    "\"Operation\":\"o\",\"ObjectId\":null,\"Result\":\"r\",\"ErrorId\":null}", i);
		pl_audit_hash(previous, line, hash);
		memcpy(previous, hash, sizeof(previous));
		sqlite3_bind_int(stmt, 1, i);
		sqlite3_bind_text(stmt, 2, line, -1, SQLITE_TRANSIENT);
		sqlite3_bind_text(stmt, 3, hash, -1, SQLITE_TRANSIENT);
		CHECK_INT(sqlite3_step(stmt), SQLITE_DONE);
		sqlite3_reset(stmt);
	}
	sqlite3_finalize(stmt);
	CHECK_INT(sqlite3_exec(world_raw(), "COMMIT", NULL, NULL, NULL), SQLITE_OK);
	SAYS(pl_audit_verify(&world.ctx, 0, &check), "");
	CHECK(check.valid);
	CHECK_INT(check.records, 10001);
	CHECK_INT(check.first_sequence, 1);
	CHECK_INT(check.last_sequence, 10001);
	CHECK_STR(check.head_hash, previous);
	pl_row_clear(&pl_audit_check_noun, &check);
	tamper("UPDATE audit SET data = data || ' ' WHERE sequence = 10000");
	CHECK_INT(found_at(0), 10000);
	tamper("DELETE FROM audit WHERE sequence = 5001");
	CHECK_INT(found_at(0), 5001);
	world_end();
}

static void
test_empty_log(void)
{
	struct pl_audit_check check;

	world_begin("audit");
	SAYS(pl_audit_verify(&world.ctx, 0, &check), "");
	CHECK(check.valid);
	CHECK_INT(check.records, 0);
	CHECK_INT(check.last_sequence, PL_NULL);
	CHECK_STR(check.head_hash, PL_AUDIT_GENESIS);
	pl_row_clear(&pl_audit_check_noun, &check);
	world_end();
}

int
main(void)
{
	test_chain();
	test_lines();
	test_facts();
	test_tampering();
	test_witnesses();
	test_every_byte();
	test_start();
	test_append_only();
	test_long_log();
	test_empty_log();
	return unit_end();
}
