/* output_formats.c - each printed form byte for byte, with hostile text in it */

#include "unit.h"

#include "output_sample.h"

static struct pl_ctx ctx;

static const struct case_row {
	const char *what;
	enum pl_format format;
	const char *properties;
	size_t rows;
	const char *expected;
} cases[] = {
	{ "nothing as a list", PL_FORMAT_AUTO, NULL, 0, "" },
	{ "nothing as Table", PL_FORMAT_TABLE, NULL, 0, "" },
	{ "nothing as List", PL_FORMAT_LIST, NULL, 0, "" },
	{ "nothing as Json", PL_FORMAT_JSON, NULL, 0, "[]\n" },
	{ "nothing as JsonLines", PL_FORMAT_JSON_LINES, NULL, 0, "" },
	{ "nothing as Csv", PL_FORMAT_CSV, NULL, 0, "" },
	{ "one object is a list", PL_FORMAT_AUTO, NULL, 1,
	    "Identity      : one\n"
	    "Text          : plain Linux\\x\n"
	    "Number        : 42\n"
	    "Flag          : True\n"
	    "TimeUtc       : 2026-11-21T04:43:00Z\n"
	    "DurationHours : 0.5\n"
	    "Member        : alice, bob\n"
	    "Parameters    : unit=nginx, mode=a=b\n" },
	{ "one object, chosen properties", PL_FORMAT_AUTO, "number\nIDENTITY\n", 1,
	    "Number   : 42\n"
	    "Identity : one\n" },
	{ "two objects are a table", PL_FORMAT_AUTO, NULL, 2,
	    "Identity Text                            Number\n"
	    "one      plain Linux\\x                       42\n"
	    "two      \\u{9}\\u{202e}\\u{1b}[31m\\xff=\"x\" \n" },
	{ "a table of one", PL_FORMAT_TABLE, NULL, 1,
	    "Identity Text          Number\n"
	    "one      plain Linux\\x     42\n" },
	{ "a table of all properties", PL_FORMAT_TABLE, "*\n", 1,
	    "Identity Text          Number Flag TimeUtc              DurationHours Member     Parameters\n"
	    "one      plain Linux\\x     42 True 2026-11-21T04:43:00Z           0.5 alice, bob "
	    "unit=nginx, mode=a=b\n" },
	{ "lists are apart", PL_FORMAT_LIST, "Identity\nText\n", 2,
	    "Identity : one\n"
	    "Text     : plain Linux\\x\n"
	    "\n"
	    "Identity : two\n"
	    "Text     : \\u{9}\\u{202e}\\u{1b}[31m\\xff=\"x\"\n" },
	{ "null and empty in a list", PL_FORMAT_LIST, "Number\nFlag\nTimeUtc\nMember\nText\n", 3,
	    "Number  : 42\nFlag    : True\nTimeUtc : 2026-11-21T04:43:00Z\nMember  : alice, bob\n"
	    "Text    : plain Linux\\x\n\n"
	    "Number  :\nFlag    : False\nTimeUtc :\nMember  : \\u{200b}, =1+1\n"
	    "Text    : \\u{9}\\u{202e}\\u{1b}[31m\\xff=\"x\"\n\n"
	    "Number  : -9223372036854775807\nFlag    : False\nTimeUtc :\nMember  :\nText    :\n" },
	{ "Value", PL_FORMAT_VALUE, "Text\nNumber\nMember\n", 2,
	    "plain Linux\\x\t42\talice, bob\n"
	    "\\u{9}\\u{202e}\\u{1b}[31m\\xff=\"x\"\t\t\\u{200b}, =1+1\n" },
	{ "Value without properties", PL_FORMAT_VALUE, NULL, 1,
	    "one\tplain Linux\\x\t42\tTrue\t2026-11-21T04:43:00Z\t0.5\talice, bob\tunit=nginx, mode=a=b\n" },
	{ "Id", PL_FORMAT_ID, NULL, 2, "one\ntwo\n" },
	{ "Csv", PL_FORMAT_CSV, NULL, 2,
	    "\"Identity\",\"Text\",\"Number\",\"Flag\",\"TimeUtc\",\"DurationHours\",\"Member\",\"Parameters\"\r\n"
	    "\"one\",\"plain Linux\\x\",\"42\",\"True\",\"2026-11-21T04:43:00Z\",\"0.5\","
	    "\"[\"\"alice\"\",\"\"bob\"\"]\",\"{\"\"unit\"\":\"\"nginx\"\",\"\"mode\"\":\"\"a=b\"\"}\"\r\n"
	    "\"two\",\"\\u{9}\\u{202e}\\u{1b}[31m\\xff=\"\"x\"\"\",\"\",\"False\",\"\",\"\","
	    "\"[\"\"\\u200b\"\",\"\"=1+1\"\"]\",\"{}\"\r\n" },
	{ "Json", PL_FORMAT_JSON, "Identity\nNumber\n", 3,
	    "[\n"
	    "  {\"Identity\":\"one\",\"Number\":42},\n"
	    "  {\"Identity\":\"two\",\"Number\":null},\n"
	    "  {\"Identity\":\"=cmd\",\"Number\":-9223372036854775807}\n"
	    "]\n" },
	{ "Json of one", PL_FORMAT_JSON, "Identity\n", 1, "[\n  {\"Identity\":\"one\"}\n]\n" },
	{ "JsonLines", PL_FORMAT_JSON_LINES, NULL, 2,
	    "{\"Identity\":\"one\",\"Text\":\"plain Linux\\\\x\",\"Number\":42,\"Flag\":true,"
	    "\"TimeUtc\":\"2026-11-21T04:43:00Z\",\"DurationHours\":0.5,\"Member\":[\"alice\",\"bob\"],"
	    "\"Parameters\":{\"unit\":\"nginx\",\"mode\":\"a=b\"}}\n"
	    "{\"Identity\":\"two\",\"Text\":\"\\u0009\\u202e\\u001b[31m\\ufffd=\\\"x\\\"\",\"Number\":null,"
	    "\"Flag\":false,"
	    "\"TimeUtc\":null,\"DurationHours\":null,\"Member\":[\"\\u200b\",\"=1+1\"],\"Parameters\":{}}\n" },
	{ "a star behind a name", PL_FORMAT_VALUE, "Flag\n*\n", 1,
	    "True\tone\tplain Linux\\x\t42\t2026-11-21T04:43:00Z\t0.5\talice, bob\tunit=nginx, mode=a=b\n" },
	{ "a name twice", PL_FORMAT_JSON_LINES, "Flag\nflag\nNumber\n", 1, "{\"Flag\":true,\"Number\":42}\n" },
};

