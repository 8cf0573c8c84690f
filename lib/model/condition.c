/* condition.c - the conditions of a query: literals of ours and bound values, never input */

#include <stdlib.h>
#include <string.h>

#include "pamlite/query.h"

#include "pamlite/list.h"
#include "pamlite/name.h"

void
pl_query_init(struct pl_query *q, struct pl_ctx *ctx, const struct pl_noun *noun)
{
	memset(q, 0, sizeof(*q));
	q->ctx = ctx;
	q->noun = noun;
	pl_buf_init(&q->where);
}

void
pl_query_clear(struct pl_query *q)
{
	int i;

	for (i = 0; i < q->count; i++)
		free(q->values[i].text);
	q->count = 0;
	pl_buf_clear(&q->where);
}

/* Keep a value and write its place (:v7) into the condition. */
static void
add_value(struct pl_query *q, const char *text, int64_t number)
{
	struct pl_query_value *v;

	if (q->status != PL_OK)
		return;
	if (q->count == PL_QUERY_VALUES) {
		q->status = pl_fail(q->ctx, PL_ERR_INVALID_FILTER, "the filter has more than %d values",
		    PL_QUERY_VALUES);
		return;
	}
	v = &q->values[q->count];
	v->number = number;
	v->text = text != NULL ? strdup(text) : NULL;
	if (text != NULL && v->text == NULL) {
		q->status = pl_fail_memory(q->ctx);
		return;
	}
	q->count++;
	pl_buf_printf(&q->where, ":v%d", q->count);
}

static const struct pl_column *
column(struct pl_query *q, const char *name)
{
	const struct pl_column *c = pl_column_find(q->noun, name);

	if (c == NULL && q->status == PL_OK)
		q->status = pl_fail(q->ctx, PL_ERR_INTERNAL, "%s has no column %s", q->noun->name, name);
	return c;
}

void
pl_query_where(struct pl_query *q, const char *sql)
{
	pl_buf_printf(&q->where, " AND (%s)", sql);
}

void
pl_query_compare(struct pl_query *q, const char *name, const char *op, const char *text)
{
	const struct pl_column *c = column(q, name);

	if (c == NULL)
		return;
	pl_buf_printf(&q->where, " AND (%s) %s ", c->sql, op);
	add_value(q, text, 0);
}

void
pl_query_compare_int(struct pl_query *q, const char *name, const char *op, int64_t value)
{
	const struct pl_column *c = column(q, name);

	if (c == NULL)
		return;
	pl_buf_printf(&q->where, " AND (%s) %s ", c->sql, op);
	add_value(q, NULL, value);
}

/* * and ? to SQL's % and _; '!' escapes, since task names hold backslashes. */
static char *
like_pattern(const char *pattern)
{
	struct pl_buf b;

	pl_buf_init(&b);
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '*')
			pl_buf_char(&b, '%');
		else if (*pattern == '?')
			pl_buf_char(&b, '_');
		else {
			if (strchr("%_!", *pattern) != NULL)
				pl_buf_char(&b, '!');
			pl_buf_char(&b, *pattern);
		}
	}
	return pl_buf_take(&b);
}

void
pl_query_like(struct pl_query *q, const char *name, const char *pattern, bool negate)
{
	const struct pl_column *c = column(q, name);
	char *like = like_pattern(pattern);

	if (like == NULL && q->status == PL_OK)
		q->status = pl_fail_memory(q->ctx);
	if (like != NULL && strlen(like) > PL_QUERY_PATTERN_MAX && q->status == PL_OK)
		q->status = pl_fail(q->ctx, PL_ERR_INVALID_FILTER, "a pattern is longer than %d bytes",
		    PL_QUERY_PATTERN_MAX);
	q->patterns_len += like != NULL ? strlen(like) : 0;
	if (q->patterns_len > PL_QUERY_PATTERNS_MAX && q->status == PL_OK)
		q->status = pl_fail(q->ctx, PL_ERR_INVALID_FILTER, "the patterns are longer than %d bytes in all",
		    PL_QUERY_PATTERNS_MAX);
	if (c != NULL && like != NULL) {
		pl_buf_printf(&q->where, " AND coalesce(%s, '') %sLIKE ", c->sql, negate ? "NOT " : "");
		add_value(q, like, 0);
		pl_buf_text(&q->where, " ESCAPE '!'");
	}
	free(like);
}

