/* text_json.c - text as it stands between the quotes of a JSON string */

#include "pamlite/text.h"

#include <limits.h>

enum { BLOCK_SIZE = 512 };

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

/* What stands for itself and is one byte. */
static const bool is_plain[UCHAR_MAX + 1] = { [' ' ... '!'] = true, ['#' ... '['] = true, [']' ... '~'] = true };

/* The character that comes next, of those that are no plain byte; how much of the text it is. */
static size_t
escape_next(struct pl_buf *out, const char *s, size_t len)
{
	uint32_t cp;
	size_t n = pl_utf8_decode(s, len, &cp);

	if (n == 0)
		pl_buf_text(out, "\\ufffd");
	else if (n == 1 || pl_char_is_deceptive(cp))
		escape(out, cp);
	else
		pl_buf_bytes(out, s, n);
	return n > 0 ? n : 1;
}

/* Byte by byte into a block: of a record's line every tenth or so is a quote, so there are no long runs to copy. */
void
pl_text_escape_json(struct pl_buf *out, const char *s, size_t len)
{
	const char *end = s + len;
	char block[BLOCK_SIZE];
	size_t used = 0;

	while (s < end) {
		if (is_plain[(unsigned char)*s]) {
			block[used++] = *s++;
		} else if (*s == '"' || *s == '\\') {
			block[used++] = '\\';
			block[used++] = *s++;
		} else {
			pl_buf_bytes(out, block, used);
			used = 0;
			s += escape_next(out, s, (size_t)(end - s));
		}
		if (used > sizeof(block) - 2) {
			pl_buf_bytes(out, block, used);
			used = 0;
		}
	}
	pl_buf_bytes(out, block, used);
}

void
pl_text_quote_json(struct pl_buf *out, const char *s, size_t len)
{
	pl_buf_char(out, '"');
	pl_text_escape_json(out, s, len);
	pl_buf_char(out, '"');
}
