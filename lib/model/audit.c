/* audit.c - appending to the audit log, searching it and checking its chain */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/audit.h"

#include "pamlite/clock.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"

enum { CHECK_PAGE = 5000 };

void
pl_audit_hash(const char *previous, const char *line, char out[PL_DIGEST_LEN + 1])
{
	struct pl_digest d;

	pl_digest_start(&d);
	pl_digest_text(&d, previous);
	pl_digest_add(&d, "\n", 1);
	pl_digest_text(&d, line);
	pl_digest_add(&d, "\n", 1);
	pl_digest_end(&d, out);
}

/* The last record's sequence and hash; 0 and the genesis in an empty log. */
static enum pl_status
read_head(struct pl_ctx *ctx, int64_t *sequence, char hash[PL_DIGEST_LEN + 1])
{
	struct pl_stmt q;
	const char *text;

	*sequence = 0;
	memcpy(hash, PL_AUDIT_GENESIS, PL_DIGEST_LEN + 1);
	pl_stmt_open(&q, ctx, "SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
	if (pl_stmt_step(&q)) {
		*sequence = pl_stmt_int(&q, 0);
		text = pl_stmt_text(&q, 1);
		if (text != NULL && strlen(text) == PL_DIGEST_LEN)
			memcpy(hash, text, PL_DIGEST_LEN + 1);
	}
	return pl_stmt_close(&q);
}

enum pl_status
pl_audit_append(struct pl_ctx *ctx, const struct pl_record *record)
{
	char previous[PL_DIGEST_LEN + 1], hash[PL_DIGEST_LEN + 1], time[PL_TIME_LEN + 1];
	struct pl_buf line;
	struct pl_stmt q;
	int64_t sequence;
	enum pl_status st;

	st = read_head(ctx, &sequence, previous);
	if (st != PL_OK)
		return st;
	pl_buf_init(&line);
	pl_record_format(ctx, record, sequence + 1, &line);
	if (pl_buf_failed(&line)) {
		pl_buf_clear(&line);
		return pl_fail_memory(ctx);
	}
	pl_audit_hash(previous, line.text, hash);
	pl_time_format(ctx->clock.now, false, time);
	pl_stmt_open(&q, ctx,
	    "INSERT INTO audit (sequence, data, hash, time, user, operation, object, result, record_type)"
	    " VALUES (:sequence, :data, :hash, :time, :user, :operation, :object, :result, :type)");
	pl_stmt_bind_int(&q, ":sequence", sequence + 1);
	pl_stmt_bind_text(&q, ":data", line.text);
	pl_stmt_bind_text(&q, ":hash", hash);
	pl_stmt_bind_text(&q, ":time", time);
	pl_stmt_bind_text(&q, ":user", ctx->caller.name);
	pl_stmt_bind_text(&q, ":operation", record->operation);
	pl_stmt_bind_text(&q, ":object", record->object[0] != '\0' ? record->object : NULL);
	pl_stmt_bind_text(&q, ":result", record->result);
	pl_stmt_bind_text(&q, ":type", pl_record_type_names[record->type]);
	pl_stmt_run(&q);
	pl_buf_clear(&line);
	return pl_stmt_close(&q);
}

#define COL(NAME, TYPE, member, SQL, FLAGS) PL_COLUMN(struct pl_audit_record, NAME, TYPE, member, SQL, FLAGS)

static const struct pl_column columns[] = {
	COL("Sequence", INT, sequence, "a.sequence", PL_COL_TABLE | PL_COL_ID | PL_COL_INDEXED),
	COL("CreationDate", TEXT, creation_date, "a.time", PL_COL_TABLE | PL_COL_INDEXED),
	COL("UserIds", TEXT, user_ids, "a.user", PL_COL_TABLE | PL_COL_ACCOUNT),
	COL("Operations", TEXT, operations, "a.operation", PL_COL_TABLE),
	COL("ObjectIds", TEXT, object_ids, "a.object", PL_COL_TABLE | PL_COL_EXACT),
	COL("ResultStatus", TEXT, result_status, "a.result", PL_COL_TABLE),
	COL("RecordType", TEXT, record_type, "a.record_type", 0),
	COL("AuditData", TEXT, audit_data, "a.data", 0),
	COL("PreviousHash", TEXT, previous_hash,
	    "coalesce((SELECT b.hash FROM audit b WHERE b.sequence = a.sequence - 1), '" PL_AUDIT_GENESIS "')", 0),
	COL("Hash", TEXT, hash, "a.hash", 0),
	{ 0 }
};

/* One's own records and those of objects one may see. */
const struct pl_noun pl_audit_noun = {
	.name = "AuditRecord",
	.columns = columns,
	.row_size = sizeof(struct pl_audit_record),
	.from = "audit a",
	.visible = ":all OR a.user IN (:me, coalesce(:me_long, :me))"
	    " OR EXISTS (SELECT 1 FROM request r LEFT JOIN policy p ON p.id = r.policy_id"
	    "  LEFT JOIN authorization g ON g.request_id = r.id"
	    "  WHERE (r.id = a.object OR r.id IN"
	    "    (SELECT h.request_id FROM authorization h WHERE h.id = a.object"
	    "     UNION ALL SELECT h.request_id FROM execution e JOIN authorization h ON h.id = e.authorization_id"
	    "      WHERE e.id = a.object))"
	    "  AND (r.requestor IN (:me, coalesce(:me_long, :me)) OR coalesce(p.approver_group, (SELECT admin_group"
	    " FROM control)) IN (SELECT value FROM json_each(:groups)) AND p.id IS NOT NULL))",
	.newest = "Sequence",
};

static void
add_search(struct pl_query *q, const struct pl_audit_search *search)
{
	char time[PL_TIME_LEN + 1];
	struct pl_buf pattern;

	/* Times are RFC 3339 in UTC, so they compare as text. */
	if (search->start != 0) {
		pl_time_format(search->start, false, time);
		pl_query_compare(q, "CreationDate", ">=", time);
	}
	if (search->end != 0) {
		pl_time_format(search->end, false, time);
		pl_query_compare(q, "CreationDate", "<=", time);
	}
	pl_query_in(q, "Operations", search->operations);
	pl_query_in(q, "UserIds", search->users);
	pl_query_in(q, "ObjectIds", search->objects);
	pl_query_in(q, "RecordType", search->record_types);
	if (search->free_text == NULL)
		return;
	pl_buf_init(&pattern);
	pl_buf_printf(&pattern, "*%s*", search->free_text);
	pl_query_like(q, "AuditData", pattern.text, false);
	pl_buf_clear(&pattern);
}

enum pl_status
pl_audit_search(struct pl_ctx *ctx, const struct pl_audit_search *search, pl_row_fn *each, void *arg)
{
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_audit_noun);
	add_search(&q, search);
	return pl_query_each(&q, "Search-ElevatedAccessAuditLog", each, arg);
}

