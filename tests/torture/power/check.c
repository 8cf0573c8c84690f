/* check.c - is a database what it must be: by the library, by SQLite, and by what must be true between its tables */

#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "pamlite/audit_check.h"
#include "pamlite/digest.h"
#include "pamlite/store.h"

#include "power.h"

/* Each finds what must not be; the text says what that is. */
static const struct {
	const char *what, *sql;
} rules[] = {
	{ "a request without the record of its making", "SELECT id FROM request WHERE id NOT IN (SELECT object"
	    " FROM audit WHERE operation = 'New-ElevatedAccessRequest' AND result = 'Success')" },
	{ "the record of a request that is not there", "SELECT object FROM audit WHERE result = 'Success'"
	    " AND operation = 'New-ElevatedAccessRequest' AND object NOT IN (SELECT id FROM request)" },
	{ "a decision without its record, or a record without its decision",
	    "SELECT count(*) FROM decision HAVING count(*) <> (SELECT count(*) FROM audit WHERE result = 'Success'"
	    " AND operation IN ('Approve-ElevatedAccessRequest', 'Deny-ElevatedAccessRequest'))" },
	{ "an approved request without a grant, or a grant without one", "SELECT id FROM request WHERE"
	    " (state = 'Approved') <> (id IN (SELECT request_id FROM authorization))" },
	{ "a denied request that nobody has denied", "SELECT id FROM request WHERE (state = 'Denied') <>"
	    " (id IN (SELECT request_id FROM decision WHERE verdict = 'Denied'))" },
	{ "a withdrawal without its record", "SELECT id FROM request WHERE state = 'Canceled' AND id NOT IN"
	    " (SELECT object FROM audit WHERE operation = 'Stop-ElevatedAccessRequest' AND result = 'Success')" },
	{ "a revocation without its record", "SELECT request_id FROM authorization WHERE revoked_at IS NOT NULL AND"
	    " NOT EXISTS (SELECT 1 FROM audit WHERE operation = 'Revoke-ElevatedAccessAuthorization'"
	    " AND result = 'Success' AND object IN (request_id, authorization.id))" },
	{ "uses that are not runs", "SELECT id FROM authorization a WHERE use_count <>"
	    " (SELECT count(*) FROM execution WHERE authorization_id = a.id)" },
	{ "a run without the record of its start", "SELECT id FROM execution WHERE id NOT IN (SELECT object FROM audit"
	    " WHERE operation = 'Invoke-ElevatedAccessTask' AND result = 'Started')" },
	{ "an end of a run without its record", "SELECT id FROM execution WHERE (ended_at IS NOT NULL) <> (id IN"
	    " (SELECT object FROM audit WHERE operation = 'Invoke-ElevatedAccessTask' AND result = 'Ended'))" },
	{ "a request that nobody was told of", "SELECT id FROM request WHERE id NOT IN"
	    " (SELECT request_id FROM message WHERE request_id IS NOT NULL)" },
};

static sqlite3_stmt *
prepare(sqlite3 *db, const char *sql, struct content *out)
{
	sqlite3_stmt *stmt = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK && out->fault[0] == '\0')
		snprintf(out->fault, sizeof(out->fault), "%s: %s", sqlite3_errmsg(db), sql);
	return stmt;
}

/* Nothing may be found; what is found is a fault. */
static void
expect_none(sqlite3 *db, const char *what, const char *sql, struct content *out)
{
	sqlite3_stmt *stmt = prepare(db, sql, out);
	const char *text;
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW && out->fault[0] == '\0') {
		text = (const char *)sqlite3_column_text(stmt, 0);
		snprintf(out->fault, sizeof(out->fault), "%s: %s", what, text != NULL ? text : "(null)");
	} else if (rc != SQLITE_DONE && out->fault[0] == '\0') {
		snprintf(out->fault, sizeof(out->fault), "%s: %s", what, sqlite3_errmsg(db));
	}
	sqlite3_finalize(stmt);
}

