/* json_scan.h - the words of JSON, for the checker */
#ifndef OUTPUT_JSON_SCAN_H
#define OUTPUT_JSON_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "pamlite/json.h"

struct json_scan {
	const char *text;
	size_t len;
	size_t pos;
	const char *why;            /* a constant phrase, and where, after PL_JSON_BAD */
	size_t at;
};

enum pl_json_verdict json_scan_bad(struct json_scan *c, size_t at, const char *why);
void json_scan_blanks(struct json_scan *c);

/* Each begins at its first character and ends behind its last. */
enum pl_json_verdict json_scan_string(struct json_scan *c);
enum pl_json_verdict json_scan_number(struct json_scan *c);
enum pl_json_verdict json_scan_word(struct json_scan *c, const char *expected);

/* The next character of what stands between the quotes of a checked string, unescaped. */
uint32_t json_scan_next(const char **s, const char *end);

#endif
