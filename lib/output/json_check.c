/* json_check.c - is this text exactly one JSON value, strictly? */

#include "pamlite/json.h"

#include <stdlib.h>
#include <string.h>

#include "output/json_scan.h"

/* A property name as it stands in the text, between its quotes. */
struct key {
	const char *text, *end;
};

struct checker {
	struct json_scan scan;
	struct key *keys;           /* of the objects that are open, inner ones last */
	size_t count, room;
};

static enum pl_json_verdict check_value(struct checker *c, int depth);

static bool
at_end(const struct checker *c)
{
	return c->scan.pos == c->scan.len;
}

static enum pl_json_verdict
expected(struct checker *c, const char *what)
{
	return json_scan_bad(&c->scan, c->scan.pos, what);
}

/* Names are compared as they are meant: "\u0061" is "a". Equal ones are in the order of the text. */
static int
key_compare(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	const char *s = a->text, *t = b->text;
	uint32_t x, y;

	while (s < a->end && t < b->end) {
		x = json_scan_next(&s, a->end);
		y = json_scan_next(&t, b->end);
		if (x != y)
			return x < y ? -1 : 1;
	}
	if (s < a->end || t < b->end)
		return s < a->end ? 1 : -1;
	return a->text < b->text ? -1 : a->text > b->text;
}

static bool
key_equal(const struct key *a, const struct key *b)
{
	const char *s = a->text, *t = b->text;

	while (s < a->end && t < b->end)
		if (json_scan_next(&s, a->end) != json_scan_next(&t, b->end))
			return false;
	return s == a->end && t == b->end;
}

/* Sorted, not each against each: an object may have 200,000 names. */
static enum pl_json_verdict
check_duplicates(struct checker *c, size_t first)
{
	size_t count = c->count - first, i;
	const char *at = NULL;
	const struct key *keys;

	if (count < 2)
		return PL_JSON_WHOLE;
	keys = c->keys + first;
	qsort(c->keys + first, count, sizeof *keys, key_compare);
	for (i = 1; i < count; i++)
		if (key_equal(&keys[i - 1], &keys[i]) && (at == NULL || keys[i].text < at))
			at = keys[i].text;
	if (at == NULL)
		return PL_JSON_WHOLE;
	return json_scan_bad(&c->scan, (size_t)(at - c->scan.text) - 1, "a property name that is there already");
}

static bool
key_keep(struct checker *c, const char *text, const char *end)
{
	size_t room = c->room > 0 ? c->room * 2 : 16;
	struct key *keys;

	if (c->count == c->room) {
		keys = realloc(c->keys, room * sizeof *keys);
		if (keys == NULL)
			return false;
		c->keys = keys;
		c->room = room;
	}
	c->keys[c->count++] = (struct key){ text, end };
	return true;
}

/* A property name and its colon. */
static enum pl_json_verdict
check_key(struct checker *c)
{
	struct json_scan *s = &c->scan;
	enum pl_json_verdict v;
	size_t from;

	json_scan_blanks(s);
	if (at_end(c))
		return PL_JSON_INCOMPLETE;
	if (s->text[s->pos] != '"')
		return expected(c, "no property name in double quotes");
	from = s->pos + 1;
	v = json_scan_string(s);
	if (v != PL_JSON_WHOLE)
		return v;
	if (!key_keep(c, s->text + from, s->text + s->pos - 1))
		return PL_JSON_NO_MEMORY;
	json_scan_blanks(s);
	if (at_end(c))
		return PL_JSON_INCOMPLETE;
	if (s->text[s->pos] != ':')
		return expected(c, "no colon after a property name");
	s->pos++;
	return PL_JSON_WHOLE;
}

/* From the opening bracket to the closing one. */
static enum pl_json_verdict
check_members(struct checker *c, int depth, char close)
{
	enum pl_json_verdict v = PL_JSON_WHOLE;
	struct json_scan *s = &c->scan;

	if (depth == PL_JSON_DEPTH_MAX)
		return expected(c, "nested too deeply");
	s->pos++;
	json_scan_blanks(s);
	if (!at_end(c) && s->text[s->pos] == close) {
		s->pos++;
		return PL_JSON_WHOLE;
	}
	for (;;) {
		if (close == '}')
			v = check_key(c);
		if (v == PL_JSON_WHOLE)
			v = check_value(c, depth + 1);
		if (v != PL_JSON_WHOLE)
			return v;
		json_scan_blanks(s);
		if (at_end(c))
			return PL_JSON_INCOMPLETE;
		if (s->text[s->pos] == close) {
			s->pos++;
			return PL_JSON_WHOLE;
		}
		if (s->text[s->pos] != ',')
			return expected(c, "neither a comma nor the closing bracket");
		s->pos++;
	}
}

static enum pl_json_verdict
check_object(struct checker *c, int depth)
{
	enum pl_json_verdict v;
	size_t first = c->count;

	v = check_members(c, depth, '}');
	/* Also of an unfinished object: nothing that follows could mend it. */
	if (v != PL_JSON_BAD && check_duplicates(c, first) == PL_JSON_BAD)
		v = PL_JSON_BAD;
	c->count = first;
	return v;
}

static enum pl_json_verdict
check_value(struct checker *c, int depth)
{
	json_scan_blanks(&c->scan);
	if (at_end(c))
		return PL_JSON_INCOMPLETE;
	switch (c->scan.text[c->scan.pos]) {
	case '{':
		return check_object(c, depth);
	case '[':
		return check_members(c, depth, ']');
	case '"':
		return json_scan_string(&c->scan);
	case 't':
		return json_scan_word(&c->scan, "true");
	case 'f':
		return json_scan_word(&c->scan, "false");
	case 'n':
		return json_scan_word(&c->scan, "null");
	case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
		return json_scan_number(&c->scan);
	default:
		return expected(c, "no value where one must be");
	}
}

enum pl_json_verdict
pl_json_check(const char *text, size_t len, const char **why, size_t *at)
{
	struct checker c = { .scan = { .text = text, .len = len } };
	enum pl_json_verdict v;

	*why = "";
	*at = 0;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		v = json_scan_bad(&c.scan, 0, "a byte-order mark");
	else
		v = check_value(&c, 0);
	if (v == PL_JSON_WHOLE) {
		json_scan_blanks(&c.scan);
		if (!at_end(&c))
			v = expected(&c, "text behind the value");
	}
	free(c.keys);
	if (v == PL_JSON_BAD) {
		*why = c.scan.why;
		*at = c.scan.at;
	}
	return v;
}
