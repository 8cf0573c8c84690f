/* report.h - what the parts of a report page share: markup, and the one way for stored text into it */
#ifndef OUTPUT_REPORT_H
#define OUTPUT_REPORT_H

#include "pamlite/activity.h"
#include "pamlite/buffer.h"

#include "output/out.h"

struct html {
	struct out_writer writer;
	struct pl_buf scratch;
	bool failed;                /* without memory */
};

/* Markup of ours, with numbers and constants of ours at most. */
void html_raw(struct html *h, const char *markup);
void html_markup(struct html *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Text from the database: what could be markup as references, what could deceive the eye
 * as tables show it. Nothing that a user wrote goes another way. NULL is a dash.
 */
void html_text(struct html *h, const char *text);

/* A name like TaskNotFound: a line that is too short for it breaks between its words. */
void html_words(struct html *h, const char *name);
void html_count(struct html *h, int64_t n);            /* 12,345 */
void html_share(struct html *h, int64_t n, int64_t of); /* 42 % */
void html_time(struct html *h, int64_t time);          /* 2026-11-21 04:43; PL_NULL is a dash */
void html_duration(struct html *h, int64_t seconds);   /* 3 h 12 min; PL_NULL is a dash */

/* A cell with a bar of n / most; the number itself stands beside it. */
void html_bar(struct html *h, int64_t n, int64_t most);
/* "and 12 more" as a paragraph, if there are; `full`: there are more than were counted. */
void html_more(struct html *h, size_t shown, size_t total, bool full, const char *what);

extern const char report_style[];
void report_timeline(struct html *h, const struct pl_activity *a);
void report_requests(struct html *h, const struct pl_activity *a);
void report_decisions(struct html *h, const struct pl_activity *a);
void report_refusals(struct html *h, const struct pl_activity *a);
void report_exempt(struct html *h, const struct pl_activity *a);
void report_longest(struct html *h, const struct pl_activity *a);

#endif
