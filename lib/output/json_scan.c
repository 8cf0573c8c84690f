/* json_scan.c - the words of JSON: strings, numbers and names, strictly */

#include "output/json_scan.h"

#include <string.h>

#include "pamlite/text.h"

enum pl_json_verdict
json_scan_bad(struct json_scan *c, size_t at, const char *why)
{
	c->why = why;
	c->at = at;
	return PL_JSON_BAD;
}

void
json_scan_blanks(struct json_scan *c)
{
	while (c->pos < c->len && c->text[c->pos] != '\0' && strchr(" \t\n\r", c->text[c->pos]) != NULL)
		c->pos++;
}

/* Four hexadecimal digits, known to be some. */
static int32_t
hex4(const char *s)
{
	int32_t n = 0;
	int i;

	for (i = 0; i < 4; i++)
		n = n * 16 + (s[i] <= '9' ? s[i] - '0' : (s[i] | 0x20) - 'a' + 10);
	return n;
}

/* Could the rest of the text be the beginning of a character? */
static bool
is_cut_character(const char *s, size_t rest)
{
	static const unsigned char fill[] = { 0x80, 0xbf };
	char whole[4];
	uint32_t cp;
	size_t size, i;

	for (size = rest + 1; size <= sizeof whole; size++) {
		for (i = 0; i < sizeof fill; i++) {
			memset(whole, fill[i], sizeof whole);
			memcpy(whole, s, rest);
			if (pl_utf8_decode(whole, size, &cp) == size)
				return true;
		}
	}
	return false;
}

/* Is it the escape of a second surrogate, as far as it goes? */
static bool
is_low_surrogate(const char *s, size_t len)
{
	static const char *const allowed[] = { "\\", "u", "dD", "cdefCDEF", "0123456789abcdefABCDEF",
		"0123456789abcdefABCDEF" };
	size_t i;

	for (i = 0; i < len && i < sizeof allowed / sizeof allowed[0]; i++)
		if (s[i] == '\0' || strchr(allowed[i], s[i]) == NULL)
			return false;
	return true;
}

/* At a backslash. */
static enum pl_json_verdict
escape(struct json_scan *c)
{
	const char *s = c->text + c->pos;
	size_t rest = c->len - c->pos, i;
	int32_t high;

	if (rest < 2)
		return PL_JSON_INCOMPLETE;
	if (s[1] != 'u') {
		if (s[1] == '\0' || strchr("\"\\/bfnrt", s[1]) == NULL)
			return json_scan_bad(c, c->pos, "an unknown escape in a string");
		c->pos += 2;
		return PL_JSON_WHOLE;
	}
	for (i = 2; i < 6 && i < rest; i++)
		if (s[i] == '\0' || strchr("0123456789abcdefABCDEF", s[i]) == NULL)
			return json_scan_bad(c, c->pos, "a \\u escape without four hexadecimal digits");
	if (rest < 6)
		return PL_JSON_INCOMPLETE;
	high = hex4(s + 2);
	if (high == 0)
		return json_scan_bad(c, c->pos, "a NUL character in a string");
	if (high < 0xd800 || high > 0xdfff) {
		c->pos += 6;
		return PL_JSON_WHOLE;
	}
	if (high > 0xdbff || !is_low_surrogate(s + 6, rest - 6))
		return json_scan_bad(c, c->pos, "a lone surrogate in a string");
	if (rest < 12)
		return PL_JSON_INCOMPLETE;
	c->pos += 12;
	return PL_JSON_WHOLE;
}

/* At the opening quote; afterwards behind the closing one. */
enum pl_json_verdict
json_scan_string(struct json_scan *c)
{
	enum pl_json_verdict v;
	unsigned char byte;
	uint32_t cp;
	size_t n;

	c->pos++;
	while (c->pos < c->len) {
		byte = (unsigned char)c->text[c->pos];
		if (byte == '"') {
			c->pos++;
			return PL_JSON_WHOLE;
		}
		if (byte < 0x20)
			return json_scan_bad(c, c->pos, "a raw control character in a string");
		if (byte == '\\') {
			v = escape(c);
			if (v != PL_JSON_WHOLE)
				return v;
			continue;
		}
		n = byte < 0x80 ? 1 : pl_utf8_decode(c->text + c->pos, c->len - c->pos, &cp);
		if (n == 0 && is_cut_character(c->text + c->pos, c->len - c->pos))
			return PL_JSON_INCOMPLETE;
		if (n == 0)
			return json_scan_bad(c, c->pos, "bytes that are not UTF-8");
		c->pos += n;
	}
	return PL_JSON_INCOMPLETE;
}

