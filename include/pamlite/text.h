/* text.h - checks on text that came from outside, and its escaping for eyes */
#ifndef PAMLITE_TEXT_H
#define PAMLITE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamlite/buffer.h"

enum {
	PL_REASON_MAX = 2000,    /* bytes of a Reason or Comment */
	PL_LINE_MAX = 131072,    /* bytes of any other one-line value */
	PL_ACCOUNT_MAX = 256,    /* bytes of a login name, with its domain */
	PL_PATH_MAX = 4095,
};

/*
 * Decode one code point of well-formed UTF-8 (shortest form, no surrogates, at
 * most U+10FFFF) from s[0..len). Returns its length in bytes, 0 if malformed.
 * For a malformed sequence *cp is the first byte.
 */
size_t pl_utf8_decode(const char *s, size_t len, uint32_t *cp);
bool pl_utf8_is_valid(const char *s, size_t len);

/* Valid UTF-8 without C0, DEL and C1 characters: what every stored value must be. */
bool pl_text_is_line(const char *s, size_t len);

/* Not empty and not only blanks. */
bool pl_text_has_content(const char *s);

/* Characters that are there but cannot be seen, or that move others: C0, DEL, C1,
 * bidirectional controls, zero-width, tags, unassigned specials, private use. */
bool pl_char_is_deceptive(uint32_t cp);

/*
 * Append `s` as a person may safely see it: deceptive characters as \u{202e},
 * bytes that are not UTF-8 as \x9b. At most 10 bytes of output for one character.
 * A backslash is not escaped: Linux\restart-web stays as it is.
 */
void pl_text_escape(struct pl_buf *out, const char *s, size_t len);

/*
 * Append `s` as it stands between the quotes of a JSON string: what RFC 8259 demands is escaped, and
 * deceptive characters too; bytes that are not UTF-8 become U+FFFD.
 */
void pl_text_escape_json(struct pl_buf *out, const char *s, size_t len);
/* The same with the quotes around it. */
void pl_text_quote_json(struct pl_buf *out, const char *s, size_t len);

/* ASCII-only case folding, independent of the locale. */
int pl_ascii_casecmp(const char *a, const char *b);
int pl_ascii_ncasecmp(const char *a, const char *b, size_t n);

/* Cut off a character that is not whole at the end of a text that was cut. */
void pl_text_trim(char *s);
/* Copy as much of `s` (NULL = "") as fits, never a part of a character. */
void pl_text_copy(char *out, size_t size, const char *s);

/* A mail address of the narrow form that notifications go to: local@domain of
 * letters, digits and ._+-, not beginning with a dash or a dot. */
bool pl_text_is_mail_address(const char *s);

/* What mail is sent to: such an address, or a local account's name of the form of its local part; at most 254 bytes. */
bool pl_text_is_mail_recipient(const char *s);

/* A login name, with or without @domain or DOMAIN\ in front, that can be stored:
 * 1 to PL_ACCOUNT_MAX bytes, no blanks, no comma, not beginning with a dash. */
bool pl_text_is_account(const char *s);

/* An absolute path without . or .. or // or a trailing slash, at most 4095 bytes. */
bool pl_path_is_canonical(const char *path);

/* Decimal digits only; false on anything else and on overflow of int64_t. */
bool pl_text_parse_int(const char *s, size_t len, int64_t *out);
/* Decimal digits, of which up to three may stand behind a point, in thousandths; false on anything else. */
bool pl_text_parse_decimal(const char *s, size_t len, int64_t *thousandths);

/* Damerau-Levenshtein distance is at most 2 (1 for short words), ignoring case: "did you mean". */
bool pl_text_is_near(const char *a, const char *b);

#endif