enum pl_status
pl_audit_export(struct pl_ctx *ctx, const struct pl_audit_search *search, pl_row_fn *each, void *arg)
{
	struct pl_query q;

	memset(&ctx->list, 0, sizeof(ctx->list));
	ctx->list.descending = true;   /* turns the newest first into the oldest first */
	pl_query_init(&q, ctx, &pl_audit_noun);
	add_search(&q, search);
	return pl_query_each(&q, "Export-ElevatedAccessAuditLog", each, arg);
}

#define CHECK(NAME, TYPE, member, FLAGS) PL_COLUMN(struct pl_audit_check, NAME, TYPE, member, NULL, FLAGS)

static const struct pl_column check_columns[] = {
	CHECK("Records", INT, records, PL_COL_TABLE),
	CHECK("FirstSequence", INT, first_sequence, PL_COL_TABLE),
	CHECK("LastSequence", INT, last_sequence, PL_COL_TABLE),
	CHECK("Valid", BOOL, valid, PL_COL_TABLE),
	CHECK("FirstBadSequence", INT, first_bad_sequence, 0),
	CHECK("Detail", TEXT, detail, 0),
	CHECK("HeadHash", TEXT, head_hash, 0),
	{ 0 }
};

const struct pl_noun pl_audit_check_noun = {
	.name = "AuditCheck",
	.columns = check_columns,
	.row_size = sizeof(struct pl_audit_check),
};

/* A check under way: what the next record must follow. */
struct walk {
	int64_t expected;
	char previous[PL_DIGEST_LEN + 1];
	const char *broken;      /* constant text; NULL while all is well */
	int64_t broken_at;
};

bool
pl_audit_line_says(const char *line, const char *const values[PL_AUDIT_COPIES])
{
	static const char *const keys[PL_AUDIT_COPIES] = {
		"Time", "UserId", "RecordType", "Operation", "ObjectId", "Result"
	};
	struct pl_buf pair;
	size_t i;

	pl_buf_init(&pair);
	for (i = 0; i < PL_AUDIT_COPIES && line != NULL; i++) {
		pl_buf_reset(&pair);
		pl_record_format_pair(keys[i], values[i], &pair);
		/* Inside a value the quotes would be escaped, so what is found is the key. */
		line = pl_buf_failed(&pair) ? NULL : strstr(line, pair.text);
	}
	pl_buf_clear(&pair);
	return line != NULL;
}

/*
 * The columns that searches use repeat what the line says; who changes one
 * could hide or forge a record in every search while the chain stays whole.
 */
static bool
copies_agree(struct pl_stmt *q, const char *line)
{
	const char *values[PL_AUDIT_COPIES];
	int i;

	for (i = 0; i < PL_AUDIT_COPIES; i++)
		values[i] = pl_stmt_text(q, 3 + i);
	return pl_audit_line_says(line, values);
}