static void
add_table(sqlite3 *db, const char *name, struct pl_digest *d, struct content *out)
{
	sqlite3_stmt *stmt;
	char sql[200];
	int i;

	snprintf(sql, sizeof(sql), "SELECT * FROM \"%s\" ORDER BY 1, 2", name);
	pl_digest_text(d, sql);
	stmt = prepare(db, sql, out);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		for (i = 0; i < sqlite3_column_count(stmt); i++) {
			pl_digest_add(d, sqlite3_column_text(stmt, i), (size_t)sqlite3_column_bytes(stmt, i));
			pl_digest_add(d, "|", 1);
		}
	sqlite3_finalize(stmt);
}

static void
look_inside(const char *path, struct content *out)
{
	sqlite3_stmt *stmt;
	struct pl_digest d;
	sqlite3 *db = NULL;
	size_t i;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		stop(path, "%s", sqlite3_errmsg(db));
	expect_none(db, "integrity_check", "SELECT * FROM pragma_integrity_check WHERE integrity_check <> 'ok'", out);
	expect_none(db, "foreign_key_check", "SELECT \"table\" FROM pragma_foreign_key_check", out);
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		expect_none(db, rules[i].what, rules[i].sql, out);
	pl_digest_start(&d);
	stmt = prepare(db, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", out);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		add_table(db, (const char *)sqlite3_column_text(stmt, 0), &d, out);
	sqlite3_finalize(stmt);
	pl_digest_end(&d, out->digest);
	sqlite3_close(db);
}

void
check_database(const char *path, struct content *out)
{
	struct pl_audit_check chain = { .valid = true };
	struct pl_ctx ctx;
	enum pl_status st;

	memset(out, 0, sizeof(*out));
	pl_ctx_init(&ctx);
	st = pl_caller_read(&ctx, &ctx.caller);
	if (st == PL_OK)
		st = pl_store_open(&ctx, path, false);
	if (st == PL_OK)
		st = pl_audit_verify(&ctx, 0, &chain);
	if (st != PL_OK)
		snprintf(out->fault, sizeof(out->fault), "%.300s", ctx.failure.message);
	else if (!chain.valid)
		snprintf(out->fault, sizeof(out->fault), "the audit log is broken at record %lld: %s",
		    (long long)chain.first_bad_sequence, chain.detail);
	out->head = chain.last_sequence;
	pl_row_clear(&pl_audit_check_noun, &chain);
	pl_store_close(&ctx);
	pl_ctx_clear(&ctx);
	if (out->fault[0] == '\0')
		look_inside(path, out);
}

/* Every identity is in some record, and a request's state is the one that was said. */
static bool
is_known(sqlite3 *db, const char *identity, const char *state)
{
	sqlite3_stmt *stmt = NULL;
	bool found;

	if (sqlite3_prepare_v2(db, "SELECT 1 WHERE (:id IN (SELECT id FROM authorization UNION SELECT id FROM policy)"
	    " OR EXISTS (SELECT 1 FROM audit WHERE instr(data, :id) > 0)) AND (:state IS NULL OR NOT EXISTS"
	    " (SELECT 1 FROM request WHERE id = :id AND state <> :state))", -1, &stmt, NULL) != SQLITE_OK)
		stop("an answer", "%s", sqlite3_errmsg(db));
	sqlite3_bind_text(stmt, 1, identity, 36, SQLITE_STATIC);
	sqlite3_bind_text(stmt, 2, state, state != NULL ? (int)strcspn(state, "\"") : 0, SQLITE_STATIC);
	found = sqlite3_step(stmt) == SQLITE_ROW;
	sqlite3_finalize(stmt);
	return found;
}

bool
check_answer(const char *path, const char *text)
{
	static const char status[] = "\"RequestStatus\":\"";
	const char *state = strstr(text, status);
	sqlite3 *db = NULL;
	bool right = true;
	size_t len;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
		stop(path, "%s", sqlite3_errmsg(db));
	if (state != NULL)
		state += strlen(status);
	for (; *text != '\0' && right; text += len > 0 ? len : 1) {
		len = strspn(text, "0123456789abcdef-");
		right = len != 36 || is_known(db, text, state);
	}
	sqlite3_close(db);
	return right;
}
