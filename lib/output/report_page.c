/* report_page.c - the page as a whole: what the chain says, the figures, the sections, how it was counted */

#include "pamlite/report_page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output/report.h"

static void
write_head(struct html *h, const struct pl_activity *a)
{
	/* Nothing is fetched or run even if a browser should find something to fetch or to run. */
	html_raw(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
	    "<meta http-equiv=\"Content-Security-Policy\""
	    " content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\"/>\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	    "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
	    "<meta name=\"referrer\" content=\"no-referrer\"/>\n<title>Elevated access report");
	if (a->host != NULL) {
		html_raw(h, " \u00b7 ");
		html_text(h, a->host);
	}
	html_raw(h, "</title>\n<style>\n");
	html_raw(h, report_style);
	html_raw(h, "</style>\n</head>\n<body>\n<header>\n<p class=\"brand\">");
	html_raw(h, a->is_system ? "Host" : "Private database, host");
	html_raw(h, " <b>");
	html_text(h, a->host);
	html_raw(h, "</b></p>\n<h1>Elevated access report</h1>\n<p class=\"period\">");
	html_time(h, a->start);
	html_raw(h, " <span>to</span> ");
	html_time(h, a->end);
	html_raw(h, " <span>UTC</span></p>\n</header>\n<main>\n");
}

static void
write_chain(struct html *h, const struct pl_activity *a)
{
	const struct pl_audit_check *c = &a->chain;

	if (c->valid) {
		html_raw(h, "<section class=\"chain intact\" id=\"chain\" aria-labelledby=\"h-chain\">\n"
		    "<svg class=\"sign\" viewBox=\"0 0 48 48\" role=\"img\"><title>intact</title>"
		    "<circle cx=\"24\" cy=\"24\" r=\"21\"/><path d=\"M14 25l7 7 13-15\"/></svg>\n"
		    "<div><h2 id=\"h-chain\">The audit log is intact</h2>\n"
		    "<p>Every record fits the one before it, from the first to the last");
		/* Who else has kept something of it, and agrees. */
		if (c->detail != NULL)
			html_raw(h, "; ");
		if (c->detail != NULL)
			html_text(h, c->detail);
		html_raw(h, ".</p>\n");
	} else {
		html_raw(h, "<section class=\"chain broken\" id=\"chain\" aria-labelledby=\"h-chain\">\n"
		    "<svg class=\"sign\" viewBox=\"0 0 48 48\" role=\"img\"><title>broken</title>"
		    "<path d=\"M15 3h18l12 12v18l-12 12h-18l-12-12v-18z\"/><path d=\"M24 13v14m0 6v3\"/></svg>\n"
		    "<div><h2 id=\"h-chain\">The audit log is broken at record ");
		html_count(h, c->first_bad_sequence);
		html_raw(h, "</h2>\n<p>What was found: ");
		html_text(h, c->detail);
		html_raw(h, ". Nothing below can be relied on until that is explained.</p>\n");
	}
	html_raw(h, "<dl><div><dt>Records checked</dt><dd>");
	html_count(h, c->records);
	html_raw(h, "</dd></div><div><dt>Checked since</dt><dd>record ");
	html_count(h, c->records > 0 ? c->first_sequence : 1);
	html_raw(h, "</dd></div><div class=\"wide\"><dt>Hash of the last record checked</dt><dd><code>");
	html_text(h, c->head_hash);
	html_raw(h, "</code></dd></div></dl></div>\n</section>\n");
}

static void
begin_figure(struct html *h, const char *id, const char *name)
{
	html_markup(h, "<div><dt>%s</dt><dd id=\"%s\">", name, id);
}

static void
count_figure(struct html *h, const char *id, const char *name, int64_t n)
{
	begin_figure(h, id, name);
	html_count(h, n);
	html_raw(h, "</dd></div>\n");
}

static void
duration_figure(struct html *h, const char *id, const char *name, int64_t seconds)
{
	begin_figure(h, id, name);
	html_duration(h, seconds);
	html_raw(h, "</dd></div>\n");
}

static void
write_figures(struct html *h, const struct pl_activity *a)
{
	html_raw(h, "<section aria-labelledby=\"h-figures\">\n<h2 id=\"h-figures\" class=\"unseen\">In short</h2>\n"
	    "<dl class=\"figures\">\n");
	count_figure(h, "requests", "Requests", a->requests);
	count_figure(h, "grants", "Grants", a->grants);
	count_figure(h, "runs", "Runs", a->runs);
	count_figure(h, "refused", "Refusals", a->refused);
	duration_figure(h, "median", "Median time to decision", pl_spread_percentile(&a->decisions, 50));
	duration_figure(h, "p90", "90th percentile", pl_spread_percentile(&a->decisions, 90));
	html_raw(h, "</dl>\n</section>\n");
}

static void
write_end(struct html *h, const struct pl_activity *a)
{
	html_raw(h, "</main>\n<footer>\n<h2>How this was counted</h2>\n<ul>\n"
	    "<li>Requests and grants belong to the period if they were made in it, runs if they were started in"
	    " it.</li>\n"
	    "<li>States are those at the end of the period; what was decided, revoked or ended later counts as still"
	    " open.</li>\n"
	    "<li>Without an end date, or with one that is still to come, the period ends with the last record.</li>\n"
	    "<li>The time to decision is that of requests which people decided. Percentiles are by nearest rank.</li>\n"
	    "<li>All times are UTC. The page is made from the database alone: the same database gives the same page."
	    " It holds no script and refers to nothing outside itself.</li>\n"
	    "<li>The period has ");
	html_count(h, a->records);
	html_raw(h, " audit records. To check the log now: <code>test-elevated-access-audit-log</code>.</li>\n</ul>\n"
	    "<p>pam-lite " PL_VERSION "</p>\n</footer>\n</body>\n</html>\n");
}

enum pl_status
pl_report_write(struct pl_ctx *ctx, const struct pl_activity *a, int fd)
{
	enum pl_status st = PL_OK;
	struct html *h = calloc(1, sizeof(*h));

	if (h == NULL)
		return pl_fail_memory(ctx);
	h->writer.ctx = ctx;
	h->writer.fd = fd;
	pl_buf_init(&h->scratch);
	write_head(h, a);
	write_chain(h, a);
	write_figures(h, a);
	report_timeline(h, a);
	report_requests(h, a);
	report_decisions(h, a);
	report_refusals(h, a);
	report_exempt(h, a);
	report_longest(h, a);
	write_end(h, a);
	out_write_flush(&h->writer);
	if (h->failed)
		st = pl_fail_memory(ctx);
	else if (h->writer.error != 0)
		st = pl_fail(ctx, PL_ERR_OUTPUT_FAILED, "the report cannot be written: %s", strerror(h->writer.error));
	pl_buf_clear(&h->scratch);
	free(h);
	return st;
}
