/* audit_check.c - walking the chain of the audit log, and comparing it with what others keep of it */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/audit_check.h"

#include "pamlite/chain.h"
#include "pamlite/operation.h"
#include "pamlite/statement.h"

enum { PAGE = 5000 };

#define CHECK(NAME, TYPE, member, FLAGS, HELP) PL_COLUMN(struct pl_audit_check, NAME, TYPE, member, NULL, FLAGS, HELP)

static const struct pl_column check_columns[] = {
	CHECK("Records", INT, records, PL_COL_TABLE, "how many records were checked"),
	CHECK("FirstSequence", INT, first_sequence, PL_COL_TABLE, "number of the first of them"),
	CHECK("LastSequence", INT, last_sequence, PL_COL_TABLE, "number of the last of them"),
	CHECK("Valid", BOOL, valid, PL_COL_TABLE, "whether the log is whole"),
	CHECK("FirstBadSequence", INT, first_bad_sequence, 0, "the first record that is wrong; null if none is"),
	CHECK("Detail", TEXT, detail, 0,
	    "what is wrong, or how far other witnesses agree; null if there is nothing to say"),
	CHECK("HeadHash", TEXT, head_hash, 0, "hash of the last record that was checked"),
	{ 0 }
};

const struct pl_noun pl_audit_check_noun = {
	.name = "AuditCheck",
	.columns = check_columns,
	.row_size = sizeof(struct pl_audit_check),
};

void
pl_audit_check_say(const struct pl_audit_check *check, struct pl_buf *out)
{
	pl_buf_printf(out, "the audit log is broken at record %" PRId64 ": %s", check->first_bad_sequence,
	    check->detail);
}

/* A check under way: what the next record must follow. */
struct walk {
	int64_t expected;
	char previous[PL_DIGEST_LEN + 1];
	const char *broken;      /* constant text; NULL while all is well */
	int64_t broken_at;
};

/* What begins the value of a copied column in the line, in the order in which they stand there. */
#define KEY(name) { name, ",\"" name "\":" }
static const struct {
	const char *name, *begin;
} copied[PL_AUDIT_COPIES] = {
	KEY("Time"), KEY("UserId"), KEY("RecordType"), KEY("Operation"), KEY("ObjectId"), KEY("Result")
};

