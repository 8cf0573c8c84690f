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
	if (cp == '"' || cp == '\\') {
		pl_buf_char(out, '\\');
		pl_buf_char(out, (char)cp);
	} else if (cp < 0x10000) {
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
		if (s[at] >= ' ' && s[at] < 0x7f && s[at] != '"' && s[at] != '\\') {
			at++;
			continue;
		}
		n = pl_utf8_decode(s + at, len - at, &cp);
		if (n < 2 || pl_char_is_deceptive(cp))
			break;
		at += n;
	}
	return at;
}

void
pl_text_escape_json(struct pl_buf *out, const char *s, size_t len)
{
	uint32_t cp;
	size_t n;

	while (len > 0) {
		n = plain_length(s, len);
		pl_buf_bytes(out, s, n);
		s += n;
		len -= n;
		if (len == 0)
			break;
		n = pl_utf8_decode(s, len, &cp);
		if (n == 0) {
			pl_buf_text(out, "\\ufffd");
			n = 1;
		} else {
			escape(out, cp);
		}
		s += n;
		len -= n;
	}
}
