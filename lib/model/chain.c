/* chain.c - appending to the audit log: each record is hashed together with its predecessor */

#include <inttypes.h>
#include <string.h>

#include "pamlite/chain.h"

#include "pamlite/clock.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"
#include "pamlite/text.h"

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

enum pl_status
pl_audit_head(struct pl_ctx *ctx, int64_t *sequence, char hash[PL_DIGEST_LEN + 1])
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

/*
 * What tells the chain from one that was written anew stands first, since some daemons cut lines; texts are
 * escaped as in the record, so that none of them ends its field or the line.
 */
static enum pl_status
announce(struct pl_ctx *ctx, const struct pl_record *record, const char *user, int64_t sequence, const char *hash)
{
	struct pl_buf line;
	enum pl_status st;

	pl_buf_init(&line);
	pl_buf_printf(&line, PL_AUDIT_SAID "%" PRId64 PL_AUDIT_SAID_HASH "%s Operation=%s Result=%s User=\"",
	    sequence, hash, record->operation, record->result);
	pl_text_escape_json(&line, user, strlen(user));
	pl_buf_text(&line, "\" Object=\"");
	pl_text_escape_json(&line, record->object, strlen(record->object));
	pl_buf_char(&line, '"');
	st = pl_buf_failed(&line) ? pl_fail_memory(ctx) : pl_txn_announce(ctx, line.text);
	pl_buf_clear(&line);
	return st;
}

enum pl_status
pl_audit_append(struct pl_ctx *ctx, const struct pl_record *record)
{
	const char *user = ctx->principal != NULL ? ctx->principal : ctx->caller.name;
	char previous[PL_DIGEST_LEN + 1], hash[PL_DIGEST_LEN + 1], time[PL_TIME_LEN + 1];
	struct pl_buf line;
	struct pl_stmt q;
	int64_t sequence;
	enum pl_status st;

	st = pl_audit_head(ctx, &sequence, previous);
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
	pl_stmt_bind_text(&q, ":user", user);
	pl_stmt_bind_text(&q, ":operation", record->operation);
	pl_stmt_bind_text(&q, ":object", record->object[0] != '\0' ? record->object : NULL);
	pl_stmt_bind_text(&q, ":result", record->result);
	pl_stmt_bind_text(&q, ":type", pl_record_type_names[record->type]);
	pl_stmt_run(&q);
	pl_buf_clear(&line);
	st = pl_stmt_close(&q);
	return st == PL_OK ? announce(ctx, record, user, sequence + 1, hash) : st;
}