/* Columns: sequence, line, hash, and then the copied ones. */
static void
look_at(struct walk *w, struct pl_stmt *q)
{
	int64_t sequence = pl_stmt_int(q, 0);
	const char *line = pl_stmt_text(q, 1), *hash = pl_stmt_text(q, 2);
	char computed[PL_DIGEST_LEN + 1], key[40];

	w->broken_at = sequence;
	if (sequence != w->expected) {
		w->broken = "a record is missing before this one";
		w->broken_at = w->expected;
		return;
	}
	if (line == NULL || hash == NULL) {
		w->broken = "the record is empty";
		return;
	}
	snprintf(key, sizeof(key), "{\"Sequence\":%" PRId64 ",", sequence);
	pl_audit_hash(w->previous, line, computed);
	if (strcmp(computed, hash) != 0)
		w->broken = "the hash does not fit the record and its predecessor";
	else if (strncmp(line, key, strlen(key)) != 0)
		w->broken = "the record carries another sequence number";
	else if (!copies_agree(q, line))
		w->broken = "the columns for searches say something else than the record";
	memcpy(w->previous, computed, sizeof(w->previous));
	w->expected++;
}

/* The record before `start` is what the first one must follow. */
static enum pl_status
begin_walk(struct pl_ctx *ctx, int64_t start, struct walk *w)
{
	struct pl_stmt q;
	const char *text;

	w->expected = start;
	memcpy(w->previous, PL_AUDIT_GENESIS, sizeof(w->previous));
	pl_stmt_open(&q, ctx, "SELECT hash FROM audit WHERE sequence = :before");
	pl_stmt_bind_int(&q, ":before", start - 1);
	if (pl_stmt_step(&q) && (text = pl_stmt_text(&q, 0)) != NULL && strlen(text) == PL_DIGEST_LEN)
		memcpy(w->previous, text, sizeof(w->previous));
	else if (start > 1) {
		w->broken = "the record before the first one is missing";
		w->broken_at = start - 1;
	}
	return pl_stmt_close(&q);
}

static enum pl_status
walk_page(struct pl_ctx *ctx, struct walk *w, int64_t *read)
{
	struct pl_stmt q;

	*read = 0;
	pl_stmt_open(&q, ctx,
	    "SELECT sequence, data, hash, time, user, record_type, operation, object, result FROM audit"
	    " WHERE sequence >= :from ORDER BY sequence LIMIT :page");
	pl_stmt_bind_int(&q, ":from", w->expected);
	pl_stmt_bind_int(&q, ":page", CHECK_PAGE);
	while (w->broken == NULL && pl_stmt_step(&q)) {
		look_at(w, &q);
		(*read)++;
	}
	return pl_stmt_close(&q);
}

static enum pl_status
verify_page(struct pl_ctx *ctx, int64_t start, struct walk *w, bool first, int64_t *read)
{
	enum pl_status st;

	*read = 0;
	st = pl_op_begin_read(ctx, "Test-ElevatedAccessAuditLog", NULL);
	if (st != PL_OK)
		return st;
	st = pl_require_see_all(ctx);
	if (st == PL_OK && first)
		st = begin_walk(ctx, start, w);
	if (st == PL_OK)
		st = walk_page(ctx, w, read);
	return pl_op_end(ctx, st);
}

enum pl_status
pl_audit_verify(struct pl_ctx *ctx, int64_t start, struct pl_audit_check *out)
{
	struct walk w = { 0 };
	enum pl_status st;
	int64_t read;

	pl_row_init(&pl_audit_check_noun, out);
	start = start > 0 ? start : 1;
	out->records = 0;
	do {
		st = verify_page(ctx, start, &w, out->records == 0, &read);
		out->records += read;
	} while (st == PL_OK && w.broken == NULL && read == CHECK_PAGE);
	if (st != PL_OK)
		return st;
	out->valid = w.broken == NULL;
	if (out->records > 0) {
		out->first_sequence = start;
		out->last_sequence = w.expected - 1;
	}
	out->first_bad_sequence = out->valid ? PL_NULL : w.broken_at;
	out->detail = out->valid ? NULL : strdup(w.broken);
	out->head_hash = strdup(w.previous);
	return out->head_hash == NULL || (!out->valid && out->detail == NULL) ? pl_fail_memory(ctx) : PL_OK;
}

static enum pl_status
compare(struct pl_ctx *ctx, const struct pl_audit_witness *w, bool *agrees)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT 1 FROM audit WHERE sequence = :sequence AND hash = :hash");
	pl_stmt_bind_int(&q, ":sequence", w->sequence);
	pl_stmt_bind_text(&q, ":hash", w->hash);
	*agrees = pl_stmt_step(&q);
	return pl_stmt_close(&q);
}

enum pl_status
pl_audit_compare(struct pl_ctx *ctx, const struct pl_audit_witness *witnesses, size_t count, int64_t *bad)
{
	bool agrees = true;
	enum pl_status st;
	size_t i;

	*bad = PL_NULL;
	st = pl_op_begin_read(ctx, "Test-ElevatedAccessAuditLog", NULL);
	if (st != PL_OK)
		return st;
	st = pl_require_see_all(ctx);
	for (i = 0; i < count && st == PL_OK && agrees; i++) {
		st = compare(ctx, &witnesses[i], &agrees);
		if (!agrees)
			*bad = witnesses[i].sequence;
	}
	return pl_op_end(ctx, st);
}
