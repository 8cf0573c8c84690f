/* core_typed.c - tests of typed parameters: declarations, values, binding, filling */

#include "pamlite/typed.h"

#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct pl_item
item(const char *s)
{
	return (struct pl_item){ .text = s, .len = strlen(s) };
}

static const struct {
	const char *text;
	bool ok;
} declarations[] = {
	{ NULL, true }, { "", true }, { "unit=word\n", true }, { "_a-b1=word\nB=text:1\n", true },
	{ "a=choice:on|off\n", true }, { "a=choice:on\n", true }, { "a=choice:a b|c=d\n", true },
	{ "a=choice:\n", false }, { "a=choice:|a\n", false }, { "a=choice:a|\n", false }, { "a=choice:a||b\n", false },
	{ "a=choice\n", false }, { "a=choice:a\x1b\n", false },
	{ "a=int:0..10\n", true }, { "a=int:-5..5\n", true }, { "a=int:-9..-3\n", true }, { "a=int:5..5\n", true },
	{ "a=int:6..5\n", false }, { "a=int:1\n", false }, { "a=int:..\n", false }, { "a=int:1..\n", false },
	{ "a=int:..1\n", false }, { "a=int:1...2\n", false }, { "a=int:+1..2\n", false }, { "a=int:01..2\n", false },
	{ "a=int:-0..2\n", false }, { "a=int:0..9223372036854775807\n", true },
	{ "a=int:0..9223372036854775808\n", false }, { "a=path:/\n", true }, { "a=path:/srv/www\n", true },
	{ "a=path:/srv/\n", false }, { "a=path:srv\n", false }, { "a=path:/srv/../etc\n", false },
	{ "a=path:\n", false }, { "a=text:1\n", true }, { "a=text:4096\n", true }, { "a=text:0\n", false },
	{ "a=text:4097\n", false }, { "a=text:\n", false }, { "a=text:-1\n", false }, { "a=text:010\n", false },
	{ "a=Word\n", false }, { "a=word:\n", false }, { "a=\n", false }, { "a=regex:.*\n", false }, { "a\n", false },
	{ "=word\n", false }, { "1a=word\n", false }, { "-a=word\n", false }, { "a b=word\n", false },
	{ "a.b=word\n", false }, { "\n", false }, { "a=word\na=word\n", false }, { "a=word\nA=word\n", true },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=word\n", true },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=word\n", false },
};

static void
test_declarations(void)
{
	struct pl_buf why, many;

	pl_buf_init(&why);
	pl_buf_init(&many);
	for (size_t i = 0; i < COUNT(declarations); i++) {
		pl_buf_reset(&why);
		CHECK(pl_typed_check_declarations(declarations[i].text, &why) == declarations[i].ok);
		CHECK((why.len == 0) == declarations[i].ok);
		if ((why.len == 0) != declarations[i].ok)
			printf("  %s\n", declarations[i].text);
	}
	for (int i = 0; i < PL_TYPED_PARAMETERS_MAX; i++)
		pl_buf_printf(&many, "p%d=word\n", i);
	CHECK(pl_typed_check_declarations(many.text, &why));
	pl_buf_text(&many, "more=word\n");
	CHECK(!pl_typed_check_declarations(many.text, &why));
	pl_buf_clear(&many);
	pl_buf_clear(&why);
}

static const struct {
	const char *type, *value;
	bool ok;
} values[] = {
	{ "word", "nginx.service", true }, { "word", "a._@:+-Z9", true }, { "word", "-a", false },
	{ "word", "", false }, { "word", "a b", false }, { "word", "a/b", false }, { "word", "\u00e4", false },
	{ "word", "a;b", false }, { "word", ".", true }, { "word", "{x}", false },
	{ "choice:on|off", "on", true }, { "choice:on|off", "off", true }, { "choice:on|off", "On", false },
	{ "choice:on|off", "o", false }, { "choice:on|off", "on|off", false }, { "choice:on|off", "", false },
	{ "choice:on|", "", false }, { "choice:on|off", "offf", false },
	{ "int:0..10", "0", true }, { "int:0..10", "10", true }, { "int:0..10", "11", false },
	{ "int:0..10", "-1", false }, { "int:0..10", "-0", false }, { "int:-5..5", "-0", false },
	{ "int:0..10", "01", false }, { "int:0..10", "00", false }, { "int:0..10", "+1", false },
	{ "int:0..10", "", false }, { "int:0..10", "1.0", false }, { "int:0..10", " 1", false },
	{ "int:-5..5", "-5", true }, { "int:-5..5", "-6", false }, { "int:-5..5", "-", false },
	{ "int:-5..5", "--5", false }, { "int:0..10", "99999999999999999999", false }, { "path:/srv", "/srv", true },
	{ "path:/srv", "/srv/a/b", true }, { "path:/srv", "/srvx", false }, { "path:/srv", "/sr", false },
	{ "path:/srv", "/srv/", false }, { "path:/srv", "/srv/../etc", false }, { "path:/srv", "/srv/./a", false },
	{ "path:/srv", "/srv//a", false }, { "path:/srv", "srv", false }, { "path:/srv", "", false },
	{ "path:/srv", "/srv/a\tb", false }, { "path:/srv", "/srv/a b", true }, { "path:/srv", "/srv/..a", true },
	{ "path:/", "/", true }, { "path:/", "/etc/passwd", true }, { "path:/", "/../etc", false },
	{ "text:5", "", true }, { "text:5", "a b;c", true }, { "text:5", "abcdef", false }, { "text:5", "a\tb", false },
	{ "text:5", "\xff", false }, { "text:5", "\u20acab", true }, { "text:5", "\u20ac\u20ac", false },
	{ "text:0", "", false }, { "other", "a", false }, { "", "a", false },
};

