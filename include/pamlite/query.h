/* query.h - finding and listing stored objects: one mechanism for every noun */
#ifndef PAMLITE_QUERY_H
#define PAMLITE_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/row.h"

enum { PL_QUERY_VALUES = 256, PL_QUERY_UNINDEXED_MAX = 10000, PL_QUERY_PATTERN_MAX = 250,
	PL_QUERY_PATTERNS_MAX = 1000 };

/* A value bound to a query: the only way for input to reach SQL. */
struct pl_query_value {
	char *text;          /* owned; NULL = the number */
	int64_t number;
};

/*
 * A listing being put together: conditions are literals of ours or compiled
 * from columns and bound values. Sticky like a statement; pl_query_each() and
 * pl_query_clear() end it.
 */
struct pl_query {
	struct pl_ctx *ctx;
	const struct pl_noun *noun;
	struct pl_buf where;
	struct pl_query_value values[PL_QUERY_VALUES];
	int count;
	size_t patterns_len;     /* of all patterns: what they cost for each row is bounded */
	bool selective;          /* an index finds the few rows that match: no need to walk the order in windows */
	bool oldest_first;       /* without -SortBy */
	enum pl_status status;
};

void pl_query_init(struct pl_query *q, struct pl_ctx *ctx, const struct pl_noun *noun);
void pl_query_clear(struct pl_query *q);

/* Only rows for which this SQL condition holds; a literal, which may use the facts of pl_op_offer_facts(). */
void pl_query_where(struct pl_query *q, const char *sql);
/* Only rows whose column compares so: op is "=", "<>", "<", "<=", ">" or ">=". Text compares as the table says. */
void pl_query_compare(struct pl_query *q, const char *column, const char *op, const char *text);
void pl_query_compare_int(struct pl_query *q, const char *column, const char *op, int64_t value);
/* An account compares by its short or long name; a condition alone, without " AND ". */
void pl_query_account(struct pl_query *q, const struct pl_column *c, bool negate, const char *value);
/* Only rows whose text column matches a pattern with * and ?. At most PL_QUERY_PATTERNS_MAX bytes of them. */
void pl_query_like(struct pl_query *q, const char *column, const char *pattern, bool negate);
/*
 * The name given to a Get command: a pattern for the first of the columns, or
 * exactly the value of one of them (`columns` ends with NULL). NULL adds nothing.
 */
void pl_query_name(struct pl_query *q, const char *const *columns, const char *name);
/*
 * Only rows for which a condition holds that needs a value: the literal parts
 * (ending with NULL) with the value between each two. NULL as value adds nothing.
 */
void pl_query_with(struct pl_query *q, const char *const *parts, const char *value);
/* Only rows whose column is one of a list. NULL or empty adds nothing. */
void pl_query_in(struct pl_query *q, const char *column, const char *list);

/*
 * Add what the caller asked with -Filter. `text` is a boolean expression over
 * column names; see commands.md for its grammar.
 *
 * PL_E_USAGE (InvalidFilter)  not understood, unknown property, too long or too deep
 */
void pl_query_filter(struct pl_query *q, const char *text);

/* Tell with the last failure which properties there are; returns its status. */
enum pl_status pl_query_hint_properties(struct pl_query *q);

/*
 * List what matches and may be seen, by ctx->list (order, filter, limit). Rows
 * are read in pages; `each` is called between them with nothing locked, so it may
 * write to a slow pipe. Called without an operation under way. `operation`: the
 * cmdlet's name. The query is cleared.
 */
enum pl_status pl_query_each(struct pl_query *q, const char *operation, pl_row_fn *each, void *arg);

/*
 * The object of that identity, if the caller may see it; inside an operation.
 * `id` NULL: the only one there is (the control).
 * *row is initialised and the caller clears it, whatever the status.
 * PL_E_NOT_FOUND without a failure noted: the caller knows what to say.
 */
enum pl_status pl_find(struct pl_ctx *ctx, const struct pl_noun *noun, const char *id, void *row);
/* The same, whether or not the caller may see it. */
enum pl_status pl_find_any(struct pl_ctx *ctx, const struct pl_noun *noun, const char *id, void *row);

/*
 * The object that a Get command names: for an exact name that nothing visible
 * has, the failure is `missing`; what exists and only does not match is no failure.
 */
struct pl_named {
	const struct pl_noun *noun;
	const char *const *columns;      /* that the name may stand in; ends with NULL */
	const char *name;                /* NULL = none named; a pattern names nothing */
	enum pl_error missing;
};

/* As pl_query_each, and then, if nothing came, whether the named object exists (66 if not). */
enum pl_status pl_query_get(struct pl_query *q, const char *operation, const struct pl_named *named, pl_row_fn *each,
    void *arg);

#endif