static void
test_forms(void)
{
	const struct sample rows[] = {
		{ TEXT("one"), TEXT("plain Linux\\x"), 42, true, 1795236180, 1800, TEXT("alice\nbob\n"),
		    TEXT("unit=nginx\nmode=a=b\n") },
		{ TEXT("two"), TEXT("\t\xe2\x80\xae\x1b[31m\xff=\"x\""), PL_NULL, false, PL_NULL, PL_NULL,
		    TEXT("\xe2\x80\x8b\n=1+1\n"), NULL },
		{ TEXT("=cmd"), NULL, INT64_MIN + 1, false, PL_NULL, PL_NULL, TEXT(""), NULL },
	};
	size_t i;
	char *got;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		got = sample_print(&ctx, &sample_noun, cases[i].format, cases[i].properties, rows, cases[i].rows);
		unit_check_str(got, cases[i].expected, __FILE__, __LINE__, cases[i].what);
		free(got);
	}
}

static void
test_formulas(void)
{
	static const struct { const char *text, *cell; } cells[] = {
		{ "=1+1", "'=1+1" }, { "+1", "'+1" }, { "-1", "'-1" }, { "@sum", "'@sum" }, { "a=b", "a=b" },
		{ "\t=1", "\\u{9}=1" }, { "\r=1", "\\u{d}=1" }, { "a\r\nb", "a\\u{d}\\u{a}b" }, { "", "" },
		{ "a,\"b\"", "a,\"\"b\"\"" },
	};
	char expected[64], *got;
	size_t i;

	for (i = 0; i < sizeof cells / sizeof cells[0]; i++) {
		struct sample row = { .text = strdup(cells[i].text) };

		snprintf(expected, sizeof expected, "\"Text\"\r\n\"%s\"\r\n", cells[i].cell);
		got = sample_print(&ctx, &sample_noun, PL_FORMAT_CSV, "Text\n", &row, 1);
		CHECK_STR(got, expected);
		free(got);
		free(row.text);
	}
}

