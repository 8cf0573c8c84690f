/* message.c - a notification as a mail: RFC 5322 text */

#include "notify/message.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "pamlite/text.h"

/*
 * RFC 5322, 2.1.1: a line should have 78 characters and must not have more than 998. A command in a body is one line,
 * which can be typed as it stands wherever somebody sees the text as it was sent. RFC 2047: encoded words of at most
 * 75; RFC 2045: quoted-printable lines of at most 76.
 */
enum { LINE_MAX = 78, PLAIN_MAX = 998, WORD_MAX = 75, QUOTED_MAX = 76 };

#define ENCODED_BEGIN "=?UTF-8?Q?"
#define ENCODED_END "?="

static const char hex[] = "0123456789ABCDEF";

/* --- headers --- */

/* Can it stand as it is: printable ASCII in words that are short enough to be folded, one blank between them? */
static bool
is_plain(const char *text, size_t name_len)
{
	size_t word = 0, i;

	if (strstr(text, "=?") != NULL || text[0] == ' ')
		return false;
	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] < ' ' || text[i] > '~' || (text[i] == ' ' && word == 0))
			return false;
		word = text[i] == ' ' ? 0 : word + 1;
		if (word + name_len + 3 > LINE_MAX)
			return false;
	}
	return word > 0;
}

/* `column`: where the line is that the text is appended to. */
static void
fold(const char *text, size_t column, struct pl_buf *out)
{
	while (*text != '\0') {
		const size_t len = strcspn(text, " ");

		if (column + 1 + len > LINE_MAX) {
			pl_buf_char(out, '\n');
			column = 0;
		}
		pl_buf_char(out, ' ');
		pl_buf_bytes(out, text, len);
		column += 1 + len;
		text += len + (text[len] == ' ');
	}
}

/* What stands for itself in an encoded word wherever that stands. */
static bool
is_safe_in_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("!*+-/", c) != NULL;
}

/* A character is never divided between two words. */
static void
encode(const char *text, size_t column, struct pl_buf *out)
{
	const char *const end = text + strlen(text);
	size_t len, i, used;
	uint32_t cp;

	pl_buf_text(out, " " ENCODED_BEGIN);
	used = column + 1 + strlen(ENCODED_BEGIN);
	for (; text < end; text += len) {
		len = pl_utf8_decode(text, (size_t)(end - text), &cp);
		if (len == 0)
			len = 1;
		if (used + 3 * len + strlen(ENCODED_END) > WORD_MAX) {
			pl_buf_text(out, ENCODED_END "\n " ENCODED_BEGIN);
			used = 1 + strlen(ENCODED_BEGIN);
		}
		for (i = 0; i < len; i++) {
			const unsigned char c = (unsigned char)text[i];

			if (c == ' ')
				pl_buf_char(out, '_');
			else if (is_safe_in_word(text[i]))
				pl_buf_char(out, text[i]);
			else
				pl_buf_printf(out, "=%c%c", hex[c >> 4], hex[c & 15]);
		}
		used += len == 1 && (*text == ' ' || is_safe_in_word(*text)) ? 1 : 3 * len;
	}
	pl_buf_text(out, ENCODED_END);
}

/* A line break in a value would begin a header of its writer's choice (CVE-2017-9801): what is escaped has none. */
void
pl_message_header(const char *name, const char *value, struct pl_buf *out)
{
	const size_t column = strlen(name) + 1;
	struct pl_buf text;

	pl_buf_init(&text);
	pl_text_escape(&text, value, strlen(value));
	pl_buf_printf(out, "%s:", name);
	if (is_plain(text.text, column))
		fold(text.text, column, out);
	else if (text.len > 0)
		encode(text.text, column, out);
	pl_buf_char(out, '\n');
	if (pl_buf_failed(&text))
		out->failed = true;
	pl_buf_clear(&text);
}

/* --- the body --- */

/* As people may see it, line by line. */
static void
escape_lines(const char *text, struct pl_buf *out)
{
	while (*text != '\0') {
		const size_t len = strcspn(text, "\n");

		pl_text_escape(out, text, len);
		pl_buf_char(out, '\n');
		text += len + (text[len] == '\n');
	}
}

