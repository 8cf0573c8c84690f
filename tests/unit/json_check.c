/* json_check.c - whole, incomplete and bad JSON, and every beginning of what is whole */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "unit.h"

#include "pamlite/json.h"

#define TEXT(literal) literal, sizeof(literal) - 1

static const struct { const char *text; size_t len; } whole[] = {
	{ TEXT("{}") }, { TEXT(" [ ] ") }, { TEXT("\"\"") }, { TEXT("null") }, { TEXT("\t\r\n true \n") },
	{ TEXT("false") }, { TEXT("0") }, { TEXT("-0") }, { TEXT("-0.0e-0") }, { TEXT("12.50E+3") },
	{ TEXT("1e308") }, { TEXT("1.7976931348623157e308") }, { TEXT("0e999999999999999999999") },
	{ TEXT("1e-400") }, { TEXT("0.0000001e314") }, { TEXT("123456789e300") }, { TEXT("1e-99999999999999999999") },
	{ TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\uD83D\\ude00\"") },
	{ TEXT("\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \x7f \xed\x9f\xbf \xef\xbb\xbf\"") },
	{ TEXT("{\"a\":1,\"A\":2,\"b\":{\"a\":1},\"c\":[{\"a\":1},{\"a\":1}],\"\":0}") },
	{ TEXT("[1,[2,[3,{\"x\":[null,true,false]}]]]") },
	{ TEXT("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]") },
};

static const struct { const char *text; size_t len; } incomplete[] = {
	{ TEXT("") }, { TEXT(" \n") }, { TEXT("{") }, { TEXT("{\"a\"") }, { TEXT("{\"a\":") }, { TEXT("{\"a\":1,") },
	{ TEXT("[1") }, { TEXT("[1,") }, { TEXT("tru") }, { TEXT("-") }, { TEXT("1.") }, { TEXT("1e") },
	{ TEXT("1e+") },
	{ TEXT("\"a") }, { TEXT("\"\\") }, { TEXT("\"\\u12") }, { TEXT("\"\\ud83d") }, { TEXT("\"\\ud83d\\") },
	{ TEXT("\"\\ud83d\\u") }, { TEXT("\"\\ud83d\\ude0") }, { TEXT("\"\xc3") }, { TEXT("\"\xe0") },
	{ TEXT("\"\xe0\xa0") }, { TEXT("\"\xed\x9f") }, { TEXT("\"\xf0") }, { TEXT("\"\xf0\x90") },
	{ TEXT("\"\xf4\x8f\xbf") },
};

