/* text.c - checks on text that came from outside, and its escaping for eyes */

#include "pamlite/text.h"

#include <stdio.h>
#include <string.h>

enum { MAIL_MAX = 254, NEAR_MAX = 255 };

size_t
pl_utf8_decode(const char *s, size_t len, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t value, least;
	size_t n;

	*cp = len > 0 ? p[0] : 0;
	if (len == 0)
		return 0;
	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		n = 2;
		value = p[0] & 0x1fU;
		least = 0x80;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		n = 3;
		value = p[0] & 0x0fU;
		least = 0x800;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		n = 4;
		value = p[0] & 0x07U;
		least = 0x10000;
	} else {
		return 0;
	}
	if (len < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3fU);
	}
	if (value < least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 0;
	*cp = value;
	return n;
}

bool
pl_utf8_is_valid(const char *s, size_t len)
{
	uint32_t cp;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = pl_utf8_decode(s + i, len - i, &cp);
		if (n == 0)
			return false;
	}
	return true;
}

static bool
is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f);
}

bool
pl_text_is_line(const char *s, size_t len)
{
	uint32_t cp;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = pl_utf8_decode(s + i, len - i, &cp);
		if (n == 0 || is_control(cp))
			return false;
	}
	return true;
}

static bool
is_blank(uint32_t cp)
{
	return cp == ' ' || cp == '\t' || cp == 0xa0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200a) ||
	    cp == 0x202f || cp == 0x205f || cp == 0x2800 || cp == 0x3000;
}

bool
pl_text_has_content(const char *s)
{
	size_t len = s != NULL ? strlen(s) : 0, n;
	uint32_t cp;

	for (size_t i = 0; i < len; i += n) {
		n = pl_utf8_decode(s + i, len - i, &cp);
		/* What shows nothing is no content either: a reason of zero-width spaces is an empty one. */
		if (n == 0 || (!is_blank(cp) && !pl_char_is_deceptive(cp)))
			return true;
	}
	return false;
}

bool
pl_char_is_deceptive(uint32_t cp)
{
	static const struct { uint32_t first, last; } ranges[] = {
		{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x061c, 0x061c },
		{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
		{ 0x2060, 0x206f }, { 0x3164, 0x3164 }, { 0xd800, 0xf8ff }, { 0xfdd0, 0xfdef },
		/* Not U+FE0F, with which emoji are written. */
		{ 0xfe00, 0xfe0e }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
		/* From the fourth plane on there are tags, private ones, and what nobody has assigned. */
		{ 0x1d173, 0x1d17a }, { 0x40000, UINT32_MAX },
	};
	size_t low = 0, high = sizeof(ranges) / sizeof(ranges[0]);

	if ((cp & 0xfffe) == 0xfffe)
		return true;
	while (low < high) {
		size_t middle = (low + high) / 2;

		if (cp > ranges[middle].last)
			low = middle + 1;
		else if (cp < ranges[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

void
pl_text_escape(struct pl_buf *out, const char *s, size_t len)
{
	size_t plain = 0, i = 0, n;
	uint32_t cp;

	while (i < len) {
		n = pl_utf8_decode(s + i, len - i, &cp);
		if (n > 0 && !pl_char_is_deceptive(cp)) {
			i += n;
			continue;
		}
		pl_buf_bytes(out, s + plain, i - plain);
		if (n > 0)
			pl_buf_printf(out, "\\u{%x}", (unsigned)cp);
		else
			pl_buf_printf(out, "\\x%02x", (unsigned)cp);
		i += n > 0 ? n : 1;
		plain = i;
	}
	if (len > 0)
		pl_buf_bytes(out, s + plain, len - plain);
}

static unsigned char
fold(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

int
pl_ascii_casecmp(const char *a, const char *b)
{
	while (*a != '\0' && fold(*a) == fold(*b)) {
		a++;
		b++;
	}
	return fold(*a) - fold(*b);
}

int
pl_ascii_ncasecmp(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fold(a[i]) != fold(b[i]))
			return fold(a[i]) - fold(b[i]);
		if (a[i] == '\0')
			break;
	}
	return 0;
}

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Words joined by single dots; no word of a domain begins or ends with a dash. */
static bool
is_mail_part(const char *s, size_t len, bool domain)
{
	if (len == 0 || s[0] == '-' || s[0] == '.' || s[len - 1] == '.' || (domain && s[len - 1] == '-'))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '.') {
			if (s[i + 1] == '.' || (domain && (s[i + 1] == '-' || s[i - 1] == '-')))
				return false;
		} else if (!is_alnum(s[i]) && strchr("_+-", s[i]) == NULL) {
			return false;
		}
	}
	return true;
}

bool
pl_text_is_mail_address(const char *s)
{
	const char *at = s != NULL ? strchr(s, '@') : NULL;

	return at != NULL && strlen(s) <= MAIL_MAX && is_mail_part(s, (size_t)(at - s), false) &&
	    is_mail_part(at + 1, strlen(at + 1), true);
}

bool
pl_text_is_mail_recipient(const char *s)
{
	size_t len = s != NULL ? strlen(s) : 0;

	return pl_text_is_mail_address(s) || (len <= MAIL_MAX && is_mail_part(s, len, false));
}

bool
pl_text_is_account(const char *s)
{
	size_t len = s != NULL ? strlen(s) : 0, n;
	uint32_t cp;

	if (len == 0 || len > PL_ACCOUNT_MAX || s[0] == '-')
		return false;
	/* The domain and the name in it are there, or no separator. */
	if (strchr("@\\", s[0]) != NULL || strchr("@\\", s[len - 1]) != NULL)
		return false;
	for (size_t i = 0; i < len; i += n) {
		n = pl_utf8_decode(s + i, len - i, &cp);
		/* A colon cannot be in passwd(5); invisible characters would make two people look like one. */
		if (n == 0 || cp == ',' || cp == ':' || is_blank(cp) || pl_char_is_deceptive(cp))
			return false;
	}
	return true;
}

bool
pl_text_parse_int(const char *s, size_t len, int64_t *out)
{
	int64_t value = 0;

	*out = 0;
	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, s[i] - '0', &value))
			return false;
	}
	*out = value;
	return true;
}

