/* filter_reference.h - twenty rows, and whether a filter holds for one of them, worked out word by word */
#ifndef PAMLITE_TESTS_FUZZ_FILTER_REFERENCE_H
#define PAMLITE_TESTS_FUZZ_FILTER_REFERENCE_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pamlite/clock.h"
#include "pamlite/row.h"
#include "pamlite/text.h"

#define REFERENCE_DOMAIN "EXAMPLE.ORG"

struct reference_row {
	char *id, *name, *account, *list;
	int64_t count, flag, at, hours;
};

static const struct pl_column reference_columns[] = {
	PL_COLUMN(struct reference_row, "Identity", TEXT, id, "r.id", PL_COL_ID | PL_COL_EXACT, NULL),
	PL_COLUMN(struct reference_row, "Name", TEXT, name, "r.name", 0, NULL),
	PL_COLUMN(struct reference_row, "Account", TEXT, account, "r.account", PL_COL_ACCOUNT, NULL),
	PL_COLUMN(struct reference_row, "Member", LIST, list, "r.list", 0, NULL),
	PL_COLUMN(struct reference_row, "Count", INT, count, "r.count", 0, NULL),
	{ "Flag", PL_TYPE_BOOL, 0, offsetof(struct reference_row, flag), "r.flag" },
	PL_COLUMN(struct reference_row, "At", TIME, at, "r.at", 0, NULL),
	PL_COLUMN(struct reference_row, "Hours", HOURS, hours, "r.hours", 0, NULL),
	{ 0 }
};
static const struct pl_noun reference_noun = { .name = "Row", .columns = reference_columns,
	.row_size = sizeof(struct reference_row) };

#define W(text) ((char[]){ text })
#define N PL_NULL

enum { REFERENCE_ROWS = 20 };
static const struct reference_row reference_rows[REFERENCE_ROWS] = {
	{ W("id-1"), W("alpha"), W("alice"), W("bob\ndave\n"), 0, 0, 1795236180, 3600 },
	{ W("ID-1"), W("Alpha"), W("ALICE"), W("Bob\n"), 1, 1, 1795236180, 1800 },
	{ W("id-2"), W("al%a"), W("alice@example.org"), W(""), -1, 0, 946684800, 7200 },
	{ W("id-3"), W("al_a"), W("alice@EXAMPLE.ORG"), W("\n"), 9, 1, 32503679999, 60 },
	{ W("id-4"), W("it's"), W("alice@other.org"), W("a\n\nb\n"), INT64_MAX, 0, N, N },
	{ W("id-5"), W(""), W("bob"), NULL, INT64_MIN + 1, 1, N, N },
	{ W("id-6"), NULL, NULL, NULL, N, 0, N, N },
	{ W("id-7"), W("\xc3\xa9t\xc3\xa9"), W("\xc3\xa9t\xc3\xa9"), W("\xc3\xa9t\xc3\xa9\n"), 10, 1,
	    1795219200, 5400 },
	{ W("id-8"), W("\xc3\x89T\xc3\x89"), W("@x"), W("\xc3\x89T\xc3\x89\n"), 100, 0, 1795305599, 86400 },
	{ W("id-9"), W("\xe6\x97\xa5\xe6\x9c\xac"), W("x@"), W("k=v\n"), 2, 1, 1795219200, 1200 },
	{ W("id-10"), W("a"), W("a"), W("a\n"), 3, 0, 1795219201, 1201 },
	{ W("id-11"), W("A"), W("A@example.org"), W("A\n"), 4, 1, 0, 0 },
	{ W("id-12"), W("!"), W("!"), W("!\n"), 5, 0, 1, 1 },
	{ W("id-13"), W("*"), W("*"), W("*\n"), 6, 1, 2, 315360000 },
	{ W("id-14"), W("?"), W("?"), W("?\n"), 7, 0, 3, 3601 },
	{ W("id-15"), W("a\\b"), W("DOM\\alice"), W("a\\b\n"), 8, 1, 4, 3599 },
	{ W("id-16"), W("null"), W("null"), W("null\n"), 11, 0, 5, 36000 },
	{ W("id-17"), W("true"), W("EXAMPLE.ORG"), W("true\n"), 12, 1, 6, 300 },
	{ W("id-18"), W("aaaaaaaaaaaaaaaaaaaa"), W("[a]"), W("aa\naa\n"), 13, 0, 7, 301 },
	{ W("id-19"), W("a b"), W("a.b"), W("a b\nc, d\n"), 14, 1, 8, 299 },
};

