/* query.c - find one stored object by the columns of its noun */


#include "pamlite/query.h"

#include "pamlite/operation.h"
#include "pamlite/statement.h"

#include "model/query_internal.h"

void
pl_query_columns(struct pl_buf *sql, const struct pl_noun *noun)
{
	const struct pl_column *c;

	pl_buf_text(sql, "SELECT ");
	for (c = noun->columns; c->name != NULL; c++) {
		pl_buf_text(sql, c == noun->columns ? "" : ", ");
		pl_buf_text(sql, c->sql);
	}
	pl_buf_text(sql, " FROM ");
	pl_buf_text(sql, noun->from);
	pl_buf_text(sql, " WHERE ");
}

/* Fill the row's members from the statement's columns, which stand in the noun's order. */
enum pl_status
pl_query_load(struct pl_stmt *s, const struct pl_noun *noun, void *row)
{
	const struct pl_column *c;
	int i = 0;

	for (c = noun->columns; c->name != NULL; c++, i++) {
		char *at = (char *)row + c->offset;

		switch (c->type) {
		case PL_TYPE_TEXT:
		case PL_TYPE_LIST:
		case PL_TYPE_MAP:
			*(char **)(void *)at = pl_stmt_dup(s, i);
			break;
		case PL_TYPE_BOOL:
			*(bool *)(void *)at = pl_stmt_bool(s, i);
			break;
		default:
			*(int64_t *)(void *)at = pl_stmt_int(s, i);
			break;
		}
	}
	return s->status;
}

static enum pl_status
find(struct pl_ctx *ctx, const struct pl_noun *noun, const char *id, void *row, const char *visible)
{
	struct pl_buf sql;
	struct pl_stmt s;
	bool found;

	pl_row_init(noun, row);
	pl_buf_init(&sql);
	pl_query_columns(&sql, noun);
	pl_buf_printf(&sql, "(%s)", visible);
	if (id != NULL)
		pl_buf_printf(&sql, " AND %s = :id", pl_column_id(noun)->sql);
	if (pl_buf_failed(&sql)) {
		pl_buf_clear(&sql);
		return pl_fail_memory(ctx);
	}
	pl_stmt_open(&s, ctx, sql.text);
	pl_buf_clear(&sql);
	pl_op_offer_facts(&s);
	if (id != NULL)
		pl_stmt_bind_text(&s, ":id", id);
	found = pl_stmt_step(&s) && pl_query_load(&s, noun, row) == PL_OK;
	if (pl_stmt_close(&s) != PL_OK)
		return s.status;
	return found ? PL_OK : PL_E_NOT_FOUND;
}

enum pl_status
pl_find(struct pl_ctx *ctx, const struct pl_noun *noun, const char *id, void *row)
{
	return find(ctx, noun, id, row, noun->visible);
}

enum pl_status
pl_find_any(struct pl_ctx *ctx, const struct pl_noun *noun, const char *id, void *row)
{
	return find(ctx, noun, id, row, "1");
}