/* Mailboxes that are one file take a line that begins so for the beginning of the next mail. */
static bool
begins_mail(const char *line)
{
	return strncmp(line, "From ", 5) == 0;
}

static bool
is_seven_bit(const char *text)
{
	size_t column = 0;

	for (; *text != '\0'; text++) {
		if ((column == 0 && (begins_mail(text) || *text == '.')) || *text < '\n' || *text > '~' ||
		    ++column > PLAIN_MAX + 1)
			return false;
		if (*text == '\n')
			column = 0;
	}
	return true;
}

static void
quote_line(const char *line, size_t len, struct pl_buf *out)
{
	size_t column = 0, i, size;

	for (i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)line[i];
		/* Also where the line only goes on: mailboxes know nothing of that. */
		const bool first = column == 0 || column + 1 > QUOTED_MAX - 1;
		const bool plain = c >= ' ' && c <= '~' && c != '=' && !(c == ' ' && i + 1 == len) &&
		    !(first && (c == '.' || begins_mail(line + i)));

		size = plain ? 1 : 3;
		/* One column is left for the sign that the line goes on. */
		if (column + size > QUOTED_MAX - 1) {
			pl_buf_text(out, "=\n");
			column = 0;
		}
		if (plain)
			pl_buf_char(out, (char)c);
		else
			pl_buf_printf(out, "=%c%c", hex[c >> 4], hex[c & 15]);
		column += size;
	}
	pl_buf_char(out, '\n');
}

void
pl_message_body(const char *text, struct pl_buf *out)
{
	struct pl_buf escaped;
	const char *line;
	size_t len;

	pl_buf_init(&escaped);
	escape_lines(text, &escaped);
	pl_buf_text(out, "Content-Type: text/plain; charset=UTF-8\n");
	if (is_seven_bit(escaped.text)) {
		pl_buf_text(out, "Content-Transfer-Encoding: 7bit\n\n");
		pl_buf_text(out, escaped.text);
	} else {
		pl_buf_text(out, "Content-Transfer-Encoding: quoted-printable\n\n");
		for (line = escaped.text; *line != '\0'; line += len + 1) {
			len = strcspn(line, "\n");
			quote_line(line, len, out);
		}
	}
	if (pl_buf_failed(&escaped))
		out->failed = true;
	pl_buf_clear(&escaped);
}

/* --- the whole --- */

/* Independent of the locale. */
static void
add_date(int64_t at, struct pl_buf *out)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
		"Dec" };
	const time_t t = (time_t)at;
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		pl_buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\n", days[tm.tm_wday], tm.tm_mday,
		    months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* `host` completes a name of this host. */
static void
add_address(const char *name, const char *address, const char *host, struct pl_buf *out)
{
	if (!pl_text_is_mail_recipient(address))
		return;
	if (strchr(address, '@') != NULL)
		pl_buf_printf(out, "%s: %s\n", name, address);
	else
		pl_buf_printf(out, "%s: %s@%s\n", name, address, host);
}

static void
add_id(const char *name, const char *id, struct pl_buf *out)
{
	if (id != NULL && pl_text_is_mail_address(id))
		pl_buf_printf(out, "%s: <%s>\n", name, id);
}

void
pl_message_format(const struct pl_delivery *d, const char *account, const char *host, struct pl_buf *out)
{
	if (!pl_text_is_mail_recipient(host))
		host = "localhost";
	add_address("From", account, host, out);
	add_address("To", d->recipient, host, out);
	pl_message_header("Subject", d->subject, out);
	add_date(d->created_at, out);
	add_id("Message-ID", d->mail_id, out);
	add_id("In-Reply-To", d->reply_to, out);
	add_id("References", d->reply_to, out);
	/* Nobody's holiday answers it (RFC 3834). */
	pl_buf_text(out, "Auto-Submitted: auto-generated\nMIME-Version: 1.0\n");
	pl_message_body(d->body, out);
}
