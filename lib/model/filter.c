/* filter.c - -Filter: a boolean expression over properties, compiled to SQL with bound values */

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/query.h"

#include "pamlite/clock.h"
#include "pamlite/text.h"

enum { LENGTH_MAX = 8192, DEPTH_MAX = 32, TERMS_MAX = PL_QUERY_VALUES, WORD_MAX = 64 };

/*
 *     or    = and { -or and }
 *     and   = not { -and not }
 *     not   = -not not | ( or ) | Property -op value
 *     value = 'text' | "text" | number | RFC 3339 time | true | false | null
 */
struct filter {
	struct pl_query *q;
	const char *at;          /* the next character */
	int depth, terms;
};

enum value_kind { VALUE_TEXT, VALUE_WORD, VALUE_NULL };

struct value {
	enum value_kind kind;    /* a word is a number, a time, true or false */
	struct pl_buf text;
};

static const struct operator {
	const char *name;
	const char *sql;         /* NULL = like */
	bool negate, ordered;
} operators[] = {
	{ "-eq", "IS", false, false },
	{ "-ne", "IS NOT", true, false },
	{ "-lt", "<", false, true },
	{ "-le", "<=", false, true },
	{ "-gt", ">", false, true },
	{ "-ge", ">=", false, true },
	{ "-like", NULL, false, false },
	{ "-notlike", NULL, true, false },
};

static void compile_or(struct filter *f);

static bool
going(const struct filter *f)
{
	return f->q->status == PL_OK;
}

static void
bad(struct filter *f, const char *what, const char *near)
{
	if (!going(f))
		return;
	f->q->status = pl_fail(f->q->ctx, PL_ERR_INVALID_FILTER, "the filter %s at '%.40s'", what, near);
	pl_hint(f->q->ctx, "for example: -Filter \"RequestStatus -eq 'Pending' -and DurationHours -gt 4\"");
}

static void
skip_blanks(struct filter *f)
{
	while (*f->at == ' ' || *f->at == '\t')
		f->at++;
}

/* The next word without taking it: letters, digits and the marks of numbers, times and operators. */
static size_t
peek_word(struct filter *f)
{
	size_t n = 0;

	skip_blanks(f);
	while (f->at[n] != '\0' && (isalnum((unsigned char)f->at[n]) || strchr("$-+.:_", f->at[n]) != NULL))
		n++;
	return n;
}

static bool
take_keyword(struct filter *f, const char *keyword)
{
	size_t n = peek_word(f);

	if (n != strlen(keyword) || pl_ascii_ncasecmp(f->at, keyword, n) != 0)
		return false;
	f->at += n;
	return true;
}

static void
sql(struct filter *f, const char *text)
{
	pl_buf_text(&f->q->where, text);
}

/* Keep a value; its number n stands for it as :vn. */
static int
keep(struct filter *f, const char *text, int64_t number)
{
	struct pl_query *q = f->q;

	if (!going(f))
		return 0;
	if (q->count == PL_QUERY_VALUES) {
		bad(f, "compares with too many values", f->at);
		return 0;
	}
	q->values[q->count].number = number;
	q->values[q->count].text = text != NULL ? strdup(text) : NULL;
	if (text != NULL && q->values[q->count].text == NULL)
		q->status = pl_fail_memory(q->ctx);
	return ++q->count;
}

static void
take_quoted(struct filter *f, struct value *v)
{
	const char *start = f->at;
	char quote = *f->at++;

	v->kind = VALUE_TEXT;
	for (; *f->at != '\0'; f->at++) {
		if (*f->at == quote && f->at[1] == quote)
			f->at++;
		else if (*f->at == quote) {
			f->at++;
			return;
		}
		pl_buf_char(&v->text, *f->at);
	}
	bad(f, "has a text without its end", start);
}

