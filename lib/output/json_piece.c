/* json_piece.c - the pieces of a checked JSON text, and what they mean as a digest */

#include "pamlite/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/json_scan.h"

/* Behind the value that begins here; the text is known to be whole. */
static void
skip_value(struct json_scan *c)
{
	size_t depth = 0;

	do {
		switch (c->text[c->pos]) {
		case '"':
			(void)json_scan_string(c);
			break;
		case '{': case '[':
			depth++;
			c->pos++;
			break;
		case '}': case ']':
			depth--;
			c->pos++;
			break;
		default:
			c->pos++;
			if (depth == 0)
				while (c->pos < c->len && strchr(",:]} \t\n\r", c->text[c->pos]) == NULL)
					c->pos++;
			break;
		}
	} while (depth > 0);
}

bool
pl_json_enter(struct pl_json_piece *cursor, const char *text, size_t len)
{
	struct json_scan c = { .text = text, .len = len };

	json_scan_blanks(&c);
	*cursor = (struct pl_json_piece){ text + c.pos, len - c.pos };
	if (cursor->len == 0 || (*cursor->text != '{' && *cursor->text != '['))
		return false;
	cursor->text++;
	cursor->len--;
	return true;
}

/* The value at the scanner's place, and then to behind the comma or colon that follows. */
static struct pl_json_piece
take(struct json_scan *c)
{
	size_t from = c->pos;
	struct pl_json_piece piece;

	skip_value(c);
	piece = (struct pl_json_piece){ c->text + from, c->pos - from };
	json_scan_blanks(c);
	if (c->pos < c->len && (c->text[c->pos] == ',' || c->text[c->pos] == ':'))
		c->pos++;
	return piece;
}

bool
pl_json_next(struct pl_json_piece *cursor, struct pl_json_piece *name, struct pl_json_piece *value)
{
	struct json_scan c = { .text = cursor->text, .len = cursor->len };

	*name = *value = (struct pl_json_piece){ "", 0 };
	json_scan_blanks(&c);
	if (c.pos == c.len || c.text[c.pos] == '}' || c.text[c.pos] == ']')
		return false;
	*value = take(&c);
	if (c.text[c.pos - 1] == ':') {
		*name = *value;
		json_scan_blanks(&c);
		*value = take(&c);
	}
	*cursor = (struct pl_json_piece){ c.text + c.pos, c.len - c.pos };
	return true;
}

bool
pl_json_piece_is(const struct pl_json_piece *p, const char *text)
{
	return p->len == strlen(text) && memcmp(p->text, text, p->len) == 0;
}

static void
append_utf8(struct pl_buf *out, uint32_t cp)
{
	if (cp < 0x80) {
		pl_buf_char(out, (char)cp);
		return;
	}
	if (cp < 0x800) {
		pl_buf_char(out, (char)(0xc0 | cp >> 6));
	} else if (cp < 0x10000) {
		pl_buf_char(out, (char)(0xe0 | cp >> 12));
		pl_buf_char(out, (char)(0x80 | (cp >> 6 & 0x3f)));
	} else {
		pl_buf_char(out, (char)(0xf0 | cp >> 18));
		pl_buf_char(out, (char)(0x80 | (cp >> 12 & 0x3f)));
		pl_buf_char(out, (char)(0x80 | (cp >> 6 & 0x3f)));
	}
	pl_buf_char(out, (char)(0x80 | (cp & 0x3f)));
}

bool
pl_json_unquote(const struct pl_json_piece *p, struct pl_buf *out)
{
	const char *at = p->text + 1, *end = p->text + p->len - 1;

	if (p->len < 2 || *p->text != '"')
		return false;
	while (at < end)
		append_utf8(out, json_scan_next(&at, end));
	return true;
}

static void
digest_string(struct pl_digest *d, const struct pl_json_piece *p)
{
	const char *at = p->text + 1, *end = p->text + p->len - 1;
	unsigned char bytes[4];
	uint32_t cp;

	pl_digest_add(d, "s", 1);
	while (at < end) {
		cp = json_scan_next(&at, end);
		bytes[0] = (unsigned char)(cp >> 24);
		bytes[1] = (unsigned char)(cp >> 16);
		bytes[2] = (unsigned char)(cp >> 8);
		bytes[3] = (unsigned char)cp;
		pl_digest_add(d, bytes, sizeof bytes);
	}
}