static bool
is_digit(const struct json_scan *c)
{
	return c->pos < c->len && c->text[c->pos] >= '0' && c->text[c->pos] <= '9';
}

/* One or more digits. */
static enum pl_json_verdict
digits(struct json_scan *c)
{
	if (c->pos == c->len)
		return PL_JSON_INCOMPLETE;
	if (!is_digit(c))
		return json_scan_bad(c, c->pos, "a number that is not one of JSON");
	while (is_digit(c))
		c->pos++;
	return PL_JSON_WHOLE;
}

/*
 * Is the number d.ddd * 10^n with n above 308, or is n 308 and the digits above
 * those of DBL_MAX? Told from the digits: strtod depends on the locale.
 */
static bool
is_too_large(const char *s, size_t len)
{
	static const char max[] = "17976931348623158";
	char lead[sizeof max] = "00000000000000000";
	long long point = 0, exponent = 0;
	size_t i, used = 0;
	bool fraction = false, negative;

	for (i = 0; i < len && s[i] != 'e' && s[i] != 'E'; i++) {
		if (s[i] == '.')
			fraction = true;
		if (s[i] < '0' || s[i] > '9')
			continue;
		if (used == 0 && s[i] == '0') {
			point -= fraction;
			continue;
		}
		point += !fraction;
		if (used < sizeof max - 1)
			lead[used] = s[i];
		used++;
	}
	if (used == 0)
		return false;
	negative = i + 1 < len && s[i + 1] == '-';
	for (; i < len; i++)
		if (s[i] >= '0' && s[i] <= '9' && exponent < INT32_MAX)
			exponent = exponent * 10 + (s[i] - '0');
	point += (negative ? -exponent : exponent) - 1;
	return point > 308 || (point == 308 && strcmp(lead, max) >= 0);
}

enum pl_json_verdict
json_scan_number(struct json_scan *c)
{
	enum pl_json_verdict v;
	size_t from = c->pos;

	if (c->text[c->pos] == '-')
		c->pos++;
	if (c->pos < c->len && c->text[c->pos] == '0') {
		c->pos++;
		if (is_digit(c))
			return json_scan_bad(c, from, "a number with a leading zero");
	} else {
		v = digits(c);
		if (v != PL_JSON_WHOLE)
			return v;
	}
	if (c->pos < c->len && c->text[c->pos] == '.') {
		c->pos++;
		v = digits(c);
		if (v != PL_JSON_WHOLE)
			return v;
	}
	if (c->pos < c->len && (c->text[c->pos] == 'e' || c->text[c->pos] == 'E')) {
		c->pos++;
		if (c->pos < c->len && (c->text[c->pos] == '+' || c->text[c->pos] == '-'))
			c->pos++;
		v = digits(c);
		if (v != PL_JSON_WHOLE)
			return v;
	}
	if (is_too_large(c->text + from, c->pos - from))
		return json_scan_bad(c, from, "a number out of range");
	return PL_JSON_WHOLE;
}

enum pl_json_verdict
json_scan_word(struct json_scan *c, const char *expected)
{
	size_t from = c->pos;

	for (; *expected != '\0'; expected++, c->pos++) {
		if (c->pos == c->len)
			return PL_JSON_INCOMPLETE;
		if (c->text[c->pos] != *expected)
			return json_scan_bad(c, from, "an unknown word");
	}
	return PL_JSON_WHOLE;
}

uint32_t
json_scan_next(const char **s, const char *end)
{
	const char *at = *s;
	const char *escapes = "\"\\/bfnrt", *meanings = "\"\\/\b\f\n\r\t";
	uint32_t cp;
	int32_t high;

	if (*at != '\\') {
		*s += pl_utf8_decode(at, (size_t)(end - at), &cp);
		return cp;
	}
	if (at[1] != 'u') {
		*s += 2;
		return (uint32_t)meanings[strchr(escapes, at[1]) - escapes];
	}
	high = hex4(at + 2);
	*s += 6;
	if (high < 0xd800 || high > 0xdfff)
		return (uint32_t)high;
	*s += 6;
	return (uint32_t)(0x10000 + ((high - 0xd800) << 10) + (hex4(at + 8) - 0xdc00));
}