static void
take_value(struct filter *f, struct value *v)
{
	size_t n;

	pl_buf_init(&v->text);
	v->kind = VALUE_WORD;
	skip_blanks(f);
	if (*f->at == '\'' || *f->at == '"') {
		take_quoted(f, v);
		return;
	}
	n = peek_word(f);
	if (n == 0) {
		bad(f, "needs a value", f->at);
		return;
	}
	if (*f->at == '$') {
		f->at++;
		n--;
	}
	pl_buf_bytes(&v->text, f->at, n);
	f->at += n;
	if (pl_ascii_casecmp(v->text.text, "null") == 0)
		v->kind = VALUE_NULL;
}

/* Hours may have a fraction: 0.5 is half an hour. */
static bool
parse_number(const struct pl_column *c, const char *s, int64_t *out)
{
	char *end;
	double hours;
	bool negative = *s == '-';

	if (c->type != PL_TYPE_HOURS) {
		if (!pl_text_parse_int(s + negative, strlen(s + negative), out))
			return false;
		if (negative)
			*out = -*out;
		return true;
	}
	if (strspn(s, "0123456789.") != strlen(s) || *s == '\0')
		return false;
	hours = strtod(s, &end);
	if (*end != '\0' || hours > PL_DURATION_MAX_HOURS)
		return false;
	/* Printed hours are rounded; what was printed must be found. */
	*out = (int64_t)(hours * PL_HOUR_S + 0.5);
	return true;
}

static bool
parse_scalar(const struct pl_column *c, const char *s, int64_t *out)
{
	switch (c->type) {
	case PL_TYPE_BOOL:
		*out = pl_ascii_casecmp(s, "true") == 0;
		return *out != 0 || pl_ascii_casecmp(s, "false") == 0;
	case PL_TYPE_TIME:
		return pl_time_parse_date(s, false, out);
	default:
		return parse_number(c, s, out);
	}
}

static void
compare_scalar(struct filter *f, const struct pl_column *c, const struct operator *op, const struct value *v)
{
	int64_t number = 0;
	char place[32];

	if (op->sql == NULL || (c->type == PL_TYPE_BOOL && op->ordered)) {
		bad(f, "uses an operator that this property does not have", op->name);
		return;
	}
	if (!parse_scalar(c, v->text.text, &number)) {
		bad(f, c->type == PL_TYPE_TIME ? "needs a time such as 2026-11-21T04:43:00Z"
		    : c->type == PL_TYPE_BOOL ? "needs true or false" : "needs a number", v->text.text);
		return;
	}
	snprintf(place, sizeof(place), ":v%d", keep(f, NULL, number));
	pl_buf_printf(&f->q->where, "(%s) %s %s", c->sql, op->sql, place);
}

/* A list compares by its elements: one of them equals. */
static void
compare_list(struct filter *f, const struct pl_column *c, const struct operator *op, const struct value *v)
{
	int n = keep(f, v->text.text, 0);

	pl_buf_printf(&f->q->where,
	    "%sinstr(char(10) || lower(coalesce(%s, '')), char(10) || lower(:v%d) || char(10)) > 0",
	    op->negate ? "NOT " : "", c->sql, n);
}

/* The text of a condition of pl_query_like(), without its " AND ". */
static void
compare_like(struct filter *f, const struct pl_column *c, const struct operator *op, const struct value *v)
{
	struct pl_buf pattern;

	pl_buf_init(&pattern);
	pl_buf_printf(&pattern, c->type == PL_TYPE_TEXT ? "%s" : "*%s*", v->text.text);
	sql(f, "1");
	if (going(f))
		pl_query_like(f->q, c->name, pattern.text, op->negate);
	pl_buf_clear(&pattern);
}

static void
compare_text(struct filter *f, const struct pl_column *c, const struct operator *op, const struct value *v)
{
	if (op->sql == NULL)
		compare_like(f, c, op, v);
	else if (op->ordered)
		pl_buf_printf(&f->q->where, "(%s) %s :v%d COLLATE NOCASE", c->sql, op->sql, keep(f, v->text.text, 0));
	else if (c->type != PL_TYPE_TEXT)
		compare_list(f, c, op, v);
	else if ((c->flags & PL_COL_ACCOUNT) != 0)
		pl_query_account(f->q, c, op->negate, v->text.text);
	else
		pl_buf_printf(&f->q->where, "(%s) %s :v%d%s", c->sql, op->sql, keep(f, v->text.text, 0),
		    (c->flags & PL_COL_EXACT) != 0 ? "" : " COLLATE NOCASE");
}