/* As its digits from the first to the last that is not 0, and the power of ten of the last: 1.50e3 is 15e2. */
static void
digest_number(struct pl_digest *d, const struct pl_json_piece *p)
{
	size_t i, first = p->len, last = p->len, end = 0, point = p->len;
	long long exponent = 0;
	char power[32];

	while (end < p->len && p->text[end] != 'e' && p->text[end] != 'E')
		end++;
	for (i = 0; i < end; i++) {
		if (p->text[i] == '.')
			point = i;
		if (p->text[i] < '1' || p->text[i] > '9')
			continue;
		if (first == p->len)
			first = i;
		last = i;
	}
	pl_digest_add(d, "n", 1);
	if (first == p->len)
		return;
	for (i = end + 1; i < p->len; i++)
		if (p->text[i] >= '0' && p->text[i] <= '9' && exponent < INT32_MAX)
			exponent = exponent * 10 + (p->text[i] - '0');
	if (end + 1 < p->len && p->text[end + 1] == '-')
		exponent = -exponent;
	if (point > end)
		point = end;
	exponent += last < point ? (long long)(point - last) - 1 : -(long long)(last - point);
	if (p->text[0] == '-')
		pl_digest_add(d, "-", 1);
	for (i = first; i <= last; i++)
		if (p->text[i] != '.')
			pl_digest_add(d, p->text + i, 1);
	(void)snprintf(power, sizeof power, "e%lld", exponent);
	pl_digest_text(d, power);
}

/* One property: the digests of its name and of its value. */
struct property {
	char digests[2 * PL_DIGEST_LEN + 1];
};

static int
property_compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct property));
}

static bool
digest_object(struct pl_digest *d, struct pl_json_piece cursor)
{
	struct property *all = NULL, *more;
	struct pl_json_piece name, value;
	size_t count = 0, room = 0, i;
	bool ok = true;

	while (ok && pl_json_next(&cursor, &name, &value)) {
		if (count == room) {
			room = room > 0 ? room * 2 : 16;
			more = realloc(all, room * sizeof *all);
			ok = more != NULL;
			if (!ok)
				break;
			all = more;
		}
		ok = pl_json_digest(name.text, name.len, all[count].digests) &&
		    pl_json_digest(value.text, value.len, all[count].digests + PL_DIGEST_LEN);
		count++;
	}
	pl_digest_add(d, "o", 1);
	if (ok && count > 1)
		qsort(all, count, sizeof *all, property_compare);
	for (i = 0; i < count && ok; i++)
		pl_digest_text(d, all[i].digests);
	free(all);
	return ok;
}

static bool
digest_array(struct pl_digest *d, struct pl_json_piece cursor)
{
	struct pl_json_piece name, value;
	char digest[PL_DIGEST_LEN + 1];
	bool ok = true;

	pl_digest_add(d, "a", 1);
	while (ok && pl_json_next(&cursor, &name, &value)) {
		ok = pl_json_digest(value.text, value.len, digest);
		if (ok)
			pl_digest_text(d, digest);
	}
	return ok;
}

bool
pl_json_digest(const char *text, size_t len, char out[PL_DIGEST_LEN + 1])
{
	struct json_scan c = { .text = text, .len = len };
	struct pl_json_piece cursor, p;
	struct pl_digest d;
	bool ok = true;

	json_scan_blanks(&c);
	p = take(&c);
	pl_digest_start(&d);
	if (*p.text == '"')
		digest_string(&d, &p);
	else if (*p.text == '-' || (*p.text >= '0' && *p.text <= '9'))
		digest_number(&d, &p);
	else if (!pl_json_enter(&cursor, p.text, p.len))
		pl_digest_add(&d, p.text, p.len);
	else
		ok = *p.text == '{' ? digest_object(&d, cursor) : digest_array(&d, cursor);
	pl_digest_end(&d, out);
	return ok;
}
