/* report_tables.c - requests, decisions, refusals, exempt accounts and long grants, as tables with bars */

#include <inttypes.h>

#include "pamlite/clock.h"
#include "pamlite/request.h"

#include "output/report.h"

static void
begin_section(struct html *h, const char *id, const char *heading)
{
	html_markup(h, "<section aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n", id, id, heading);
}

static void
nothing(struct html *h, const char *what)
{
	html_markup(h, "<p class=\"none\">%s</p>\n", what);
}

/* Columns by name; one that begins with # holds numbers, an empty one bars. */
static void
begin_table(struct html *h, const char *class, const char *caption, const char *const *columns)
{
	html_markup(h, "<table class=\"%s\" role=\"table\"><caption>%s</caption>\n<thead role=\"rowgroup\">"
	    "<tr role=\"row\">", class, caption);
	for (; *columns != NULL; columns++) {
		const char *name = *columns;

		if (name[0] == '\0')
			html_raw(h, "<td class=\"bar\" role=\"cell\" aria-hidden=\"true\"></td>");
		else
			html_markup(h, "<th scope=\"col\" role=\"columnheader\"%s>%s</th>",
			    name[0] == '#' ? " class=\"number\"" : "", name + (name[0] == '#'));
	}
	html_raw(h, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

static void
end_table(struct html *h)
{
	html_raw(h, "</tbody></table>\n");
}

static void
begin_row(struct html *h)
{
	html_raw(h, "<tr role=\"row\"><th scope=\"row\" role=\"rowheader\">");
}

static void
number_cell(struct html *h, const char *label, int64_t n)
{
	html_markup(h, "<td class=\"number\" role=\"cell\" data-label=\"%s\">", label);
	html_count(h, n);
	html_raw(h, "</td>");
}

static void
share_cell(struct html *h, int64_t n, int64_t of)
{
	html_raw(h, "<td class=\"number share\" role=\"cell\">");
	html_share(h, n, of);
	html_raw(h, "</td>");
}

static void
begin_cell(struct html *h, const char *label)
{
	html_markup(h, "<td role=\"cell\" data-label=\"%s\">", label);
}

static void
write_states(struct html *h, const struct pl_activity *a)
{
	static const char *const columns[] = { "State", "", "#Requests", "#Share", NULL };
	static const int order[PL_ACTIVITY_STATES] = { PL_ACTIVITY_APPROVED, PL_ACTIVITY_DENIED, PL_ACTIVITY_EXPIRED,
		PL_ACTIVITY_CANCELED, PL_ACTIVITY_PENDING };
	int64_t most = 0;
	int i;

	for (i = 0; i < PL_ACTIVITY_STATES; i++)
		if (a->states[i] > most)
			most = a->states[i];
	begin_table(h, "bars", "By state", columns);
	for (i = 0; i < PL_ACTIVITY_STATES; i++) {
		begin_row(h);
		html_markup(h, "%s</th>", pl_request_states[order[i]]);
		html_bar(h, a->states[order[i]], most);
		number_cell(h, "requests", a->states[order[i]]);
		share_cell(h, a->states[order[i]], a->requests);
		html_raw(h, "</tr>\n");
	}
	end_table(h);
}

static void
write_tasks(struct html *h, const struct pl_activity *a)
{
	static const char *const columns[] = { "Task or role", "", "#Requests", "#Approved", "#Denied", "#Other",
		NULL };
	const unsigned all = (1U << PL_ACTIVITY_STATES) - 1;
	size_t i;

	begin_table(h, "bars tasks", "By task", columns);
	for (i = 0; i < a->top_tasks.shown; i++) {
		const struct pl_tally_entry *task = a->top_tasks.entries[i];
		int64_t requests = pl_tally_sum(task, all), approved = task->counts[PL_ACTIVITY_APPROVED],
		    denied = task->counts[PL_ACTIVITY_DENIED];

		begin_row(h);
		html_text(h, task->name);
		html_raw(h, "</th>");
		html_bar(h, requests, pl_tally_sum(a->top_tasks.entries[0], all));
		number_cell(h, "requests", requests);
		number_cell(h, "approved", approved);
		number_cell(h, "denied", denied);
		number_cell(h, "other", requests - approved - denied);
		html_raw(h, "</tr>\n");
	}
	end_table(h);
	html_more(h, a->top_tasks.shown, a->top_tasks.total, a->tasks.full, "with fewer requests");
}

void
report_requests(struct html *h, const struct pl_activity *a)
{
	begin_section(h, "requests", "Requests");
	if (a->requests == 0) {
		nothing(h, "Nobody asked for anything in this period.");
	} else {
		write_states(h, a);
		write_tasks(h, a);
	}
	html_raw(h, "</section>\n");
}

static const struct {
	const char *name;
	int64_t from, to;            /* 0 = no limit */
} classes[] = {
	{ "under 5 minutes", 0, 300 },
	{ "5 to 15 minutes", 300, 900 },
	{ "15 to 60 minutes", 900, PL_HOUR_S },
	{ "1 to 4 hours", PL_HOUR_S, 4 * PL_HOUR_S },
	{ "4 to 12 hours", 4 * PL_HOUR_S, 12 * PL_HOUR_S },
	{ "12 to 24 hours", 12 * PL_HOUR_S, 24 * PL_HOUR_S },
	{ "24 hours or more", 24 * PL_HOUR_S, 0 },
};
enum { CLASSES = sizeof(classes) / sizeof(classes[0]) };

static void
write_classes(struct html *h, const struct pl_spread *s)
{
	static const char *const columns[] = { "Decided", "", "#Requests", "#Share", NULL };
	int64_t counts[CLASSES], most = 0;
	int i;

	for (i = 0; i < CLASSES; i++) {
		counts[i] = classes[i].to != 0 ? pl_spread_between(s, classes[i].from, classes[i].to)
		    : s->count - pl_spread_between(s, 0, classes[i].from);
		if (counts[i] > most)
			most = counts[i];
	}
	begin_table(h, "bars", "How long requests waited", columns);
	for (i = 0; i < CLASSES; i++) {
		begin_row(h);
		html_markup(h, "%s</th>", classes[i].name);
		html_bar(h, counts[i], most);
		number_cell(h, "requests", counts[i]);
		share_cell(h, counts[i], s->count);
		html_raw(h, "</tr>\n");
	}
	end_table(h);
}

static void
write_lead(struct html *h, const struct pl_spread *s)
{
	if (s->count == 1) {
		html_raw(h, "<p class=\"lead\">The one request that people decided was decided within <b>");
		html_duration(h, pl_spread_percentile(s, 50));
	} else {
		html_raw(h, "<p class=\"lead\">Half of the ");
		html_count(h, s->count);
		html_raw(h, " requests that people decided were decided within <b>");
		html_duration(h, pl_spread_percentile(s, 50));
		html_raw(h, "</b>, nine of ten within <b>");
		html_duration(h, pl_spread_percentile(s, 90));
	}
	html_raw(h, "</b>.</p>\n");
}

void
report_decisions(struct html *h, const struct pl_activity *a)
{
	const struct pl_spread *s = &a->decisions;

	begin_section(h, "decisions", "Time to decision");
	if (s->count == 0) {
		nothing(h, "Nobody decided about a request of this period.");
	} else {
		write_lead(h, s);
		write_classes(h, s);
	}
	html_raw(h, "</section>\n");
}

/* A table of names, each with a bar and a number. */
static void
write_ranking(struct html *h, const char *caption, const char *const *columns, const struct pl_top *top, int kind)
{
	size_t i;

	begin_table(h, "bars", caption, columns);
	for (i = 0; i < top->shown; i++) {
		begin_row(h);
		html_words(h, top->entries[i]->name);
		html_raw(h, "</th>");
		html_bar(h, top->entries[i]->counts[kind], top->entries[0]->counts[kind]);
		number_cell(h, "refusals", top->entries[i]->counts[kind]);
		html_raw(h, "</tr>\n");
	}
	end_table(h);
}

void
report_refusals(struct html *h, const struct pl_activity *a)
{
	static const char *const errors[] = { "Error", "", "#Refusals", NULL };
	static const char *const persons[] = { "Person", "", "#Refusals", NULL };

	begin_section(h, "refusals", "Refusals");
	if (a->refused == 0) {
		nothing(h, "Nobody was refused anything in this period.");
	} else {
		html_raw(h, "<div class=\"pair\"><div>\n");
		write_ranking(h, "By error", errors, &a->top_errors, PL_ERROR_REFUSALS);
		html_more(h, a->top_errors.shown, a->top_errors.total, a->errors.full, "with fewer refusals");
		html_raw(h, "</div><div>\n");
		write_ranking(h, "By person", persons, &a->refused_persons, PL_PERSON_REFUSALS);
		html_more(h, a->refused_persons.shown, a->refused_persons.total, a->persons.full,
		    "with fewer refusals");
		html_raw(h, "</div></div>\n");
	}
	html_raw(h, "</section>\n");
}

static void
write_exempt(struct html *h, const struct pl_tally_entry *account, const struct pl_exempt_account *details)
{
	begin_row(h);
	html_text(h, account->name);
	html_raw(h, "</th>");
	number_cell(h, "runs", account->counts[PL_PERSON_EXEMPT_RUNS]);
	begin_cell(h, "until");
	if (details->reason == NULL)
		html_raw(h, "no longer exempt");
	else if (details->expires_at == PL_NULL)
		html_raw(h, "no end");
	else
		html_time(h, details->expires_at);
	html_raw(h, "</td>");
	begin_cell(h, "reason");
	html_text(h, details->reason);
	html_raw(h, "</td></tr>\n");
}

void
report_exempt(struct html *h, const struct pl_activity *a)
{
	static const char *const columns[] = { "Account", "#Runs", "Until", "Reason", NULL };
	size_t i;

	begin_section(h, "exempt", "System accounts");
	if (a->top_exempt.total == 0) {
		nothing(h,
		    "No account is exempt from approval now, and none ran anything without a grant in this period.");
	} else {
		html_raw(h, "<p class=\"lead\">Accounts that run tasks without anybody\u2019s approval: <b>");
		html_count(h, a->exempt_runs);
		html_raw(h, "</b> of ");
		html_count(h, a->runs);
		html_raw(h, " runs in this period.</p>\n");
		begin_table(h, "stack", "Exempt accounts and their runs", columns);
		for (i = 0; i < a->top_exempt.shown; i++)
			write_exempt(h, a->top_exempt.entries[i], &a->exempt[i]);
		end_table(h);
		html_more(h, a->top_exempt.shown, a->top_exempt.total, a->persons.full, "with fewer runs");
	}
	html_raw(h, "</section>\n");
}

static void
write_grant(struct html *h, const struct pl_long_grant *g)
{
	static const char *const ends[] = {
		[PL_GRANT_ENDED] = "", [PL_GRANT_REVOKED] = "revoked", [PL_GRANT_IN_FORCE] = "still in force" };

	begin_row(h);
	html_text(h, g->holder);
	html_raw(h, "</th>");
	begin_cell(h, "task");
	html_text(h, g->access);
	html_raw(h, "</td><td class=\"number\" role=\"cell\" data-label=\"length\">");
	html_duration(h, g->end_at > g->start_at ? g->end_at - g->start_at : 0);
	html_raw(h, "</td>");
	begin_cell(h, "from");
	html_time(h, g->start_at);
	html_raw(h, "</td>");
	begin_cell(h, "until");
	html_time(h, g->end_at);
	if (g->end != PL_GRANT_ENDED)
		html_markup(h, " <span class=\"note\">%s</span>", ends[g->end]);
	html_raw(h, "</td>");
	begin_cell(h, "approved by");
	html_text(h, g->authorized_by);
	html_raw(h, "</td>");
	begin_cell(h, "reason");
	html_text(h, g->reason);
	html_raw(h, "</td></tr>\n");
}

void
report_longest(struct html *h, const struct pl_activity *a)
{
	static const char *const columns[] = { "Person", "Task or role", "#Length", "From", "Until", "Approved by",
		"Reason", NULL };
	size_t i;

	begin_section(h, "longest", "Longest grants");
	if (a->longest_count == 0) {
		nothing(h, "Nothing was granted in this period.");
	} else {
		begin_table(h, "stack long", "From the beginning to the end or the revocation", columns);
		for (i = 0; i < a->longest_count; i++)
			write_grant(h, &a->longest[i]);
		end_table(h);
		html_more(h, a->longest_count, (size_t)a->grants, false, "that were no longer than these");
	}
	html_raw(h, "</section>\n");
}
