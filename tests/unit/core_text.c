/* core_text.c - tests of the checks on text from outside and of its escaping */

#include "pamlite/text.h"

#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *bytes;
	size_t len;     /* 0 = malformed */
	uint32_t cp;
} sequences[] = {
	{ "a", 1, 'a' }, { "\x7f", 1, 0x7f }, { "\xc2\x80", 2, 0x80 }, { "\xdf\xbf", 2, 0x7ff },
	{ "\xe0\xa0\x80", 3, 0x800 }, { "\xed\x9f\xbf", 3, 0xd7ff }, { "\xee\x80\x80", 3, 0xe000 },
	{ "\xef\xbf\xbf", 3, 0xffff }, { "\xf0\x90\x80\x80", 4, 0x10000 }, { "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	/* a continuation alone, overlong forms, surrogates, too large, cut off, interrupted */
	{ "\x80", 0, 0x80 }, { "\xbf", 0, 0xbf }, { "\xc0\x80", 0, 0xc0 }, { "\xc1\xbf", 0, 0xc1 },
	{ "\xe0\x9f\xbf", 0, 0xe0 }, { "\xf0\x8f\xbf\xbf", 0, 0xf0 }, { "\xed\xa0\x80", 0, 0xed },
	{ "\xed\xbf\xbf", 0, 0xed }, { "\xf4\x90\x80\x80", 0, 0xf4 }, { "\xf5\x80\x80\x80", 0, 0xf5 },
	{ "\xff", 0, 0xff }, { "\xc2", 0, 0xc2 }, { "\xe2\x82", 0, 0xe2 }, { "\xf0\x9f\x98", 0, 0xf0 },
	{ "\xe2\x28\xa1", 0, 0xe2 }, { "\xc2\xc2", 0, 0xc2 },
};

static void
test_utf8(void)
{
	uint32_t cp = 1;

	for (size_t i = 0; i < COUNT(sequences); i++) {
		size_t len = strlen(sequences[i].bytes);

		CHECK_INT(pl_utf8_decode(sequences[i].bytes, len, &cp), sequences[i].len);
		CHECK_INT(cp, sequences[i].cp);
		CHECK(pl_utf8_is_valid(sequences[i].bytes, len) == (sequences[i].len == len));
	}
	CHECK_INT(pl_utf8_decode("a", 0, &cp), 0);
	CHECK_INT(pl_utf8_decode("\0", 1, &cp), 1);
	CHECK_INT(cp, 0);
	CHECK(pl_utf8_is_valid("", 0));
	CHECK(pl_utf8_is_valid("a\0b", 3));
}

static void
test_line(void)
{
	static const struct { const char *text; size_t len; bool line, content; } cases[] = {
		{ "", 0, true, false }, { "plain", 5, true, true }, { "\u00e4\u20ac\U0001f600", 9, true, true },
		{ "a\nb", 3, false, true }, { "a\tb", 3, false, true }, { "a\x7f", 2, false, true },
		{ "a\xc2\x85", 3, false, true }, { "a\xc2\xa0", 3, true, true }, { "a\0b", 3, false, true },
		{ "\xff", 1, false, true }, { " ", 1, true, false }, { " \t ", 3, false, false },
		{ "\xc2\xa0", 2, true, false }, { "\u200b\u2800\u3000", 9, true, false }, { " .", 2, true, true },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK(pl_text_is_line(cases[i].text, cases[i].len) == cases[i].line);
		CHECK(pl_text_has_content(cases[i].text) == cases[i].content);
	}
	CHECK(!pl_text_has_content(NULL));
}

static void
test_deceptive(void)
{
	static const uint32_t deceptive[] = {
		0x00, 0x1b, 0x1f, 0x7f, 0x80, 0x9f, 0xad, 0x34f, 0x61c, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180e,
		0x180f, 0x200b, 0x200f, 0x2028, 0x202a, 0x202e, 0x2060, 0x2066, 0x206f, 0x3164, 0xe000, 0xf8ff, 0xfdd0,
		0xfdef, 0xfe00, 0xfe0e, 0xfeff, 0xffa0, 0xfff0, 0xfffb, 0xfffe, 0xffff, 0x1d173, 0x1d17a, 0x1fffe,
		0x40000, 0xdffff - 2, 0xe0000, 0xe0001, 0xe0fff, 0xe1000, 0xf0000, 0x10ffff, 0x110000, 0xd800,
	};
	static const uint32_t plain[] = {
		0x20, 0x7e, 0xa0, 0xac, 0xae, 0xe4, 0x34e, 0x350, 0x20ac, 0x200a, 0x2010, 0x2027, 0x202f, 0x2070,
		0x4e00, 0xd7ff, 0xf900, 0xfdcf, 0xfdf0, 0xfe0f, 0xfe10, 0xff9f, 0xfffc, 0xfffd, 0x10000, 0x1d172,
		0x1d17b, 0x1f600, 0x20000, 0x3fffd,
	};

	for (size_t i = 0; i < COUNT(deceptive); i++) {
		CHECK(pl_char_is_deceptive(deceptive[i]));
		if (!pl_char_is_deceptive(deceptive[i]))
			printf("  U+%04x\n", (unsigned)deceptive[i]);
	}
	for (size_t i = 0; i < COUNT(plain); i++) {
		CHECK(!pl_char_is_deceptive(plain[i]));
		if (pl_char_is_deceptive(plain[i]))
			printf("  U+%04x\n", (unsigned)plain[i]);
	}
}

static void
test_escape(void)
{
	static const struct { const char *text, *escaped; } cases[] = {
		{ "", "" },
		{ "Linux\\restart-web \u00e4\U0001f600", "Linux\\restart-web \u00e4\U0001f600" },
		{ "a\u202e" "b", "a\\u{202e}b" },
		{ "\x1b[2J", "\\u{1b}[2J" },
		{ "\n", "\\u{a}" },
		{ "\U0010ffff", "\\u{10ffff}" },
		{ "x\x9by", "x\\x9by" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xf0\x9f\u20ac", "\\xf0\\x9f\u20ac" },
		{ "end\u200b", "end\\u{200b}" },
	};
	struct pl_buf b;

	pl_buf_init(&b);
	for (size_t i = 0; i < COUNT(cases); i++) {
		pl_buf_reset(&b);
		pl_text_escape(&b, cases[i].text, strlen(cases[i].text));
		CHECK_STR(b.text, cases[i].escaped);
	}
	pl_buf_reset(&b);
	pl_text_escape(&b, "a\0b", 3);
	CHECK_STR(b.text, "a\\u{0}b");
	pl_buf_reset(&b);
	pl_text_escape(&b, NULL, 0);
	CHECK_STR(b.text, "");
	pl_buf_clear(&b);
}

static void
test_case(void)
{
	CHECK_INT(pl_ascii_casecmp("Name", "nAME"), 0);
	CHECK(pl_ascii_casecmp("a", "B") < 0);
	CHECK(pl_ascii_casecmp("B", "a") > 0);
	CHECK(pl_ascii_casecmp("a", "ab") < 0);
	CHECK(pl_ascii_casecmp("[", "{") != 0);
	CHECK(pl_ascii_casecmp("\xc3\x84", "\xc3\xa4") != 0);
	CHECK_INT(pl_ascii_ncasecmp("NameX", "namey", 4), 0);
	CHECK_INT(pl_ascii_ncasecmp("a", "A\0b", 3), 0);
	CHECK(pl_ascii_ncasecmp("ab", "a", 2) > 0);
	CHECK_INT(pl_ascii_ncasecmp("x", "y", 0), 0);
}

static void
test_addresses(void)
{
	static const struct { const char *text; bool mail, account; } cases[] = {
		{ "alice", false, true },
		{ "alice@example.org", true, true },
		{ "a.b+c_d-e@mail-1.example.org", true, true },
		{ "root@localhost", true, true },
		{ "EXAMPLE\\alice", false, true },
		{ "host$", false, true },
		{ "m\u00fcller", false, true },
		{ "-alice", false, false },
		{ "-alice@example.org", false, false },
		{ ".alice@example.org", false, true },
		{ "alice.@example.org", false, true },
		{ "al..ice@example.org", false, true },
		{ "alice@-example.org", false, true },
		{ "alice@example-.org", false, true },
		{ "alice@example.org-", false, true },
		{ "alice@.example.org", false, true },
		{ "alice@example..org", false, true },
		{ "alice@example.org.", false, true },
		{ "alice@", false, false },
		{ "@example.org", false, false },
		{ "\\alice", false, false },
		{ "EXAMPLE\\", false, false },
		{ "a@b@c", false, true },
		{ "al ice", false, false },
		{ "alice@example.org\n", false, false },
		{ "alice,bob", false, false },
		{ "alice:x", false, false },
		{ "\"a\"@example.org", false, true },
		{ "al\u200bice", false, false },
		{ "al\u00a0ice", false, false },
		{ "al\xff", false, false },
		{ "", false, false },
		{ NULL, false, false },
	};
	static const struct { const char *text; bool recipient; } locals[] = {
		{ "alice", true }, { "a.b+c_d-e", true }, { "Alice9", true }, { "a", true },
		{ "-alice", false }, { ".alice", false }, { "alice.", false }, { "al..ice", false }, { "", false },
		{ NULL, false }, { "EXAMPLE\\alice", false }, { "host$", false }, { "|sh", false },
		{ "/etc/passwd", false },
		{ "a b", false }, { "a,b", false }, { "a\nb", false }, { "\"a\"", false }, { "m\u00fcller", false },
		{ ":include:/etc/passwd", false }, { "a%b", false }, { "a!b", false }, { "<alice>", false },
		{ "alice@", false }, { "@example.org", false }, { "a@b@c", false }, { "alice@-example.org", false },
	};
	char name[PL_ACCOUNT_MAX + 2];

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK(pl_text_is_mail_address(cases[i].text) == cases[i].mail);
		CHECK(pl_text_is_account(cases[i].text) == cases[i].account);
		/* An address, or what would be the part before the @. */
		CHECK(!cases[i].mail || pl_text_is_mail_recipient(cases[i].text));
	}
	for (size_t i = 0; i < COUNT(locals); i++)
		CHECK(pl_text_is_mail_recipient(locals[i].text) == locals[i].recipient);
	memset(name, 'a', sizeof(name));
	name[PL_ACCOUNT_MAX + 1] = '\0';
	CHECK(!pl_text_is_account(name));
	name[PL_ACCOUNT_MAX] = '\0';
	CHECK(pl_text_is_account(name));
	CHECK(!pl_text_is_mail_recipient(name + PL_ACCOUNT_MAX - 255));
	CHECK(pl_text_is_mail_recipient(name + PL_ACCOUNT_MAX - 254));
	memcpy(name + 255 - 10, "@b.example", 11);
	CHECK(!pl_text_is_mail_address(name));
	CHECK(pl_text_is_mail_address(name + 1));
}

static void
test_int(void)
{
	static const struct { const char *text; bool ok; int64_t value; } cases[] = {
		{ "0", true, 0 }, { "007", true, 7 }, { "9223372036854775807", true, INT64_MAX },
		{ "9223372036854775808", false, 0 }, { "99999999999999999999", false, 0 }, { "-1", false, 0 },
		{ "+1", false, 0 }, { "1 ", false, 0 }, { "0x1", false, 0 }, { "1e3", false, 0 },
		{ "\xd9\xa1", false, 0 }, { "", false, 0 },
	};
	int64_t value;

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK(pl_text_parse_int(cases[i].text, strlen(cases[i].text), &value) == cases[i].ok);
		CHECK_INT(value, cases[i].value);
	}
	CHECK(pl_text_parse_int("123abc", 3, &value));
	CHECK_INT(value, 123);
}