bool
pl_audit_line_says(const char *line, const char *const values[PL_AUDIT_COPIES])
{
	struct pl_buf pair;
	size_t i;

	pl_buf_init(&pair);
	for (i = 0; i < PL_AUDIT_COPIES && line != NULL; i++) {
		/* Inside a value the quotes would be escaped, so what is found first is the key itself. */
		line = strstr(line, copied[i].begin);
		pl_buf_reset(&pair);
		pl_record_format_pair(copied[i].name, values[i], &pair);
		pl_buf_char(&pair, ',');
		if (line != NULL && (pl_buf_failed(&pair) || strncmp(line, pair.text, pair.len) != 0))
			line = NULL;
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

/* What cannot be read as text is a finding, with its place, and not the end of the check. */
static void
take_unreadable(struct walk *w, struct pl_stmt *q)
{
	if (q->status == PL_OK || q->ctx->failure.error != PL_ERR_DATABASE_DAMAGED)
		return;
	w->broken = "the record holds text that cannot be read";
	q->status = PL_OK;
	pl_ctx_forgive(q->ctx);
}

/* A search would show what stands before the first record, though no chain leads to it. */
static enum pl_status
check_nothing_before(struct pl_ctx *ctx, struct walk *w)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT sequence FROM audit WHERE sequence < 1 ORDER BY sequence LIMIT 1");
	if (pl_stmt_step(&q)) {
		w->broken = "a record stands before the first one";
		w->broken_at = pl_stmt_int(&q, 0);
	}
	return pl_stmt_close(&q);
}

/* Of what was never written nothing can be said, neither that it is whole nor that it is not. */
static enum pl_status
check_reaches(struct pl_ctx *ctx, int64_t start)
{
	char hash[PL_DIGEST_LEN + 1];
	int64_t head;
	enum pl_status st = pl_audit_head(ctx, &head, hash);

	return st != PL_OK || start <= head + 1 ? st : pl_fail(ctx, PL_ERR_CANNOT_CONVERT,
	    "there is no record %" PRId64 " to begin with: the log ends at record %" PRId64, start, head);
}

/* The record before `start` is what the first one must follow. */
static enum pl_status
begin_walk(struct pl_ctx *ctx, int64_t start, struct walk *w)
{
	struct pl_stmt q;
	const char *text;
	enum pl_status st;

	w->expected = start;
	memcpy(w->previous, PL_AUDIT_GENESIS, sizeof(w->previous));
	if (start == 1)
		return check_nothing_before(ctx, w);
	st = check_reaches(ctx, start);
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx, "SELECT hash FROM audit WHERE sequence = :before");
	pl_stmt_bind_int(&q, ":before", start - 1);
	if (pl_stmt_step(&q) && (text = pl_stmt_text(&q, 0)) != NULL && strlen(text) == PL_DIGEST_LEN)
		memcpy(w->previous, text, sizeof(w->previous));
	else {
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
	pl_stmt_bind_int(&q, ":page", PAGE);
	while (w->broken == NULL && pl_stmt_step(&q)) {
		look_at(w, &q);
		take_unreadable(w, &q);
		(*read)++;
	}
	return pl_stmt_close(&q);
}

/* The service learns from it whether the chain is whole, and nothing of what it says. */
static enum pl_status
check_right(struct pl_ctx *ctx)
{
	return pl_op_rights(ctx)->service ? PL_OK : pl_require_see_all(ctx);
}

static enum pl_status
verify_page(struct pl_ctx *ctx, int64_t start, struct walk *w, bool first, int64_t *read)
{
	enum pl_status st;

	*read = 0;
	st = pl_op_begin_read(ctx, "Test-ElevatedAccessAuditLog", NULL);
	if (st != PL_OK)
		return st;
	st = check_right(ctx);
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
	} while (st == PL_OK && w.broken == NULL && read == PAGE);
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

enum pl_status
pl_audit_verify_newest(struct pl_ctx *ctx, struct pl_audit_check *out)
{
	char hash[PL_DIGEST_LEN + 1];
	int64_t head = 0;
	enum pl_status st;

	pl_row_init(&pl_audit_check_noun, out);
	st = pl_op_begin_read(ctx, "Test-ElevatedAccessAuditLog", NULL);
	if (st == PL_OK)
		st = pl_op_end(ctx, pl_audit_head(ctx, &head, hash));
	return st == PL_OK ? pl_audit_verify(ctx, head > PL_AUDIT_NEWEST ? head - PL_AUDIT_NEWEST + 1 : 1, out) : st;
}

enum pl_status
pl_audit_restored(struct pl_ctx *ctx, int64_t sequence, int64_t *out)
{
	struct pl_stmt q;
	enum pl_status st;

	*out = 0;
	st = pl_op_begin_read(ctx, "Test-ElevatedAccessAuditLog", NULL);
	if (st != PL_OK)
		return st;
	st = check_right(ctx);
	if (st != PL_OK)
		return pl_op_end(ctx, st);
	pl_stmt_open(&q, ctx, "SELECT max(sequence) FROM audit WHERE object = 'Database' AND sequence <= :sequence"
	    " AND operation = 'Restore-ElevatedAccessDatabase' AND result = 'Success'");
	pl_stmt_bind_int(&q, ":sequence", sequence);
	if (pl_stmt_step(&q) && pl_stmt_int(&q, 0) != PL_NULL)
		*out = pl_stmt_int(&q, 0);
	return pl_op_end(ctx, pl_stmt_close(&q));
}

static enum pl_status
compare(struct pl_ctx *ctx, const struct pl_audit_witness *w, enum pl_audit_finding *out)
{
	struct pl_stmt q;

	*out = PL_AUDIT_LACKING;
	pl_stmt_open(&q, ctx, "SELECT hash = :hash FROM audit WHERE sequence = :sequence");
	pl_stmt_bind_int(&q, ":sequence", w->sequence);
	pl_stmt_bind_text(&q, ":hash", w->hash);
	if (pl_stmt_step(&q))
		*out = pl_stmt_bool(&q, 0) ? PL_AUDIT_AGREES : PL_AUDIT_DIFFERS;
	return pl_stmt_close(&q);
}

enum pl_status
pl_audit_compare(struct pl_ctx *ctx, const struct pl_audit_witness *witnesses, size_t count,
    enum pl_audit_finding *finding, int64_t *bad)
{
	enum pl_audit_finding one;
	enum pl_status st;
	size_t i;

	*finding = PL_AUDIT_AGREES;
	*bad = PL_NULL;
	st = pl_op_begin_read(ctx, "Test-ElevatedAccessAuditLog", NULL);
	if (st != PL_OK)
		return st;
	st = check_right(ctx);
	for (i = 0; i < count && st == PL_OK; i++) {
		st = compare(ctx, &witnesses[i], &one);
		if (st == PL_OK && one != PL_AUDIT_AGREES && (*bad == PL_NULL || witnesses[i].sequence < *bad)) {
			*finding = one;
			*bad = witnesses[i].sequence;
		}
	}
	return pl_op_end(ctx, st);
}
