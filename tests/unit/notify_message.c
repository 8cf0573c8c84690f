/* notify_message.c - tests of a notification as a mail: headers that nobody can add to, encodings, line lengths */

#include <stdlib.h>

#include "pamlite/text.h"

#include "notify/message.h"

#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define X10 "xxxxxxxxxx"
#define X490 X70 X70 X70 X70 X70 X70 X70
#define X70 X10 X10 X10 X10 X10 X10 X10
#define WORDS X10 " " X10 " " X10 " " X10 " " X10 " " X10
#define E8 "\303\251\303\251\303\251\303\251\303\251\303\251\303\251\303\251"

/* A value and the header with it. */
static const struct {
	const char *value, *header;
} headers[] = {
	{ "plain words", "Subject: plain words\n" },
	{ "", "Subject:\n" },
	{ " two  blanks ", "Subject: =?UTF-8?Q?_two__blanks_?=\n" },
	{ "caf\303\251", "Subject: =?UTF-8?Q?caf=C3=A9?=\n" },
	{ "looks =?UTF-8?Q?encoded?=", "Subject: =?UTF-8?Q?looks_=3D=3FUTF-8=3FQ=3Fencoded=3F=3D?=\n" },
	{ "a\r\nBcc: eve@example.org\n\nbody", "Subject: a\\u{d}\\u{a}Bcc: eve@example.org\\u{a}\\u{a}body\n" },
	{ "a\033[31m\302\205b", "Subject: a\\u{1b}[31m\\u{85}b\n" },
	{ "not \377 UTF-8", "Subject: not \\xff UTF-8\n" },
	{ "the right\342\200\256tfel", "Subject: the right\\u{202e}tfel\n" },
	{ WORDS " yyy", "Subject: " WORDS " yyy\n" },
	{ WORDS " yyyy", "Subject: " WORDS "\n yyyy\n" },
	{ X70, "Subject: =?UTF-8?Q?" X10 X10 X10 X10 X10 "xx?=\n =?UTF-8?Q?xxxxxxxxxxxxxxxxxx?=\n" },
	{ E8 E8, "Subject: =?UTF-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?=\n"
	    " =?UTF-8?Q?=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9=C3=A9?=\n" },
};

/* A text, whether it goes as it is, and what stands below the empty line. */
static const struct {
	const char *text;
	bool plain;
	const char *body;
} bodies[] = {
	{ "", true, "" },
	{ "one\ntwo\n", true, "one\ntwo\n" },
	{ "no newline", true, "no newline\n" },
	{ "e = \303\251 \n", false, "e =3D =C3=A9=20\n" },
	{ "From the start\nFrom\n", false, "=46rom the start\nFrom\n" },
	{ "a\n.\nb\n", false, "a\n=2E\nb\n" },
	{ "Reason: x\r\nFrom: y\033]0;z\007\n", true, "Reason: x\\u{d}\nFrom: y\\u{1b}]0;z\\u{7}\n" },
	{ "Reason: \342\200\256\n", true, "Reason: \\u{202e}\n" },
	{ X70 "yyyyyyyy\n", true, X70 "yyyyyyyy\n" },
	{ X70 "yyyyyyyyy\n", true, X70 "yyyyyyyyy\n" },
	{ X490 X490 "yyyyyyyyyyyyyyyyyy\n", true, X490 X490 "yyyyyyyyyyyyyyyyyy\n" },
	{ "\303\251\n" X70 "yyyyyyyyy\n", false, "=C3=A9\n" X70 "yyyyy=\nyyyy\n" },
	{ "\303\251\n" X70 "yyyyyFrom me\n", false, "=C3=A9\n" X70 "yyyyy=\n=46rom me\n" },
	{ "\303\251\n" X70 "yyyyy.yyyyy\n", false, "=C3=A9\n" X70 "yyyyy=\n=2Eyyyyy\n" },
};