static void
test_near(void)
{
	static const struct { const char *a, *b; bool near; } cases[] = {
		{ "Reason", "Reason", true }, { "Reason", "reason", true }, { "Reaosn", "Reason", true },
		{ "Raeosn", "Reason", true }, { "Resn", "Reason", false }, { "Reasn", "Reason", true },
		{ "Reasonxx", "Reason", true }, { "Reasonxxx", "Reason", false }, { "xeazox", "Reason", false },
		{ "Taks", "Task", true }, { "Tsk", "Task", true }, { "Tk", "Task", false }, { "Path", "Task", false },
		{ "", "Task", false }, { "", "a", true }, { "", "", true },
		{ "approve-elevated-access-requst", "approve-elevated-access-request", true },
	};
	char longer[400];

	for (size_t i = 0; i < COUNT(cases); i++) {
		CHECK(pl_text_is_near(cases[i].a, cases[i].b) == cases[i].near);
		CHECK(pl_text_is_near(cases[i].b, cases[i].a) == cases[i].near);
	}
	memset(longer, 'a', sizeof(longer));
	longer[399] = '\0';
	CHECK(!pl_text_is_near(longer, longer));
	CHECK(pl_text_is_near(longer + 144, longer + 146));
}

static void
test_json(void)
{
	static const struct { const char *text; size_t len; const char *json; } cases[] = {
		{ "", 0, "" }, { "plain \u00e4\u20ac\U0001f600", 15, "plain \u00e4\u20ac\U0001f600" },
		{ "\"\\/", 3, "\\\"\\\\/" }, { "a\0b\n\x7f", 5, "a\\u0000b\\u000a\\u007f" },
		{ "\u202e\xc2\x9b", 5, "\\u202e\\u009b" }, { "\U000e0041", 4, "\\udb40\\udc41" },
		{ "\xff" "a\xc3", 3, "\\ufffda\\ufffd" },
	};
	struct pl_buf out;

	pl_buf_init(&out);
	for (size_t i = 0; i < COUNT(cases); i++) {
		pl_text_escape_json(&out, cases[i].text, cases[i].len);
		CHECK_STR(out.text, cases[i].json);
		pl_buf_reset(&out);
	}
	pl_buf_clear(&out);
}

static void
test_decimal(void)
{
	static const struct { const char *text; int64_t value; } cases[] = {   /* -1 = none */
		{ "0", 0 }, { "2", 2000 }, { "0.5", 500 }, { "1.25", 1250 }, { "0.001", 1 }, { "12.345", 12345 },
		{ "007.010", 7010 }, { "", -1 }, { ".", -1 }, { ".5", -1 }, { "1.", -1 }, { "1.2345", -1 },
		{ "1.2.3", -1 }, { "-1", -1 }, { "+1", -1 }, { "1e3", -1 }, { "1,5", -1 }, { " 1", -1 },
		{ "9223372036854774", 9223372036854774000 }, { "9223372036854775807", -1 },
		{ "99999999999999999999", -1 },
	};
	int64_t value;

	for (size_t i = 0; i < COUNT(cases); i++) {
		bool parsed = pl_text_parse_decimal(cases[i].text, strlen(cases[i].text), &value);

		CHECK_INT(parsed ? value : -1, cases[i].value);
	}
}

int
main(void)
{
	test_utf8();
	test_line();
	test_deceptive();
	test_escape();
	test_json();
	test_case();
	test_addresses();
	test_int();
	test_decimal();
	test_near();
	return unit_end();
}
