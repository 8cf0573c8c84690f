/* filter.c - fuzzes -Filter: what SQLite finds with it among twenty rows, against an evaluator that knows no SQL */

#include "pamlite/query.h"

#include "store/internal.h"

#include "filter_reference.h"
#include "fuzz.h"

/* As the reference has them, in a table of the store's own SQLite. */
static sqlite3 *
rows_open(void)
{
	static sqlite3 *db;
	struct pl_ctx ctx;
	sqlite3_stmt *insert;

	if (db != NULL)
		return db;
	pl_ctx_init(&ctx);
	demand(pl_store_connect(&ctx, ":memory:", &db) == PL_OK, "there is a database");
	demand(sqlite3_exec(db, "CREATE TABLE r (id TEXT, name TEXT, account TEXT, list TEXT, count INTEGER,"
	    " flag INTEGER, at INTEGER, hours INTEGER)", NULL, NULL, NULL) == SQLITE_OK, "with a table");
	for (size_t i = 0; i < REFERENCE_ROWS; i++) {
		const struct reference_row *r = &reference_rows[i];
		const int64_t numbers[] = { r->count, r->flag, r->at, r->hours };

		sqlite3_prepare_v2(db, "INSERT INTO r VALUES (?, ?, ?, ?, ?, ?, ?, ?)", -1, &insert, NULL);
		sqlite3_bind_text(insert, 1, r->id, -1, SQLITE_STATIC);
		sqlite3_bind_text(insert, 2, r->name, -1, SQLITE_STATIC);
		sqlite3_bind_text(insert, 3, r->account, -1, SQLITE_STATIC);
		sqlite3_bind_text(insert, 4, r->list, -1, SQLITE_STATIC);
		for (int j = 0; j < 4; j++)
			if (numbers[j] != PL_NULL)
				sqlite3_bind_int64(insert, 5 + j, numbers[j]);
		demand(sqlite3_step(insert) == SQLITE_DONE && sqlite3_finalize(insert) == SQLITE_OK, "with rows");
	}
	pl_ctx_clear(&ctx);
	return db;
}

/* The rows that the compiled condition leaves, a bit each. */
static uint32_t
select_rows(const struct pl_query *q)
{
	sqlite3 *db = rows_open();
	sqlite3_stmt *select;
	struct pl_buf sql;
	uint32_t found = 0;
	char name[16];
	int at;

	pl_buf_init(&sql);
	pl_buf_printf(&sql, "SELECT rowid FROM r WHERE 1%s", q->where.text);
	demand(sqlite3_prepare_v2(db, sql.text, -1, &select, NULL) == SQLITE_OK, "what is accepted is SQL");
	for (int i = 0; i < q->count; i++) {
		snprintf(name, sizeof name, ":v%d", i + 1);
		at = sqlite3_bind_parameter_index(select, name);
		demand(at > 0, "every value has its place");
		if (q->values[i].text != NULL)
			sqlite3_bind_text(select, at, q->values[i].text, -1, SQLITE_STATIC);
		else
			sqlite3_bind_int64(select, at, q->values[i].number);
	}
	at = sqlite3_bind_parameter_index(select, ":domain");
	if (at > 0)
		sqlite3_bind_text(select, at, REFERENCE_DOMAIN, -1, SQLITE_STATIC);
	while ((at = sqlite3_step(select)) == SQLITE_ROW)
		found |= UINT32_C(1) << (sqlite3_column_int(select, 0) - 1);
	demand(at == SQLITE_DONE, "it is searched to the end");
	sqlite3_finalize(select);
	pl_buf_clear(&sql);
	return found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	char *text = fuzz_text(&in);
	uint32_t expected = 0;
	struct pl_query q;
	struct pl_ctx ctx;
	bool good = true;

	pl_ctx_init(&ctx);
	pl_query_init(&q, &ctx, &reference_noun);
	pl_query_filter(&q, text);
	/* What is no line of text never comes this far. */
	if (pl_text_is_line(text, strlen(text))) {
		for (size_t i = 0; i < REFERENCE_ROWS && good; i++)
			expected |= (uint32_t)reference_holds(text, &reference_rows[i], &good) << i;
		if (q.status == PL_OK)
			demand(good && select_rows(&q) == expected, "the evaluator finds the same rows");
		else
			demand(q.status == PL_E_USAGE && (!good || strstr(ctx.failure.message, "too ") != NULL ||
			    strstr(ctx.failure.message, "longer than") != NULL), "only what is too much is refused");
	}
	pl_query_clear(&q);
	pl_ctx_clear(&ctx);
	free(text);
	return 0;
}