static void
test_tables(void)
{
	struct pl_buf out, expected;
	size_t i;

	pl_buf_init(&out);
	pl_buf_init(&expected);
	for (i = 0; i < COUNT(headers); i++) {
		pl_buf_reset(&out);
		pl_message_header("Subject", headers[i].value, &out);
		CHECK_STR(out.text, headers[i].header);
	}
	for (i = 0; i < COUNT(bodies); i++) {
		pl_buf_reset(&out);
		pl_buf_reset(&expected);
		pl_message_body(bodies[i].text, &out);
		pl_buf_printf(&expected, "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: %s\n\n%s",
		    bodies[i].plain ? "7bit" : "quoted-printable", bodies[i].body);
		CHECK_STR(out.text, expected.text);
	}
	pl_buf_clear(&out);
	pl_buf_clear(&expected);
}

static char *
own(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void
test_whole(void)
{
	const struct pl_delivery d = { .recipient = own("bob"), .mail_id = own("m-1@h"), .reply_to = own("r-1@h"),
		.subject = own("s"), .body = own("b\n"), .created_at = 1795286580 };
	struct pl_delivery hostile = d;
	struct pl_buf out;

	pl_buf_init(&out);
	pl_message_format(&d, "pamlite", "h.example.org", &out);
	CHECK_STR(out.text, "From: pamlite@h.example.org\nTo: bob@h.example.org\nSubject: s\n"
	    "Date: Sat, 21 Nov 2026 18:43:00 +0000\nMessage-ID: <m-1@h>\nIn-Reply-To: <r-1@h>\nReferences: <r-1@h>\n"
	    "Auto-Submitted: auto-generated\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
	    "Content-Transfer-Encoding: 7bit\n\nb\n");
	/* What a damaged database could hold. */
	hostile.recipient = own("bob@example.org\nBcc: eve");
	hostile.mail_id = own("a@b>\nX: <c");
	hostile.reply_to = NULL;
	hostile.created_at = 0;
	pl_buf_reset(&out);
	pl_message_format(&hostile, "DOM\\adm", "h\nX: y", &out);
	CHECK_STR(out.text, "Subject: s\nDate: Thu, 1 Jan 1970 00:00:00 +0000\nAuto-Submitted: auto-generated\n"
	    "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 7bit\n\nb\n");
	hostile.recipient = own("bob@example.org");
	pl_buf_reset(&out);
	pl_message_format(&hostile, "u", "h\nX: y", &out);
	CHECK(strncmp(out.text, "From: u@localhost\nTo: bob@example.org\n", 38) == 0);
	pl_buf_clear(&out);
}

/* Whatever the text is: lines that mail allows, no control characters, one empty line between headers and body. */
static void
test_any(void)
{
	static const char *const parts[] = { "word", " ", "  ", "\n", "\r\n", "\303\251", "\360\237\232\200", "\033[2J",
		"=?", "?=", "=", ".", "From ", "\377", "\342\200\256", X70, "\t", "Bcc: e@e.org" };
	struct pl_delivery d = { .recipient = own("bob"), .mail_id = own("m@h") };
	struct pl_buf text, out;
	const char *line, *empty;
	size_t i, n, len;

	pl_buf_init(&text);
	pl_buf_init(&out);
	srandom(1);
	for (i = 0; i < 2000; i++) {
		pl_buf_reset(&text);
		pl_buf_reset(&out);
		for (n = (size_t)random() % 40; n > 0; n--)
			pl_buf_text(&text, parts[(size_t)random() % COUNT(parts)]);
		d.subject = d.body = text.text;
		pl_message_format(&d, "a", "h", &out);
		for (line = out.text, n = 0; *line != '\0'; line += len + 1) {
			len = strcspn(line, "\n");
			n += len > (line < strstr(out.text, "\n\n") ? 78 : 998) || !pl_text_is_line(line, len);
			n += line < strstr(out.text, "\n\n") && strncasecmp(line, "Bcc", 3) == 0;
		}
		empty = strstr(out.text, "\n\n");
		CHECK(n == 0 && empty != NULL && strstr(out.text, "Subject:") < empty);
		if (n > 0)
			printf("%s\n", out.text);
	}
	pl_buf_clear(&text);
	pl_buf_clear(&out);
}

int
main(void)
{
	test_tables();
	test_whole();
	test_any();
	return unit_end();
}
