/* fuzz_text.h - what text that is shown must be, said without the library's own tables */
#ifndef PAMLITE_TESTS_FUZZ_FUZZ_TEXT_H
#define PAMLITE_TESTS_FUZZ_FUZZ_TEXT_H

#include <iconv.h>
#include <stddef.h>

#include "fuzz.h"

/* The bytes of the character at s by the C library's table; 0 if there is none. */
static inline size_t
fuzz_decode(const char *s, size_t len, uint32_t *cp)
{
	static iconv_t cd;
	char bytes[4], *from = bytes, *to = (char *)cp;
	size_t in, out;

	if (cd == NULL)
		cd = iconv_open("UTF-32LE", "UTF-8");
	for (size_t n = 1; n <= sizeof bytes && n <= len; n++) {
		memcpy(bytes, s, n);
		from = bytes;
		to = (char *)cp;
		in = n;
		out = sizeof *cp;
		iconv(cd, NULL, NULL, NULL, NULL);
		if (iconv(cd, &from, &in, &to, &out) == 0 && out == 0)
			return n;
	}
	return 0;
}

static inline size_t
fuzz_character(const char *s, size_t len)
{
	uint32_t cp;

	return fuzz_decode(s, len, &cp);
}

static inline bool
fuzz_is_utf8(const char *s, size_t len)
{
	size_t n;

	for (; len > 0; s += n, len -= n) {
		n = fuzz_character(s, len);
		if (n == 0)
			return false;
	}
	return true;
}

static inline bool
fuzz_is_ascii(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] != '\n' && (s[i] < ' ' || s[i] > '~'))
			return false;
	return true;
}

/* UTF-8 without controls but the allowed ones, and without what turns, hides or tags other characters. */
static inline bool
fuzz_is_clean(const char *s, size_t len, const char *allowed)
{
	uint32_t cp;
	size_t n;

	for (; len > 0; s += n, len -= n) {
		n = (unsigned char)*s < 0x80 ? 1 : fuzz_decode(s, len, &cp);
		if (n == 0)
			return false;
		if (n == 1)
			cp = (unsigned char)*s;
		if ((cp < 0x20 && (cp == 0 || strchr(allowed, (int)cp) == NULL)) || (cp >= 0x7f && cp <= 0x9f) ||
		    cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
		    (cp >= 0x2060 && cp <= 0x2069) || cp == 0xfeff || (cp >= 0xe0000 && cp <= 0xe007f) ||
		    (cp >= 0xe000 && cp <= 0xf8ff))
			return false;
	}
	return true;
}

#endif
