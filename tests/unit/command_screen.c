/* command_screen.c - tests of what recorded output may do to the terminal of whoever looks at it */

#include "command/replay/screen.h"

#include "unit.h"

/* NULL = it passes as it is. */
static const struct {
	const char *text, *passes;
} cases[] = {
	{ "plain \u00e4\u20ac\U0001f600\r\n\t\b\v\f", NULL },
	{ "a\005b\007c\021d\023e\177f", "abcdef" },
	/* cursor, screen, colours */
	{ "\033[m\033[1;31m\033[38;2;1;2;3m\033[38:2::1:2:3m\033[4:3m", NULL },
	{ "\033[H\033[2J\033[K\033[5A\033[5B\033[5C\033[5D\033[7;9H\033[1;20r", NULL },
	{ "\033[2L\033[3M\033[4P\033[5X\033[6@", NULL },
	{ "\033[s\033[u\0337\0338\033D\033E\033M\033[S\033[2T\033[3G\033[4d\033[5b", NULL },
	{ "\033[?25l\033[?25h\033[?7l\033[?7h\033[?1049h\033[?1049l\033[4h\033[4l", NULL },
	{ "\033(0\033(B\033)0\016\017", NULL },
	{ "\033[?1;25;2004;1049h", "\033[?25h\033[?1049h" },
	{ "\033c", "\033[m\033[r\033[H\033[2J" },
	/* What was on the terminal before, however it is said. */
	{ "\033[3Ja\033[03Jb\033[0003Jc\033[3;Jd\033[;3Je\033[0;3Jf\033[3;0Jg\033[1;;003Jh", "abcdefgh" },
	{ "\033[?3Ja\033[?03Jb\033[?;3Jc\033[?2;3Jd\033[22Je\033[?22Jf\033[4294967299Jg\033[3:1Jh", "abcdefgh" },
	{ "\302\2333Ja\033[3\005Jb\033[??3Jc\033[>3Jd\033[03Ke\033[?3Kf", "abcdef" },
	{ "\033[J\033[0J\033[001J\033[02J\033[;J\033[1;2J\033[?J\033[?0J\033[?2J\033[?1K\033[2;0K", NULL },
	{ "\033[04h\033[4;4h\033[0s\033[;u\033[0;Ta\033[1;1Tb\033[?0004hc", "abc" },
	/* questions */
	{ "\033[c\033[0c\033[>c\033[=c\033Z\033[5n\033[6n\033[?6n\033[?15n\033[x\033[?25$p\033[>q|", "|" },
	{ "\302\2336n|\302\232|", "||" },
	/* what stays: keys, mouse, paste, size, title, cursor, clipboard, printing, tabs, character sets */
	{ "\033[?1h\033[?1000h\033[?1006h\033[?2004h\033[?1004h\033[?3h\033[20h\033[2h\033=\033>|", "|" },
	{ "\033[8;10;20t\033[22;0t\033[>4;1m\033[?4m\033[>1u\033[=1u\033[4i\033[?5i\033[!p\033[ q\033[2 q|", "|" },
	{ "\033[g\033[3g\033H\033%G\033%@\033#8\033*0\033n\033o\033|\033}\033~|", "|" },
	{ "\033]0;title\007a\033]52;c;eA==\033\\b\033]8;;http://x\033\\c\302\2350;t\007d", "abcd" },
	{ "\033]P1234567a\033]Rb", "ab" },
	{ "\033P$q\"p\033\\a\033_x\033\\b\033^x\033\\c\033Xx\033\\d\302\220x\302\234e\302\237x\033\\f", "abcdef" },
	/* a string that hides another, that ends early or never */
	{ "\033Px\007y\033\\a", "a" },
	{ "\033]0;x\033[6n|", "|" },
	{ "\033]0;x\033[1mb", "\033[1mb" },
	{ "\033]0;x\030a\033Px\032b", "ab" },
	{ "a\033]0;never", "a" },
	{ "a\033[", "a" },
	{ "\033\033[1ma", "\033[1ma" },
	{ "\033[1\033[2ma", "\033[2ma" },
	{ "\033[12\00534ma", "\033[1234ma" },
	/* what would keep a terminal busy */
	{ "\033[99999b\033[9999b", "\033[9999b" },
	{ "\033[1;2;3;4;5Ta", "a" },
	{ "\033[1<ma", "a" },
	{ "\033[1$ra", "a" },
};