static void
test_values(void)
{
	char longer[PL_TYPED_WORD_MAX + 2], path[5000];
	struct pl_item type = item("word"), value;

	for (size_t i = 0; i < COUNT(values); i++) {
		type = item(values[i].type);
		value = item(values[i].value);
		CHECK(pl_typed_check_value(&type, &value) == values[i].ok);
		if (pl_typed_check_value(&type, &value) != values[i].ok)
			printf("  %s %s\n", values[i].type, values[i].value);
	}
	type = item("word");
	memset(longer, 'a', sizeof(longer));
	value = (struct pl_item){ .text = longer, .len = PL_TYPED_WORD_MAX };
	CHECK(pl_typed_check_value(&type, &value));
	value.len++;
	CHECK(!pl_typed_check_value(&type, &value));
	type = item("path:/");
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	value = (struct pl_item){ .text = path, .len = 4095 };
	CHECK(pl_typed_check_value(&type, &value));
	value.len++;
	CHECK(!pl_typed_check_value(&type, &value));
	value = (struct pl_item){ .text = "/a\0b", .len = 4 };
	CHECK(!pl_typed_check_value(&type, &value));
}

static void
test_template(void)
{
	static const struct { const char *arguments; bool ok; } cases[] = {
		{ NULL, true }, { "", true }, { "restart\n{unit}\n", true }, { "--unit={unit}.service\n", true },
		{ "{unit}{count}{unit}\n", true }, { "{nothing}\n", false }, { "{Unit}\n", false }, { "{}\n", true },
		{ "{print $1}\n", true }, { "{ unit }\n", true }, { "{unit\n", true }, { "unit}\n", true },
		{ "{{unit}}\n", true }, { "{{other}}\n", false }, { "{a{other}\n", false }, { "{1}\n", true },
		{ "{-a}\n", true }, { "{_}\n", false }, { "x\n{\nunit}\n", true },
		{ "{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\n", false },
		{ "{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}\n", true },
	};
	struct pl_buf why;

	pl_buf_init(&why);
	for (size_t i = 0; i < COUNT(cases); i++) {
		pl_buf_reset(&why);
		CHECK(pl_typed_check_template(cases[i].arguments, "unit=word\ncount=int:0..9\n", &why) == cases[i].ok);
		CHECK((why.len == 0) == cases[i].ok);
		if ((why.len == 0) != cases[i].ok)
			printf("  %s\n", cases[i].arguments);
	}
	pl_buf_clear(&why);
}

static void
test_bind(void)
{
	static const char declared[] = "unit=word\ncount=int:0..9\nnote=text:20\n";
	static const struct { const char *values; bool complete; const char *out; } cases[] = {
		{ "note=\ncount=3\nunit=a\n", true, "unit=a\ncount=3\nnote=\n" },
		{ "note=a=b {unit}\ncount=3\nunit=a\n", true, "unit=a\ncount=3\nnote=a=b {unit}\n" },
		{ "count=3\n", false, "count=3\n" },
		{ "", false, "" },
		{ NULL, false, "" },
		{ "count=3\n", true, NULL },
		{ NULL, true, NULL },
		{ "count=3\ncount=3\n", false, NULL },
		{ "Count=3\n", false, NULL },
		{ "other=3\n", false, NULL },
		{ "count=10\n", false, NULL },
		{ "count\n", false, NULL },
		{ "=3\n", false, NULL },
	};
	struct pl_buf out, why;

	pl_buf_init(&out);
	pl_buf_init(&why);
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool ok = cases[i].out != NULL;

		pl_buf_reset(&out);
		pl_buf_reset(&why);
		CHECK(pl_typed_bind(declared, cases[i].values, cases[i].complete, &out, &why) == ok);
		CHECK_STR(out.text, ok ? cases[i].out : "");
		CHECK((why.len == 0) == ok);
	}
	pl_buf_reset(&why);
	CHECK(!pl_typed_bind(declared, "count=10\n", true, &out, &why));
	CHECK_STR(why.text, "'10' is not a value of parameter 'count', which is int:0..9");
	pl_buf_reset(&why);
	CHECK(!pl_typed_bind(declared, "count=1\n", true, &out, &why));
	CHECK_STR(why.text, "parameter 'unit' is missing");
	pl_buf_clear(&out);
	pl_buf_clear(&why);
}

