/* report_html.c - markup, and text, numbers and times in it */

#include "output/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pamlite/clock.h"
#include "pamlite/text.h"

enum { DAY_S = 24 * PL_HOUR_S };

void
html_raw(struct html *h, const char *markup)
{
	out_write(&h->writer, markup, strlen(markup));
}

void
html_markup(struct html *h, const char *fmt, ...)
{
	va_list ap;

	pl_buf_reset(&h->scratch);
	va_start(ap, fmt);
	pl_buf_vprintf(&h->scratch, fmt, ap);
	va_end(ap);
	h->failed = h->failed || pl_buf_failed(&h->scratch);
	html_raw(h, h->scratch.text);
}

/* A page that a manager opens must not be one that a requestor has written: no text begins a tag or ends a value. */
void
html_text(struct html *h, const char *text)
{
	const char *at, *entity;

	pl_buf_reset(&h->scratch);
	if (text == NULL)
		pl_buf_text(&h->scratch, "\u2013");
	else
		pl_text_escape(&h->scratch, text, strlen(text));
	h->failed = h->failed || pl_buf_failed(&h->scratch);
	for (at = h->scratch.text; *at != '\0'; at++) {
		entity = *at == '&' ? "&amp;" : *at == '<' ? "&lt;" : *at == '>' ? "&gt;" : *at == '"' ? "&quot;"
		    : *at == '\'' ? "&#39;" : NULL;
		if (entity != NULL)
			html_raw(h, entity);
		else
			out_write(&h->writer, at, 1);
	}
}

void
html_words(struct html *h, const char *name)
{
	struct pl_buf word;

	pl_buf_init(&word);
	for (; *name != '\0'; name++) {
		pl_buf_char(&word, *name);
		if (name[0] >= 'a' && name[0] <= 'z' && name[1] >= 'A' && name[1] <= 'Z') {
			html_text(h, word.text);
			html_raw(h, "<wbr/>");
			pl_buf_reset(&word);
		}
	}
	html_text(h, word.text);
	h->failed = h->failed || pl_buf_failed(&word);
	pl_buf_clear(&word);
}

void
html_count(struct html *h, int64_t n)
{
	char digits[24], text[32];
	int len = snprintf(digits, sizeof(digits), "%" PRId64, n), to = 0, i;

	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0 && digits[i - 1] != '-')
			text[to++] = ',';
		text[to++] = digits[i];
	}
	text[to] = '\0';
	html_raw(h, text);
}

void
html_share(struct html *h, int64_t n, int64_t of)
{
	int64_t percent = of > 0 ? (n * 100 + of / 2) / of : 0;

	/* What is there is not nothing, and what is not all is not all. */
	if (n > 0 && percent == 0)
		html_raw(h, "&lt; 1 %");
	else if (n < of && percent == 100)
		html_raw(h, "&gt; 99 %");
	else
		html_markup(h, "%" PRId64 " %%", percent);
}

void
html_time(struct html *h, int64_t time)
{
	char text[PL_TIME_LEN + 1];

	if (time == PL_NULL) {
		html_text(h, NULL);
		return;
	}
	pl_time_format(time, false, text);
	html_markup(h, "<time datetime=\"%s\">%.10s %.5s</time>", text, text, text + 11);
}

void
html_duration(struct html *h, int64_t s)
{
	if (s == PL_NULL) {
		html_text(h, NULL);
		return;
	}
	html_markup(h, "<data value=\"%" PRId64 "\">", s);
	if (s < 60)
		html_markup(h, "%" PRId64 " s", s);
	else if (s < 600 && s % 60 != 0)
		html_markup(h, "%" PRId64 " min %" PRId64 " s", s / 60, s % 60);
	else if (s < PL_HOUR_S)
		html_markup(h, "%" PRId64 " min", s / 60);
	else if (s < 36 * PL_HOUR_S && s / 60 % 60 != 0)
		html_markup(h, "%" PRId64 " h %" PRId64 " min", s / PL_HOUR_S, s / 60 % 60);
	else if (s < 36 * PL_HOUR_S)
		html_markup(h, "%" PRId64 " h", s / PL_HOUR_S);
	else if (s % DAY_S / PL_HOUR_S != 0)
		html_markup(h, "%" PRId64 " d %" PRId64 " h", s / DAY_S, s % DAY_S / PL_HOUR_S);
	else
		html_markup(h, "%" PRId64 " d", s / DAY_S);
	html_raw(h, "</data>");
}

void
html_bar(struct html *h, int64_t n, int64_t most)
{
	int64_t width = most > 0 ? n * 1000 / most : 0;

	html_raw(h, "<td class=\"bar\" role=\"cell\" aria-hidden=\"true\">");
	if (n > 0)
		html_markup(h, "<svg viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\"><rect width=\"%" PRId64
		    "\" height=\"10\"/></svg>", width > 6 ? width : 6);
	html_raw(h, "</td>");
}

void
html_more(struct html *h, size_t shown, size_t total, bool full, const char *what)
{
	if (total <= shown && !full)
		return;
	html_raw(h, full ? "<p class=\"more\">and more than " : "<p class=\"more\">and ");
	html_count(h, (int64_t)(total - shown));
	html_markup(h, " more %s.</p>\n", what);
}