/* All at once, and byte by byte: a character is never cut. */
static void
test_cases(void)
{
	struct pl_screen s;
	struct pl_buf out;
	size_t i, at, n, len;

	pl_buf_init(&out);
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *text = cases[i].text, *passes = cases[i].passes != NULL ? cases[i].passes : text;

		s = (struct pl_screen){ 0 };
		pl_screen_filter(&s, text, strlen(text), &out);
		CHECK_STR(out.text, passes);
		pl_buf_reset(&out);
		s = (struct pl_screen){ 0 };
		len = strlen(text);
		for (at = 0; at < len; at += n) {
			for (n = 1; at + n < len && (text[at + n] & 0xc0) == 0x80; n++)
				;
			pl_screen_filter(&s, text + at, n, &out);
		}
		CHECK_STR(out.text, passes);
		pl_buf_reset(&out);
	}
	pl_buf_clear(&out);
}

static void
test_long(void)
{
	struct pl_screen s = { 0 };
	struct pl_buf out;
	int i;

	pl_buf_init(&out);
	pl_screen_filter(&s, "\033[", 2, &out);
	for (i = 0; i < 1000; i++)
		pl_screen_filter(&s, "1;", 2, &out);
	pl_screen_filter(&s, "ma", 2, &out);
	CHECK_STR(out.text, "a");
	pl_buf_clear(&out);
}

/* No escape passes but in a sequence of those above: everything of two and three characters after one. */
static void
test_all_short(void)
{
	struct pl_screen s;
	struct pl_buf out;
	char text[5] = "\033";
	int a, b;

	pl_buf_init(&out);
	for (a = 0x20; a < 0x7f; a++)
		for (b = 0x20; b < 0x7f; b++) {
			text[1] = (char)a;
			text[2] = (char)b;
			text[3] = 'n';
			s = (struct pl_screen){ 0 };
			pl_screen_filter(&s, text, 4, &out);
			CHECK(strstr(out.text, "n\033") == NULL && strstr(out.text, "\033[6n") == NULL &&
			    strstr(out.text, "\033]") == NULL && strstr(out.text, "\033P") == NULL &&
			    strstr(out.text, "\033[c") == NULL && strstr(out.text, "\033Z") == NULL &&
			    strstr(out.text, "\033_") == NULL && strstr(out.text, "\033^") == NULL &&
			    strstr(out.text, "\033X") == NULL);
			pl_buf_reset(&out);
		}
	pl_buf_clear(&out);
}

static void
test_end(void)
{
	static const struct {
		const char *text, *end;
	} ends[] = {
		{ "", "\017\033(B\033[m\033[?25h" },
		{ "a\r\n", "\017\033(B\033[m\033[?25h" },
		{ "a", "\017\033(B\033[m\033[?25h\r\n" },
		{ "\033[?1049h", "\017\033(B\033[m\033[?1049l\033[?25h" },
		{ "\033[?1049h\033[?1049l", "\017\033(B\033[m\033[?25h" },
		{ "\033[4h\033[?7l\033[?5h", "\017\033(B\033[m\033[4l\033[?7h\033[?5l\033[?25h" },
		{ "\033[?6h\033[2;3r", "\017\033(B\033[m\0337\033[?6l\033[r\0338\033[?25h" },
	};
	struct pl_screen s;
	struct pl_buf out;
	size_t i;

	pl_buf_init(&out);
	for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		s = (struct pl_screen){ 0 };
		pl_screen_filter(&s, ends[i].text, strlen(ends[i].text), &out);
		pl_buf_reset(&out);
		pl_screen_end(&s, &out);
		CHECK_STR(out.text, ends[i].end);
		pl_buf_reset(&out);
	}
	pl_buf_clear(&out);
}

int
main(void)
{
	test_cases();
	test_long();
	test_all_short();
	test_end();
	return unit_end();
}