static const struct { const char *text; size_t len; size_t at; const char *why; } bad[] = {
	{ TEXT("\xef\xbb\xbf{}"), 0, "a byte-order mark" },
	{ TEXT("{} {}"), 3, "text behind the value" },
	{ TEXT("{}\0"), 2, "text behind the value" },
	{ TEXT("01"), 0, "a number with a leading zero" },
	{ TEXT("-01"), 0, "a number with a leading zero" },
	{ TEXT("1.e1"), 2, "a number that is not one of JSON" },
	{ TEXT("-a"), 1, "a number that is not one of JSON" },
	{ TEXT("1e400"), 0, "a number out of range" },
	{ TEXT("[-1e400]"), 1, "a number out of range" },
	{ TEXT("1.7976931348623159e308"), 0, "a number out of range" },
	{ TEXT("0.001e312"), 0, "a number out of range" },
	{ TEXT("1e99999999999999999999"), 0, "a number out of range" },
	{ TEXT("+1"), 0, "no value where one must be" },
	{ TEXT(".5"), 0, "no value where one must be" },
	{ TEXT("NaN"), 0, "no value where one must be" },
	{ TEXT("'a'"), 0, "no value where one must be" },
	{ TEXT("[1,]"), 3, "no value where one must be" },
	{ TEXT("[,1]"), 1, "no value where one must be" },
	{ TEXT("\f1"), 0, "no value where one must be" },
	{ TEXT("\0"), 0, "no value where one must be" },
	{ TEXT("// x\n1"), 0, "no value where one must be" },
	{ TEXT("nul1"), 0, "an unknown word" },
	{ TEXT("True"), 0, "no value where one must be" },
	{ TEXT("[1 2]"), 3, "neither a comma nor the closing bracket" },
	{ TEXT("[1}"), 2, "neither a comma nor the closing bracket" },
	{ TEXT("{\"a\":1]"), 6, "neither a comma nor the closing bracket" },
	{ TEXT("{a:1}"), 1, "no property name in double quotes" },
	{ TEXT("{1:1}"), 1, "no property name in double quotes" },
	{ TEXT("{\"a\":1,}"), 7, "no property name in double quotes" },
	{ TEXT("{\"a\" 1}"), 5, "no colon after a property name" },
	{ TEXT("{\"a\":1,\"b\":2,\"a\":3}"), 13, "a property name that is there already" },
	{ TEXT("{\"a\":1,\"\\u0061\":3}"), 7, "a property name that is there already" },
	{ TEXT("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":3"), 10, "a property name that is there already" },
	{ TEXT("{\"\\n\":1,\"\\u000a\":3}"), 8, "a property name that is there already" },
	{ TEXT("{\"x\":{\"a\":1,\"a\":2},\"y"), 12, "a property name that is there already" },
	{ TEXT("{\"\":1,\"\":2}"), 6, "a property name that is there already" },
	{ TEXT("\"a\nb\""), 2, "a raw control character in a string" },
	{ TEXT("\"a\0b\""), 2, "a raw control character in a string" },
	{ TEXT("\"\\u0000\""), 1, "a NUL character in a string" },
	{ TEXT("{\"\\u0000\":1}"), 2, "a NUL character in a string" },
	{ TEXT("\"\\x41\""), 1, "an unknown escape in a string" },
	{ TEXT("\"\\\0\""), 1, "an unknown escape in a string" },
	{ TEXT("\"\\u12g4\""), 1, "a \\u escape without four hexadecimal digits" },
	{ TEXT("\"\\u12\""), 1, "a \\u escape without four hexadecimal digits" },
	{ TEXT("\"\\ud83d\""), 1, "a lone surrogate in a string" },
	{ TEXT("\"\\ud83d\\n\""), 1, "a lone surrogate in a string" },
	{ TEXT("\"\\ud83d\\u0041\""), 1, "a lone surrogate in a string" },
	{ TEXT("\"\\ude00\""), 1, "a lone surrogate in a string" },
	{ TEXT("\"\\ud83d\\ud83d\\ude00\""), 1, "a lone surrogate in a string" },
	{ TEXT("\"\xed\xa0\x80\""), 1, "bytes that are not UTF-8" },
	{ TEXT("\"\xc0\xaf\""), 1, "bytes that are not UTF-8" },
	{ TEXT("\"\xff\""), 1, "bytes that are not UTF-8" },
	{ TEXT("\"\xf4\x90\x80\x80\""), 1, "bytes that are not UTF-8" },
	{ TEXT("\"\xc3\""), 1, "bytes that are not UTF-8" },
	{ TEXT("\"\xed\xa0"), 1, "bytes that are not UTF-8" },
	{ TEXT("\xff"), 0, "no value where one must be" },
	{ TEXT("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["), 32, "nested too deeply" },
};

/* A copy without a byte behind it, so that a sanitizer sees what reads too far. */
static enum pl_json_verdict
check(const char *text, size_t len, const char **why, size_t *at)
{
	char *copy = malloc(len > 0 ? len : 1);
	enum pl_json_verdict v;

	memcpy(copy, text, len);
	v = pl_json_check(copy, len, why, at);
	free(copy);
	return v;
}

static void
test_tables(void)
{
	const char *why;
	size_t i, len, at;

	for (i = 0; i < sizeof whole / sizeof whole[0]; i++) {
		unit_check_int(check(whole[i].text, whole[i].len, &why, &at), PL_JSON_WHOLE, __FILE__, __LINE__,
		    whole[i].text);
		for (len = 0; len < whole[i].len; len++)
			unit_check(check(whole[i].text, len, &why, &at) != PL_JSON_BAD, __FILE__, __LINE__,
			    whole[i].text);
	}
	for (i = 0; i < sizeof incomplete / sizeof incomplete[0]; i++)
		unit_check_int(check(incomplete[i].text, incomplete[i].len, &why, &at), PL_JSON_INCOMPLETE, __FILE__,
		    __LINE__, incomplete[i].text);
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		unit_check_int(check(bad[i].text, bad[i].len, &why, &at), PL_JSON_BAD, __FILE__, __LINE__,
		    bad[i].text);
		unit_check_str(why, bad[i].why, __FILE__, __LINE__, bad[i].text);
		unit_check_int((long long)at, (long long)bad[i].at, __FILE__, __LINE__, bad[i].text);
	}
}

/* A number is refused exactly where strtod has no finite value, but for the last digits of DBL_MAX. */
static void
test_numbers(void)
{
	static const char *const mantissas[] = { "1", "9.99", "0.001", "1797", "1798", "100000000000000000000", "0.0" };
	const char *why;
	char text[64];
	size_t i, at;
	int e;

	for (i = 0; i < sizeof mantissas / sizeof mantissas[0]; i++) {
		for (e = -330; e < 330; e++) {
			snprintf(text, sizeof text, "-%se%d", mantissas[i], e);
			unit_check_int(check(text, strlen(text), &why, &at),
			    isfinite(strtod(text, NULL)) ? PL_JSON_WHOLE : PL_JSON_BAD, __FILE__, __LINE__, text);
		}
	}
}

/* The largest object that is read, full of names, and the same with one twice: not quadratic. */
static void
test_many_names(void)
{
	clock_t begin = clock();
	const char *why;
	struct pl_buf b;
	size_t at;
	int i;

	pl_buf_init(&b);
	for (i = 0; b.len < PL_JSON_OBJECT_MAX - 20; i++)
		pl_buf_printf(&b, "%c\"%x\":0", i == 0 ? '{' : ',', i);
	pl_buf_char(&b, '}');
	CHECK_INT(check(b.text, b.len, &why, &at), PL_JSON_WHOLE);
	b.text[b.len - 1] = ',';
	pl_buf_text(&b, "\"7\":1}");
	CHECK_INT(check(b.text, b.len, &why, &at), PL_JSON_BAD);
	CHECK_INT(at, b.len - 6);
	CHECK((clock() - begin) / CLOCKS_PER_SEC < 5);
	pl_buf_clear(&b);
}

int
main(void)
{
	test_tables();
	test_numbers();
	test_many_names();
	return unit_end();
}