void
pl_query_account(struct pl_query *q, const struct pl_column *c, bool negate, const char *value)
{
	int n;

	/* Where there is no account it is none of these, not even an empty one. */
	pl_buf_printf(&q->where, "%scoalesce((%s) COLLATE NOCASE IN (", negate ? "NOT " : "", c->sql);
	add_value(q, value, 0);
	n = q->count;
	pl_buf_printf(&q->where, ", :v%d || coalesce('@' || :domain, ''), CASE WHEN :v%d LIKE '%%@' || :domain"
	    " THEN substr(:v%d, 1, length(:v%d) - length(:domain) - 1) ELSE :v%d END), 0)", n, n, n, n, n);
}

/* Accounts are equal by their short or long name; everything else as its column's table says. */
static void
add_equal(struct pl_query *q, const struct pl_column *c, const char *value)
{
	if ((c->flags & PL_COL_ACCOUNT) != 0) {
		pl_query_account(q, c, false, value);
		return;
	}
	pl_buf_printf(&q->where, "%s = ", c->sql);
	add_value(q, value, 0);
}

void
pl_query_name(struct pl_query *q, const char *const *names, const char *value)
{
	const struct pl_column *c;
	size_t i;

	if (value == NULL)
		return;
	if (pl_name_is_pattern(value)) {
		pl_query_like(q, names[0], value, false);
		return;
	}
	q->selective = true;
	for (i = 0; names[i] != NULL && (c = column(q, names[i])) != NULL; i++) {
		pl_buf_text(&q->where, i == 0 ? " AND (" : " OR ");
		add_equal(q, c, value);
	}
	pl_buf_text(&q->where, ")");
}

void
pl_query_with(struct pl_query *q, const char *const *parts, const char *value)
{
	if (value == NULL)
		return;
	q->selective = true;
	pl_buf_printf(&q->where, " AND (%s", *parts);
	while (*++parts != NULL) {
		add_value(q, value, 0);
		pl_buf_text(&q->where, *parts);
	}
	pl_buf_text(&q->where, ")");
}

void
pl_query_in(struct pl_query *q, const char *name, const char *list)
{
	const struct pl_column *c = column(q, name);
	struct pl_item it;
	bool first = true, account, exact;
	char *text;

	if (c == NULL || pl_list_count(list) == 0)
		return;
	account = (c->flags & PL_COL_ACCOUNT) != 0;
	exact = (c->flags & PL_COL_EXACT) != 0;
	/* No index serves the two forms of an account: such a listing walks in windows like any other. */
	q->selective = q->selective || exact;
	pl_buf_text(&q->where, " AND (");
	while (pl_list_next(&list, &it) && q->status == PL_OK) {
		pl_buf_text(&q->where, first ? "" : " OR ");
		first = false;
		text = pl_item_dup(&it);
		if (text == NULL)
			q->status = pl_fail_memory(q->ctx);
		else
			add_equal(q, c, text);
		if (text != NULL && !account && !exact)
			pl_buf_text(&q->where, " COLLATE NOCASE");
		free(text);
	}
	pl_buf_text(&q->where, ")");
}

enum pl_status
pl_query_hint_properties(struct pl_query *q)
{
	struct pl_buf names;

	pl_buf_init(&names);
	pl_column_names(q->noun, 0, &names);
	pl_hint(q->ctx, "the properties are %s", names.text);
	pl_buf_clear(&names);
	return q->ctx->failure.status;
}