#undef W
#undef N

/* A filter being read for one row. */
struct reference {
	const char *at;
	const struct reference_row *row;
	bool bad;
};

static bool reference_or(struct reference *r);

static inline void
reference_blanks(struct reference *r)
{
	r->at += strspn(r->at, " \t");
}

/* The next word is taken, into `out`; "" if there is none. */
static inline char *
reference_word(struct reference *r)
{
	static const char marks[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$-+.:_";
	size_t len;
	char *word;

	reference_blanks(r);
	len = strspn(r->at, marks);
	word = strndup(r->at, len);
	r->at += len;
	return word;
}

static inline bool
reference_keyword(struct reference *r, const char *keyword)
{
	const char *before = r->at;
	char *word = reference_word(r);
	const bool is = strcasecmp(word, keyword) == 0;

	if (!is)
		r->at = before;
	free(word);
	return is;
}

/* 'text' with doubled quotes inside, or a word; *quoted says which. */
static inline char *
reference_value(struct reference *r, bool *quoted)
{
	char *value, *to, quote;

	reference_blanks(r);
	quote = *r->at;
	*quoted = quote == '\'' || quote == '"';
	if (!*quoted) {
		value = reference_word(r);
		r->bad = r->bad || value[0] == '\0';
		if (value[0] == '$')
			memmove(value, value + 1, strlen(value));
		return value;
	}
	value = to = malloc(strlen(r->at) + 1);
	for (r->at++; *r->at != '\0'; *to++ = *r->at++) {
		if (*r->at == quote && r->at[1] != quote)
			break;
		r->at += *r->at == quote;
	}
	*to = '\0';
	r->bad = r->bad || *r->at != quote;
	r->at += *r->at == quote;
	return value;
}

/* * is any text, ? one character, and letters of ASCII have no case. */
static inline bool
reference_like(const char *s, const char *pattern)
{
	uint32_t cp;

	if (*pattern == '\0')
		return *s == '\0';
	if (*pattern == '*')
		return reference_like(s, pattern + 1) || (*s != '\0' && reference_like(s + 1, pattern));
	if (*s == '\0')
		return false;
	if (*pattern == '?')
		return reference_like(s + pl_utf8_decode(s, strlen(s), &cp), pattern + 1);
	return tolower((unsigned char)*s) == tolower((unsigned char)*pattern) && reference_like(s + 1, pattern + 1);
}

/* Short and long names of the domain are one. */
static inline bool
reference_is_account(const char *a, const char *b)
{
	static const char domain[] = "@" REFERENCE_DOMAIN;
	size_t na = strlen(a), nb = strlen(b), n = strlen(domain);

	if (strcasecmp(a, b) == 0)
		return true;
	return (na == nb + n && strncasecmp(a, b, nb) == 0 && strcasecmp(a + nb, domain) == 0) ||
	    (nb == na + n && strncasecmp(a, b, na) == 0 && strcasecmp(b + na, domain) == 0);
}

static inline bool
reference_has(const char *list, const char *value)
{
	const size_t len = strlen(value);

	for (; list != NULL && *list != '\0'; list += strcspn(list, "\n") + 1)
		if (strcspn(list, "\n") == len && strncasecmp(list, value, len) == 0)
			return true;
	return false;
}

static inline bool
reference_ordered(int order, const char *op)
{
	return (order < 0 && op[1] == 'l') || (order > 0 && op[1] == 'g') || (order == 0 && op[2] == 'e');
}

static inline bool
reference_text(const struct pl_column *c, const char *own, const char *op, const char *value)
{
	char pattern[1024];
	bool is;

	if (strstr(op, "like") != NULL) {
		snprintf(pattern, sizeof pattern, c->type == PL_TYPE_LIST ? "*%s*" : "%s", value);
		return reference_like(own != NULL ? own : "", pattern) == (op[1] == 'l');
	}
	if (strcmp(op, "-eq") != 0 && strcmp(op, "-ne") != 0)
		return own != NULL && reference_ordered(strcasecmp(own, value), op);
	if (c->type == PL_TYPE_LIST)
		is = reference_has(own, value);
	else if (own == NULL)
		is = false;
	else if (c->flags & PL_COL_ACCOUNT)
		is = reference_is_account(own, value);
	else
		is = (c->flags & PL_COL_EXACT ? strcmp : strcasecmp)(own, value) == 0;
	return is == (op[1] == 'e');
}

static inline bool
reference_number(struct reference *r, const struct pl_column *c, const char *op, const char *value)
{
	const int64_t own = pl_row_int(c, r->row);
	const bool minus = value[0] == '-';
	int64_t wanted = 0;
	double hours;
	char end;

	if (c->type == PL_TYPE_BOOL) {
		r->bad = r->bad || (strcasecmp(value, "true") != 0 && strcasecmp(value, "false") != 0) ||
		    (strcmp(op, "-eq") != 0 && strcmp(op, "-ne") != 0);
		wanted = strcasecmp(value, "true") == 0;
	} else if (c->type == PL_TYPE_TIME) {
		r->bad = !pl_time_parse_date(value, false, &wanted) || r->bad;
	} else if (c->type == PL_TYPE_HOURS) {
		r->bad = r->bad || strspn(value, "0123456789.") != strlen(value) ||
		    sscanf(value, "%lf%c", &hours, &end) != 1 || hours > PL_DURATION_MAX_HOURS;
		wanted = r->bad ? 0 : (int64_t)(hours * PL_HOUR_S + 0.5);
	} else {
		r->bad = !pl_text_parse_int(value + minus, strlen(value + minus), &wanted) || r->bad;
		wanted = minus ? -wanted : wanted;
	}
	r->bad = r->bad || strstr(op, "like") != NULL;
	if (strcmp(op, "-eq") == 0 || strcmp(op, "-ne") == 0)
		return (own == wanted) == (op[1] == 'e');
	return own != PL_NULL && reference_ordered((own > wanted) - (own < wanted), op);
}

static inline bool
reference_comparison(struct reference *r)
{
	static const char *const ops[] = { "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-like", "-notlike" };
	char *property = reference_word(r), *value;
	const struct pl_column *c = pl_column_find(&reference_noun, property);
	const char *op = NULL;
	bool quoted, is_text, holds = false;

	free(property);
	for (size_t i = 0; i < sizeof ops / sizeof ops[0] && op == NULL; i++)
		if (reference_keyword(r, ops[i]))
			op = ops[i];
	if (c == NULL || op == NULL) {
		r->bad = true;
		return false;
	}
	value = reference_value(r, &quoted);
	is_text = c->type == PL_TYPE_TEXT || c->type == PL_TYPE_LIST;
	if (!quoted && strcasecmp(value, "null") == 0) {
		r->bad = r->bad || (strcmp(op, "-eq") != 0 && strcmp(op, "-ne") != 0);
		holds = (is_text ? pl_row_text(c, r->row) == NULL : pl_row_int(c, r->row) == PL_NULL) == (op[1] == 'e');
	} else if (is_text) {
		r->bad = r->bad || !quoted;
		holds = reference_text(c, pl_row_text(c, r->row), op, value);
	} else {
		holds = reference_number(r, c, op, value);
	}
	free(value);
	return holds;
}

static inline bool
reference_not(struct reference *r)
{
	bool holds;

	if (r->bad)
		return false;
	if (reference_keyword(r, "-not"))
		return !reference_not(r);
	reference_blanks(r);
	if (*r->at != '(')
		return reference_comparison(r);
	r->at++;
	holds = reference_or(r);
	reference_blanks(r);
	r->bad = r->bad || *r->at != ')';
	r->at += *r->at == ')';
	return holds;
}

static inline bool
reference_and(struct reference *r)
{
	bool holds = reference_not(r);

	while (!r->bad && reference_keyword(r, "-and"))
		holds = reference_not(r) && holds;
	return holds;
}

static inline bool
reference_or(struct reference *r)
{
	bool holds = reference_and(r);

	while (!r->bad && reference_keyword(r, "-or"))
		holds = reference_and(r) || holds;
	return holds;
}

/* *good: the filter can be understood. */
static inline bool
reference_holds(const char *filter, const struct reference_row *row, bool *good)
{
	struct reference r = { .at = filter, .row = row };
	const bool holds = reference_or(&r);

	reference_blanks(&r);
	*good = !r.bad && *r.at == '\0';
	return holds && *good;
}

#endif
