/* text_json.c - text as it stands between the quotes of a JSON string */

#include "pamlite/text.h"

static void
escape_unit(struct pl_buf *out, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";
	const char text[] = { '\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15],
		hex[unit & 15] };

	pl_buf_bytes(out, text, sizeof(text));
}

static void
escape(struct pl_buf *out, uint32_t cp)
{
	if (cp < 0x10000) {
		escape_unit(out, cp);
	} else {
		escape_unit(out, 0xd800 + ((cp - 0x10000) >> 10));
		escape_unit(out, 0xdc00 + ((cp - 0x10000) & 0x3ff));
	}
}

/* How much of the text from here on stands for itself. */
static size_t
plain_length(const char *s, size_t len)
{
	size_t at = 0, n;
	uint32_t cp;

	while (at < len) {
		while (at < len && s[at] >= ' ' && s[at] < 0x7f && s[at] != '"' && s[at] != '\\')
			at++;
		/* Most of what ends it is one of these two. */
		if (at == len || s[at] == '"' || s[at] == '\\')
			break;
		n = pl_utf8_decode(s + at, len - at, &cp);
		if (n < 2 || pl_char_is_deceptive(cp))
			break;
		at += n;
	}
	return at;
}

/* The character that comes next and does not stand for itself; how much of the text it is. */
static size_t
escape_next(struct pl_buf *out, const char *s, size_t len)
{
	const char pair[] = { '\\', *s };
	uint32_t cp;
	size_t n;

	if (*s == '"' || *s == '\\') {
		pl_buf_bytes(out, pair, sizeof(pair));
		return 1;
	}
	n = pl_utf8_decode(s, len, &cp);
	if (n > 0)
		escape(out, cp);
	else
		pl_buf_text(out, "\\ufffd");
	return n > 0 ? n : 1;
}

void
pl_text_escape_json(struct pl_buf *out, const char *s, size_t len)
{
	const char *end = s + len;
	size_t n;

	while (s < end) {
		n = plain_length(s, (size_t)(end - s));
		pl_buf_bytes(out, s, n);
		s += n;
		if (s < end)
			s += escape_next(out, s, (size_t)(end - s));
	}
}

void
pl_text_quote_json(struct pl_buf *out, const char *s, size_t len)
{
	pl_buf_char(out, '"');
	pl_text_escape_json(out, s, len);
	pl_buf_char(out, '"');
}
