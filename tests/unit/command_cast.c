/* command_cast.c - tests of reading a recording: what the recorder writes, and nothing that is not whole */

#include "command/replay/cast.h"

#include <stdbool.h>

#include "unit.h"

static const struct {
	const char *line;
	long long at_us;
	char kind;
	const char *text;       /* NULL = it is no event */
} lines[] = {
	{ "[0.000000, \"o\", \"\"]", 0, 'o', "" },
	{ "[1.5, \"i\", \"a\"]", 1500000, 'i', "a" },
	{ " [12,\"r\",\"80x24\"] ", 12000000, 'r', "80x24" },
	{ "[0.123456789, \"m\", \"x\"]", 123456, 'm', "x" },
	{ "[0, \"o\", \"\\u001b[m\\r\\n\\t\\b\\f\\\"\\\\\\/\"]", 0, 'o', "\033[m\r\n\t\b\f\"\\/" },
	{ "[0, \"o\", \"\u00e4\\u00e4\\u20AC\\ud83d\\ude00\"]", 0, 'o', "\u00e4\u00e4\u20ac\U0001f600" },
	{ "", 0, 0, NULL }, { "[", 0, 0, NULL }, { "{\"version\": 2}", 0, 0, NULL },
	{ "[1.5, \"o\", \"torn", 0, 0, NULL }, { "[1.5, \"o\", \"torn\\", 0, 0, NULL },
	{ "[1.5, \"o\", \"torn\\u00", 0, 0, NULL }, { "[1.5, \"o\", \"torn\"", 0, 0, NULL },
	{ "[1.5, \"o\", \"a\"] x", 0, 0, NULL }, { "[1.5, \"oo\", \"a\"]", 0, 0, NULL },
	{ "[1.5, \"\", \"a\"]", 0, 0, NULL }, { "[-1, \"o\", \"a\"]", 0, 0, NULL },
	{ "[1.5, \"o\", \"\\x\"]", 0, 0, NULL }, { "[1.5, \"o\", \"\\ude00\"]", 0, 0, NULL },
	{ "[1.5, \"o\", \"\\ud83d\"]", 0, 0, NULL }, { "[1.5, \"o\", \"\\ud83dxx\"]", 0, 0, NULL },
	{ "[1.5, \"o\", \"\\ud83d\\u0041\"]", 0, 0, NULL }, { "[1.5, \"o\", \"\xff\"]", 0, 0, NULL },
	{ "[1.5, \"o\", \"\n\"]", 0, 0, NULL }, { "[1.5, \"o\", 3]", 0, 0, NULL },
	{ "[99999999999999999999999, \"o\", \"a\"]", 0, 0, NULL },
};

static void
test_lines(void)
{
	struct pl_cast_event e = { 0 };
	size_t i;

	pl_buf_init(&e.text);
	for (i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		bool parsed = pl_cast_event_parse(lines[i].line, strlen(lines[i].line), &e);

		CHECK_STR(parsed ? e.text.text : NULL, lines[i].text);
		if (!parsed)
			continue;
		CHECK_INT(e.at_us, lines[i].at_us);
		CHECK_INT(e.kind, lines[i].kind);
	}
	CHECK(pl_cast_event_parse("[0, \"o\", \"a\\u0000b\"]", 20, &e));
	CHECK_INT(e.text.len, 3);
	pl_buf_clear(&e.text);
}

static void
test_header(void)
{
	static const struct {
		const char *line;
		enum pl_status st;
		long long width, height;
	} headers[] = {
		{ "{\"version\": 2, \"width\": 132, \"height\": 50, \"title\": \"x\"}", PL_OK, 132, 50 },
		{ "{\"version\": 2}", PL_OK, 0, 0 },
		{ "[0, \"o\", \"\"]", PL_E_DATA, 0, 0 },
		{ "{\"version\": 2", PL_E_DATA, 0, 0 },
	};
	int64_t width, height;
	struct pl_ctx ctx;
	size_t i;

	pl_ctx_init(&ctx);
	for (i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		CHECK_INT(pl_cast_header_parse(&ctx, headers[i].line, strlen(headers[i].line), &width, &height),
		    headers[i].st);
		CHECK_INT(width, headers[i].width);
		CHECK_INT(height, headers[i].height);
	}
	pl_ctx_clear(&ctx);
}

int
main(void)
{
	test_lines();
	test_header();
	return unit_end();
}