bool
pl_text_parse_decimal(const char *s, size_t len, int64_t *thousandths)
{
	const char *point = memchr(s, '.', len);
	size_t whole = point != NULL ? (size_t)(point - s) : len, places = point != NULL ? len - whole - 1 : 0;
	int64_t units, part = 0;

	if (!pl_text_parse_int(s, whole, &units) || units > INT64_MAX / 1000 - 1 || places > 3 ||
	    (point != NULL && !pl_text_parse_int(point + 1, places, &part)))
		return false;
	for (; places < 3; places++)
		part *= 10;
	*thousandths = units * 1000 + part;
	return true;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

bool
pl_text_is_near(const char *a, const char *b)
{
	int rows[3][NEAR_MAX + 1], *before = rows[0], *last = rows[1], *row = rows[2], *spare;
	size_t na = strlen(a), nb = strlen(b);
	int limit = na < 5 || nb < 5 ? 1 : 2;

	if (na > NEAR_MAX || nb > NEAR_MAX || na > nb + 2 || nb > na + 2)
		return false;
	memset(rows, 0, sizeof(rows));
	for (size_t j = 0; j <= nb; j++)
		last[j] = (int)j;
	for (size_t i = 1; i <= na; i++) {
		row[0] = (int)i;
		for (size_t j = 1; j <= nb; j++) {
			int differs = fold(a[i - 1]) != fold(b[j - 1]);

			row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + differs);
			if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]))
				row[j] = least(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[nb] <= limit;
}

bool
pl_path_is_canonical(const char *path)
{
	size_t len = path != NULL ? strnlen(path, PL_PATH_MAX + 1) : 0;

	if (len == 0 || len > PL_PATH_MAX || path[0] != '/' || !pl_text_is_line(path, len))
		return false;
	if (len == 1)
		return true;
	for (const char *p = path; *p == '/';) {
		size_t word = strcspn(p + 1, "/");

		if (word == 0 || (word == 1 && p[1] == '.') || (word == 2 && p[1] == '.' && p[2] == '.'))
			return false;
		p += word + 1;
	}
	return true;
}

void
pl_text_trim(char *s)
{
	size_t len = strlen(s), at = len;
	uint32_t cp;

	while (at > 0 && len - at < 3 && ((unsigned char)s[at - 1] & 0xc0) == 0x80)
		at--;
	if (at > 0 && ((unsigned char)s[at - 1] & 0x80) != 0 && pl_utf8_decode(s + at - 1, len - at + 1, &cp) == 0)
		s[at - 1] = '\0';
}

void
pl_text_copy(char *out, size_t size, const char *s)
{
	int n = snprintf(out, size, "%s", s != NULL ? s : "");

	if (n >= 0 && (size_t)n >= size)
		pl_text_trim(out);
}
