/* audit_range.c - the part of the chain that one request is told by */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/audit_range.h"

#include "pamlite/chain.h"
#include "pamlite/operation.h"
#include "pamlite/statement.h"
#include "pamlite/text.h"

#include "model/request_internal.h"

/* A page ends at either: a record may hold a task of a quarter of a megabyte. */
enum { PAGE = 500, PAGE_BYTES = 512 << 10 };

static const char operation[] = "Export-ElevatedAccessEvidence";

static enum pl_status
damaged(struct pl_ctx *ctx, int64_t sequence)
{
	pl_fail(ctx, PL_ERR_DATABASE_DAMAGED, "record %" PRId64 " of the audit log is missing or not what was written",
	    sequence);
	return pl_hint(ctx, "test-elevated-access-audit-log says where the log breaks");
}

static enum pl_status
find(struct pl_ctx *ctx, const char *id, struct pl_audit_range *out)
{
	char hash[PL_DIGEST_LEN + 1];
	struct pl_request request;
	struct pl_stmt q;
	enum pl_status st;

	st = pl_request_find(ctx, id, &request);
	pl_row_clear(&pl_request_noun, &request);
	if (st == PL_OK)
		st = pl_require_see_all(ctx);
	if (st == PL_OK)
		st = pl_audit_head(ctx, &out->head, hash);
	if (st != PL_OK)
		return st;
	/* One may have asked for it by its id before: only a success has made it. */
	pl_stmt_open(&q, ctx, "SELECT min(sequence) FROM audit WHERE object = :id AND result <> 'Refused'");
	pl_stmt_bind_text(&q, ":id", id);
	if (pl_stmt_step(&q))
		out->first = pl_stmt_int(&q, 0);
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	pl_stmt_open(&q, ctx, "SELECT max(sequence) FROM (SELECT audit.sequence FROM (SELECT :id AS id"
	    " UNION ALL SELECT id FROM authorization WHERE request_id = :id"
	    " UNION ALL SELECT e.id FROM authorization a JOIN execution e ON e.authorization_id = a.id"
	    " WHERE a.request_id = :id) own JOIN audit ON audit.object = own.id"
	    /* A use that was counted for another program is recorded with the task as its object. */
	    " UNION ALL SELECT u.sequence FROM authorization a JOIN audit u"
	    " ON u.time = strftime('%Y-%m-%dT%H:%M:%SZ', a.last_used_at, 'unixepoch') AND instr(u.data, a.id) > 0"
	    " WHERE a.request_id = :id)");
	pl_stmt_bind_text(&q, ":id", id);
	if (pl_stmt_step(&q))
		out->last = pl_stmt_int(&q, 0);
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	return out->first == PL_NULL ? damaged(ctx, 1) : PL_OK;
}

enum pl_status
pl_audit_range_find(struct pl_ctx *ctx, const char *request, struct pl_audit_range *out)
{
	enum pl_status st;

	*out = (struct pl_audit_range){ 0 };
	st = pl_op_begin_read(ctx, operation, request);
	return st == PL_OK ? pl_op_end(ctx, find(ctx, request, out)) : st;
}

/* Records that were read and not yet handed out. */
struct page {
	int64_t next;                      /* the first that is still to be read */
	char previous[PL_DIGEST_LEN + 1];  /* the hash before it */
	size_t count;
	struct {
		char *line;
		char hash[PL_DIGEST_LEN + 1];
	} records[PAGE];
};

static void
page_clear(struct page *p)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		free(p->records[i].line);
	p->count = 0;
}

static enum pl_status
take(struct pl_ctx *ctx, struct pl_stmt *q, struct page *p, size_t *bytes)
{
	const char *line = pl_stmt_text(q, 1), *hash = pl_stmt_text(q, 2);

	if (pl_stmt_int(q, 0) != p->next || line == NULL || hash == NULL)
		return damaged(ctx, p->next);
	pl_text_copy(p->records[p->count].hash, sizeof(p->records[0].hash), hash);
	p->records[p->count].line = strdup(line);
	if (p->records[p->count].line == NULL)
		return pl_fail_memory(ctx);
	*bytes += strlen(line);
	p->count++;
	p->next++;
	return PL_OK;
}

static enum pl_status
read_page(struct pl_ctx *ctx, int64_t last, struct page *p)
{
	size_t bytes = 0;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "SELECT sequence, data, hash FROM audit WHERE sequence BETWEEN :next AND :last ORDER BY sequence");
	pl_stmt_bind_int(&q, ":next", p->next);
	pl_stmt_bind_int(&q, ":last", last);
	while (p->count < PAGE && bytes < PAGE_BYTES && pl_stmt_step(&q))
		pl_stmt_fail(&q, take(ctx, &q, p, &bytes));
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	return p->count == 0 ? damaged(ctx, p->next) : PL_OK;
}

static enum pl_status
read_previous(struct pl_ctx *ctx, struct page *p)
{
	const char *hash = PL_AUDIT_GENESIS;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT hash FROM audit WHERE sequence = :before");
	pl_stmt_bind_int(&q, ":before", p->next - 1);
	if (pl_stmt_step(&q))
		hash = pl_stmt_text(&q, 0);
	pl_text_copy(p->previous, sizeof(p->previous), hash);
	return pl_stmt_close(&q);
}

static enum pl_status
next_page(struct pl_ctx *ctx, int64_t last, struct page *p)
{
	enum pl_status st;

	st = pl_op_begin_read(ctx, operation, NULL);
	if (st != PL_OK)
		return st;
	st = pl_require_see_all(ctx);
	if (st == PL_OK && p->previous[0] == '\0')
		st = read_previous(ctx, p);
	if (st == PL_OK)
		st = read_page(ctx, last, p);
	return pl_op_end(ctx, st);
}

static enum pl_status
hand_out(struct page *p, pl_chain_fn *each, void *arg)
{
	struct pl_chain_record record = { .sequence = p->next - (int64_t)p->count, .previous = p->previous };
	enum pl_status st = PL_OK;
	size_t i;

	for (i = 0; i < p->count && st == PL_OK; i++, record.sequence++) {
		record.line = p->records[i].line;
		record.hash = p->records[i].hash;
		st = each(arg, &record);
		memcpy(p->previous, p->records[i].hash, sizeof(p->previous));
	}
	page_clear(p);
	return st;
}

enum pl_status
pl_audit_range_each(struct pl_ctx *ctx, int64_t first, int64_t last, pl_chain_fn *each, void *arg)
{
	struct page *p = calloc(1, sizeof(*p));
	enum pl_status st = PL_OK;

	if (p == NULL)
		return pl_fail_memory(ctx);
	p->next = first;
	while (st == PL_OK && p->next <= last) {
		st = next_page(ctx, last, p);
		if (st == PL_OK)
			st = hand_out(p, each, arg);
	}
	page_clear(p);
	free(p);
	return st;
}