/* Two halves of a Csv file have one header. */
static void
test_continued(void)
{
	struct pl_out_options options = { .format = PL_FORMAT_CSV, .properties = "Text\n" };
	const struct sample row = { .text = (char[]){ "x" } };
	struct pl_out *out;
	char got[64];
	ssize_t len;
	int i;

	options.fd = memfd_create("continued", MFD_CLOEXEC);
	for (i = 0; i < 2; i++) {
		options.continued = i > 0;
		CHECK_INT(pl_out_open(&out, &ctx, &sample_noun, &options), PL_OK);
		CHECK_INT(pl_out_row(out, &row), PL_OK);
		CHECK_INT(pl_out_row(out, &row), PL_OK);
		CHECK_INT(pl_out_close(out), PL_OK);
	}
	len = pread(options.fd, got, sizeof(got) - 1, 0);
	got[len > 0 ? len : 0] = '\0';
	CHECK_STR(got, "\"Text\"\r\n\"x\"\r\n\"x\"\r\n\"x\"\r\n\"x\"\r\n");
	close(options.fd);
}

static void
test_properties(void)
{
	struct pl_out_options options = { .format = PL_FORMAT_LIST, .properties = "Flag\nNo\x1bpe\n", .fd = 1 };
	struct pl_out *out = NULL;

	CHECK_INT(pl_out_open(&out, &ctx, &sample_noun, &options), PL_E_USAGE);
	CHECK(out == NULL);
	CHECK_INT(ctx.failure.error, PL_ERR_UNKNOWN_PROPERTY);
	CHECK_STR(ctx.failure.message, "Sample has no property 'No\\u{1b}pe'");
	CHECK_STR(ctx.failure.hint,
	    "the properties are Identity, Text, Number, Flag, TimeUtc, DurationHours, Member, Parameters");
	pl_ctx_forgive(&ctx);
}

/* A failed command prints no object: no empty array either. */
static void
test_failure(void)
{
	char *got;

	pl_fail(&ctx, PL_ERR_REQUEST_EXISTS, "there is one");
	got = sample_print(&ctx, &sample_noun, PL_FORMAT_JSON, NULL, NULL, 0);
	CHECK_STR(got, "");
	free(got);
	pl_ctx_forgive(&ctx);
}

/* Without flags every column is in a table, and what is the only one of its kind is called by it. */
static void
test_plain_noun(void)
{
	static const struct pl_column columns[] = {
		SAMPLE_COLUMN("Number", INT, number, 0),
		SAMPLE_COLUMN("Flag", BOOL, flag, 0),
		{ 0 }
	};
	static const struct pl_noun noun = { "Plain", columns, sizeof(struct sample), NULL, NULL, NULL };
	const struct sample rows[] = { { .number = 7 }, { .number = 1234567, .flag = true } };
	char *got;

	got = sample_print(&ctx, &noun, PL_FORMAT_AUTO, NULL, rows, 2);
	CHECK_STR(got, " Number Flag\n      7 False\n1234567 True\n");
	free(got);
	got = sample_print(&ctx, &noun, PL_FORMAT_ID, NULL, rows, 2);
	CHECK_STR(got, "Plain\nPlain\n");
	free(got);
}

static void
test_names(void)
{
	enum pl_format f;

	CHECK(pl_format_parse("jsonLINES", &f) && f == PL_FORMAT_JSON_LINES);
	CHECK(pl_format_parse("Id", &f) && f == PL_FORMAT_ID);
	CHECK(!pl_format_parse("Auto", &f) && !pl_format_parse("", &f) && !pl_format_parse("Jso", &f));
	CHECK(pl_format_is_structured(PL_FORMAT_CSV) && !pl_format_is_structured(PL_FORMAT_TABLE));
	CHECK(pl_format_is_json(PL_FORMAT_JSON) && !pl_format_is_json(PL_FORMAT_CSV));
}

int
main(void)
{
	pl_ctx_init(&ctx);
	test_forms();
	test_formulas();
	test_continued();
	test_properties();
	test_failure();
	test_plain_noun();
	test_names();
	pl_ctx_clear(&ctx);
	return unit_end();
}
