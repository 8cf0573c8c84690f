/* json_piece.c - the pieces of a JSON text, and which texts mean the same */

#include <string.h>

#include "pamlite/json.h"

#include "unit.h"

/* Two texts, and whether they mean the same. */
static const struct {
	const char *a, *b;
	bool same;
} pairs[] = {
	{ "null", " null ", true }, { "true", "false", false }, { "null", "\"null\"", false },
	{ "\"a\"", "\"\\u0061\"", true }, { "\"\\/\"", "\"/\"", true },
	{ "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"", true },
	{ "\"a\"", "\"b\"", false }, { "\"\"", "[]", false }, { "\"1\"", "1", false }, { "\"\"", "\" \"", false },
	{ "1", "1.0", true }, { "1", "10e-1", true }, { "100", "1E+2", true }, { "0", "-0.000e7", true },
	{ "1.5", "15e-1", true }, { "0.05", "5e-2", true }, { "120", "12", false }, { "1", "-1", false },
	{ "1e5", "1e-5", false }, { "10.01", "1.001", false }, { "0.1", "0.01", false }, { "101", "11", false },
	/* The same double. */
	{ "9007199254740993", "9007199254740992", false }, { "0.1", "0.1000000000000000001", false },
	{ "[]", "[ ]", true }, { "[]", "{}", false }, { "[1,2]", "[2,1]", false }, { "[[1],2]", "[1,[2]]", false },
	{ "[1,2]", "[12]", false }, { "[]", "[[]]", false }, { "[null]", "[]", false },
	{ "{\"a\":1,\"b\":2}", "{ \"b\" : 2 , \"a\" : 1 }", true }, { "{\"a\":1}", "{\"\\u0061\":1.0}", true },
	{ "{\"a\":1}", "{\"a\":2}", false }, { "{\"a\":1}", "{\"b\":1}", false },
	{ "{\"a\":1}", "{\"a\":1,\"b\":2}", false },
	{ "{\"a\":\"b\"}", "[\"a\",\"b\"]", false }, { "{\"a\":{\"b\":1}}", "{\"a\":{},\"b\":1}", false },
	{ "[\"]\",\"}\",\"\\\"\",1]", "[ \"]\", \"}\", \"\\\"\", 1 ]", true },
};

static void
test_digest(void)
{
	char a[PL_DIGEST_LEN + 1], b[PL_DIGEST_LEN + 1];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		CHECK(pl_json_digest(pairs[i].a, strlen(pairs[i].a), a));
		CHECK(pl_json_digest(pairs[i].b, strlen(pairs[i].b), b));
		if ((strcmp(a, b) == 0) != pairs[i].same)
			printf("%s and %s:\n", pairs[i].a, pairs[i].b);
		CHECK((strcmp(a, b) == 0) == pairs[i].same);
	}
}

static struct pl_buf found;

/* Each piece, with "name=" in front of those of an object, and a bar behind. */
static const char *
pieces(const char *text)
{
	struct pl_json_piece cursor, name, value;

	pl_buf_reset(&found);
	if (!pl_json_enter(&cursor, text, strlen(text)))
		return "neither";
	while (pl_json_next(&cursor, &name, &value))
		pl_buf_printf(&found, "%.*s%s%.*s|", (int)name.len, name.text, name.len > 0 ? "=" : "", (int)value.len,
		    value.text);
	return found.text;
}

static void
test_pieces(void)
{
	CHECK_STR(pieces(" [ ] "), "");
	CHECK_STR(pieces("{}"), "");
	CHECK_STR(pieces("[1,-2.5e3 , \"a,]\\\"\" ,[2,[3]],{\"x\":[4]},null]"),
	    "1|-2.5e3|\"a,]\\\"\"|[2,[3]]|{\"x\":[4]}|null|");
	CHECK_STR(pieces(" { \"a\" : 1 ,\"b:\":{\"c\":\"}\"}, \"\":[]} "), "\"a\"=1|\"b:\"={\"c\":\"}\"}|\"\"=[]|");
	CHECK_STR(pieces("\"text\""), "neither");
	CHECK_STR(pieces("17"), "neither");
	CHECK_STR(pieces(""), "neither");
}

static void
test_unquote(void)
{
	static const char *const texts[][2] = {
		{ "\"\"", "" }, { "\"a\\n\\t\\\\\\\"\\/\\u0062\"", "a\n\t\\\"/b" },
		{ "\"\\u00e9\\u20ac\"", "\xc3\xa9\xe2\x82\xac" },
		{ "\"\\ud83d\\ude00 \xf0\x9f\x98\x80\"", "\xf0\x9f\x98\x80 \xf0\x9f\x98\x80" },
	};
	struct pl_buf out;

	pl_buf_init(&out);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		pl_buf_reset(&out);
		CHECK(pl_json_unquote(&(struct pl_json_piece){ texts[i][0], strlen(texts[i][0]) }, &out));
		CHECK_STR(out.text, texts[i][1]);
	}
	CHECK(!pl_json_unquote(&(struct pl_json_piece){ "12", 2 }, &out));
	CHECK(!pl_json_unquote(&(struct pl_json_piece){ "", 0 }, &out));
	pl_buf_clear(&out);
}

int
main(void)
{
	pl_buf_init(&found);
	test_digest();
	test_pieces();
	test_unquote();
	pl_buf_clear(&found);
	return unit_end();
}
