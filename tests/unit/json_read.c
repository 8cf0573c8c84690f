/* json_read.c - objects from outside as flat members: kinds, numbers as written, refusals */

#include "unit.h"

#include "pamlite/json.h"

static struct pl_ctx ctx;

static enum pl_status
parse(const char *text, struct pl_json_object *o)
{
	pl_ctx_forgive(&ctx);
	return pl_json_parse_object(&ctx, text, strlen(text), o);
}

static void
test_members(void)
{
	static const struct { const char *json; enum pl_json_kind kind; const char *value; } cases[] = {
		{ "\"text\"", PL_JSON_TEXT, "text" },
		{ "\"\"", PL_JSON_TEXT, "" },
		{ "\"two\\nlines \\u202e\"", PL_JSON_TEXT, "two\nlines \xe2\x80\xae" },
		{ "\"\\ud83d\\ude00 1\"", PL_JSON_TEXT, "\xf0\x9f\x98\x80 1" },
		{ "4", PL_JSON_TEXT, "4" },
		{ "-0.50", PL_JSON_TEXT, "-0.50" },
		{ "1e2", PL_JSON_TEXT, "1e2" },
		{ "9007199254740993", PL_JSON_TEXT, "9007199254740993" },
		{ "true", PL_JSON_TEXT, "true" },
		{ "false", PL_JSON_TEXT, "false" },
		{ "null", PL_JSON_NULL, NULL },
		{ "[]", PL_JSON_LIST, "" },
		{ "[\"a\",\"\",12345678901234567890,true]", PL_JSON_LIST, "a\n\n12345678901234567890\ntrue\n" },
		{ "[\"1\", -2, \"3\\\"4\", 5]", PL_JSON_LIST, "1\n-2\n3\"4\n5\n" },
		{ "{}", PL_JSON_MAP, "" },
		{ "{\"unit\":\"nginx\",\"n\":1.0,\"x\":\"a=b\"}", PL_JSON_MAP, "unit=nginx\nn=1.0\nx=a=b\n" },
		{ "[1,[2]]", PL_JSON_OTHER, NULL },
		{ "[null]", PL_JSON_OTHER, NULL },
		{ "[\"a\\nb\",{}]", PL_JSON_OTHER, NULL },
		{ "{\"a\":{\"b\":3},\"c\":4}", PL_JSON_OTHER, NULL },
	};
	const struct pl_json_member *m;
	struct pl_json_object o;
	char text[256];
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(text, sizeof text, " {\"6\\\"\":7, \"Value\":%s ,\"After\":89} ", cases[i].json);
		CHECK_INT(parse(text, &o), PL_OK);
		CHECK_INT(o.count, 3);
		m = pl_json_member_find(&o, "vALUE");
		CHECK(m != NULL);
		if (m != NULL) {
			CHECK_STR(m->name, "Value");
			CHECK_INT(m->kind, cases[i].kind);
			CHECK_STR(m->value, cases[i].value);
		}
		m = pl_json_member_find(&o, "after");
		CHECK_STR(m != NULL ? m->value : NULL, "89");
		CHECK(pl_json_member_find(&o, "none") == NULL);
		pl_json_object_clear(&o);
		CHECK(o.count == 0 && o.members == NULL);
	}
	CHECK_INT(parse("{}", &o), PL_OK);
	CHECK_INT(o.count, 0);
	pl_json_object_clear(&o);
	pl_json_object_clear(NULL);
}

static void
test_refused(void)
{
	static const struct { const char *json; enum pl_error error; const char *message; } cases[] = {
		{ "[1]", PL_ERR_INVALID_JSON, "the input is not a JSON object" },
		{ "\"a\"", PL_ERR_INVALID_JSON, "the input is not a JSON object" },
		{ "{\"a\":", PL_ERR_INVALID_JSON, "the input is not valid JSON: it ends in the middle" },
		{ "", PL_ERR_INVALID_JSON, "the input is not valid JSON: it ends in the middle" },
		{ "{\"a\":1e400}", PL_ERR_INVALID_JSON,
		    "the input is not valid JSON: a number out of range at byte 6" },
		{ "{\"a\":1,\"a\":2}", PL_ERR_INVALID_JSON,
		    "the input is not valid JSON: a property name that is there already at byte 8" },
		{ "{\"a\":1,\"L\\u001b\":[\"x\",\"a\\nb\"]}", PL_ERR_INVALID_INPUT,
		    "the property 'L\\u{1b}' has an element with control characters" },
		{ "{\"L\":[\"\\u0085\"]}", PL_ERR_INVALID_INPUT,
		    "the property 'L' has an element with control characters" },
		{ "{\"M\":{\"a\\nb\":\"x\"}}", PL_ERR_INVALID_INPUT,
		    "the property 'M' has an element with control characters" },
		{ "{\"M\":{\"a=b\":\"x\"}}", PL_ERR_INVALID_INPUT, "the property 'M' has a name with an equals sign" },
	};
	struct pl_json_object o;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CHECK_INT(parse(cases[i].json, &o), PL_E_DATA);
		CHECK_INT(ctx.failure.error, cases[i].error);
		CHECK_STR(ctx.failure.message, cases[i].message);
		pl_json_object_clear(&o);
	}
}

int
main(void)
{
	pl_ctx_init(&ctx);
	test_members();
	test_refused();
	pl_ctx_clear(&ctx);
	return unit_end();
}
