/* audit.c - searching and exporting the audit log */

#include <string.h>

#include "pamlite/audit.h"

#include "pamlite/chain.h"
#include "pamlite/clock.h"
#include "pamlite/query.h"
#include "pamlite/record.h"
#include "pamlite/text.h"

#include "model/sql.h"

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) \
	PL_COLUMN(struct pl_audit_record, NAME, TYPE, member, SQL, FLAGS, HELP)

static const struct pl_column columns[] = {
	COL("Sequence", INT, sequence, "a.sequence", PL_COL_TABLE | PL_COL_ID | PL_COL_INDEXED,
	    "number of the record, from 1 without a gap"),
	COL("CreationDate", TEXT, creation_date, "a.time", PL_COL_TABLE | PL_COL_INDEXED | PL_COL_WHOLE,
	    "when it was recorded, in UTC"),
	COL("UserIds", TEXT, user_ids, "a.user", PL_COL_TABLE | PL_COL_ACCOUNT, "who acted"),
	COL("Operations", TEXT, operations, "a.operation", PL_COL_TABLE,
	    "what was done: the name of a cmdlet, or of what the clock did, such as Expire-ElevatedAccessRequest"),
	COL("ObjectIds", TEXT, object_ids, "a.object", PL_COL_TABLE | PL_COL_EXACT,
	    "id or name of what it was done to; null where there is no one object"),
	COL("ResultStatus", TEXT, result_status, "a.result", PL_COL_TABLE,
	    "Success, Refused, Started, Ended, Failed or Missing"),
	COL("RecordType", TEXT, record_type, "a.record_type", 0,
	    "Configuration, Request, Decision, Execution, Refusal or Maintenance"),
	COL("AuditData", TEXT, audit_data, "a.data", 0, "the whole record: the line of JSON that is hashed"),
	COL("PreviousHash", TEXT, previous_hash,
	    "coalesce((SELECT b.hash FROM audit b WHERE b.sequence = a.sequence - 1), '" PL_AUDIT_GENESIS "')", 0,
	    "Hash of the record before; 64 zeros for the first"),
	COL("Hash", TEXT, hash, "a.hash", 0,
	    "SHA-256, in hexadecimal, of PreviousHash, a newline, AuditData and a newline"),
	{ 0 }
};

/* One's own records and those of objects one may see. */
const struct pl_noun pl_audit_noun = {
	.name = "AuditRecord",
	.columns = columns,
	.row_size = sizeof(struct pl_audit_record),
	.from = "audit a",
	.base = "audit a",
	.visible = ":all OR " SQL_IS_ME("a.user", "a.uid", "0")
	    " OR EXISTS (SELECT 1 FROM request r LEFT JOIN policy p ON p.id = r.policy_id"
	    "  LEFT JOIN authorization g ON g.request_id = r.id"
	    "  WHERE (r.id = a.object OR r.id IN"
	    "    (SELECT h.request_id FROM authorization h WHERE h.id = a.object"
	    "     UNION ALL SELECT h.request_id FROM execution e JOIN authorization h ON h.id = e.authorization_id"
	    "      WHERE e.id = a.object))"
	    "  AND (" SQL_REQUESTED_BY_ME " OR " SQL_MAY_DECIDE "))",
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
	pl_buf_char(&pattern, '*');
	pl_text_escape_json(&pattern, search->free_text, strlen(search->free_text));
	pl_buf_char(&pattern, '*');
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

	pl_query_init(&q, ctx, &pl_audit_noun);
	q.oldest_first = true;
	add_search(&q, search);
	return pl_query_each(&q, "Export-ElevatedAccessAuditLog", each, arg);
}