static void
compile_value(struct filter *f, const struct pl_column *c, const struct operator *op)
{
	struct value v;

	take_value(f, &v);
	if (going(f) && pl_buf_failed(&v.text))
		f->q->status = pl_fail_memory(f->q->ctx);
	if (!going(f))
		;
	else if (v.kind == VALUE_NULL && op->sql != NULL && !op->ordered)
		pl_buf_printf(&f->q->where, "(%s) %s NULL", c->sql, op->sql);
	else if (v.kind == VALUE_NULL)
		bad(f, "compares null with an operator that it does not have", op->name);
	else if (c->type != PL_TYPE_TEXT && c->type != PL_TYPE_LIST && c->type != PL_TYPE_MAP)
		compare_scalar(f, c, op, &v);
	else if (v.kind == VALUE_TEXT)
		compare_text(f, c, op, &v);
	else
		bad(f, "needs its text in quotes", v.text.text);
	pl_buf_clear(&v.text);
}

static void
compile_comparison(struct filter *f)
{
	char name[WORD_MAX];
	const struct pl_column *c;
	size_t n = peek_word(f), i;

	snprintf(name, sizeof(name), "%.*s", n < WORD_MAX ? (int)n : WORD_MAX - 1, f->at);
	c = n > 0 && n < WORD_MAX ? pl_column_find(f->q->noun, name) : NULL;
	if (c == NULL || c->sql == NULL) {
		bad(f, n > 0 ? "names a property that the object does not have" : "needs a property", f->at);
		pl_query_hint_properties(f->q);
		return;
	}
	if (++f->terms > TERMS_MAX) {
		bad(f, "has too many comparisons", f->at);
		return;
	}
	f->at += n;
	for (i = 0; i < sizeof(operators) / sizeof(operators[0]); i++)
		if (take_keyword(f, operators[i].name)) {
			compile_value(f, c, &operators[i]);
			return;
		}
	bad(f, "needs -eq, -ne, -lt, -le, -gt, -ge, -like or -notlike", f->at);
}

static void
compile_not(struct filter *f)
{
	if (!going(f))
		return;
	if (++f->depth > DEPTH_MAX) {
		bad(f, "is nested too deeply", f->at);
		return;
	}
	skip_blanks(f);
	if (take_keyword(f, "-not")) {
		sql(f, "NOT coalesce(");
		compile_not(f);
		sql(f, ", 0)");
	} else if (*f->at == '(') {
		f->at++;
		compile_or(f);
		skip_blanks(f);
		if (*f->at == ')')
			f->at++;
		else
			bad(f, "has a ( without its )", f->at);
	} else {
		sql(f, "(");
		compile_comparison(f);
		sql(f, ")");
	}
	f->depth--;
}

static void
compile_and(struct filter *f)
{
	compile_not(f);
	while (going(f) && take_keyword(f, "-and")) {
		sql(f, " AND ");
		compile_not(f);
	}
}

static void
compile_or(struct filter *f)
{
	sql(f, "(");
	compile_and(f);
	while (going(f) && take_keyword(f, "-or")) {
		sql(f, " OR ");
		compile_and(f);
	}
	sql(f, ")");
}

void
pl_query_filter(struct pl_query *q, const char *text)
{
	struct filter f = { .q = q, .at = text };

	if (q->status != PL_OK)
		return;
	if (strlen(text) > LENGTH_MAX) {
		q->status = pl_fail(q->ctx, PL_ERR_INVALID_FILTER, "the filter is longer than %d bytes", LENGTH_MAX);
		return;
	}
	sql(&f, " AND ");
	compile_or(&f);
	skip_blanks(&f);
	if (*f.at != '\0')
		bad(&f, "has text behind its end", f.at);
}