static void
test_name_values(void)
{
	static const char declared[] = "unit=word\ncount=int:0..9\n";
	static const struct { const char *declarations, *given, *values, *out; } cases[] = {
		{ declared, NULL, "a\n3\n", "unit=a\ncount=3\n" },
		{ declared, NULL, "a\n", "unit=a\n" },
		{ declared, NULL, "", "" },
		{ declared, NULL, NULL, "" },
		{ declared, NULL, "\n", "unit=\n" },
		{ declared, NULL, "a=b {count}\n-x\n", "unit=a=b {count}\ncount=-x\n" },
		/* What was given by name comes first; the binding finds what is there twice. */
		{ declared, "count=1\n", "a\n", "count=1\nunit=a\n" },
		{ declared, "unit=b\n", "a\n", "unit=b\nunit=a\n" },
		{ declared, "other=1\n", NULL, "other=1\n" },
		{ declared, NULL, "a\n3\nx\n", NULL },
		{ "", NULL, "a\n", NULL },
		{ NULL, NULL, "a\n", NULL },
		{ NULL, "x=1\n", NULL, "x=1\n" },
	};
	struct pl_buf out, why;

	pl_buf_init(&out);
	pl_buf_init(&why);
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool ok = cases[i].out != NULL;

		pl_buf_reset(&out);
		pl_buf_reset(&why);
		CHECK(pl_typed_name_values(cases[i].declarations, cases[i].given, cases[i].values, &out, &why) == ok);
		if (ok)
			CHECK_STR(out.text, cases[i].out);
		CHECK_STR(why.text, ok ? "" : "fewer parameters are declared than values were given");
	}
	pl_buf_clear(&out);
	pl_buf_clear(&why);
}

static void
test_expand(void)
{
	static const struct { const char *arguments, *values, *out; } cases[] = {
		{ "", "", "" },
		{ NULL, NULL, "" },
		{ "restart\n{unit}\n", "unit=a\n", "restart\na\n" },
		{ "--unit={unit}.x\n{unit}{n}\n", "unit=a\nn=1\n", "--unit=a.x\na1\n" },
		{ "{note}\n", "note=a b 'c' $(d)\n", "a b 'c' $(d)\n" },
		{ "{note}{unit}\n", "note={unit}\nunit=a\n", "{unit}a\n" },
		{ "{{unit}}\n{}\n{print $1}\n\n", "unit=a\n", "{a}\n{}\n{print $1}\n\n" },
		{ "{unit}\n", "unit=\n", "\n" },
		{ "{n}\n", "n=-1\n", NULL },
		{ "x{n}\n", "n=-1\n", "x-1\n" },
		{ "-{n}\n", "n=-1\n", "--1\n" },
		{ "{e}{n}\n", "e=\nn=-1\n", NULL },
		{ "{e}-rf\n", "e=\n", NULL },
		{ "{e}-rf\n", "e=a\n", "a-rf\n" },
		{ "{gone}\n", "unit=a\n", NULL },
		{ "{unit}\n", "unit\n", NULL },
	};
	struct pl_buf out, why;

	pl_buf_init(&out);
	pl_buf_init(&why);
	for (size_t i = 0; i < COUNT(cases); i++) {
		bool ok = cases[i].out != NULL;

		pl_buf_reset(&out);
		pl_buf_reset(&why);
		CHECK(pl_typed_expand(cases[i].arguments, cases[i].values, &out, &why) == ok);
		if (ok)
			CHECK_STR(out.text, cases[i].out);
		CHECK((why.len == 0) == ok);
	}
	pl_buf_clear(&out);
	pl_buf_clear(&why);
}

/* Long templates are worked through in linear time and bounded memory. */
static void
test_limits(void)
{
	struct pl_buf arguments, map, out, why;

	pl_buf_init(&arguments);
	pl_buf_init(&map);
	pl_buf_init(&out);
	pl_buf_init(&why);
	for (int i = 0; i < 40000; i++)
		pl_buf_text(&arguments, "{a}");
	pl_buf_text(&map, "a=");
	for (int i = 0; i < 4096; i++)
		pl_buf_char(&map, 'x');
	CHECK(!pl_typed_expand(arguments.text, map.text, &out, &why));
	CHECK(why.len > 0 && out.len < 2 * PL_TYPED_ARGUMENT_MAX);
	pl_buf_reset(&arguments);
	pl_buf_reset(&out);
	for (int i = 0; i < 30000; i++)
		pl_buf_text(&arguments, "{a}\n");
	CHECK(!pl_typed_expand(arguments.text, map.text, &out, &why));
	CHECK(out.len < PL_TYPED_ARGUMENTS_MAX + 5000);
	pl_buf_reset(&arguments);
	for (int i = 0; i < 131072; i++)
		pl_buf_char(&arguments, '{');
	CHECK(pl_typed_check_template(arguments.text, "a=word\n", &why));
	pl_buf_clear(&arguments);
	pl_buf_clear(&map);
	pl_buf_clear(&out);
	pl_buf_clear(&why);
}

int
main(void)
{
	test_declarations();
	test_values();
	test_template();
	test_bind();
	test_name_values();
	test_expand();
	test_limits();
	return unit_end();
}
