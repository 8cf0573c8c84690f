/* report_timeline.c - grants and runs of each person over the period, as inline SVG */

#include <inttypes.h>
#include <stdio.h>

#include "pamlite/clock.h"

#include "output/report.h"

/* Of one drawing: grants above their base line, runs below it above theirs. */
enum { HEIGHT = 46, GRANTS_BASE = 26, GRANTS_HEIGHT = 25, RUNS_BASE = 43, RUNS_HEIGHT = 13, LOWEST = 5 };

enum { DAY_S = 24 * PL_HOUR_S, TICKS_MAX = 6, LAST_TICK = 92 };

/* Days that a period of weeks begins on: the first Monday of Unix time. */
enum { MONDAY_S = 4 * DAY_S };

static int
height_of(uint32_t n, uint32_t most, int height)
{
	int scaled = most > 0 ? (int)((uint64_t)n * (uint64_t)height / most) : 0;

	return n > 0 && scaled < LOWEST ? LOWEST : scaled;
}

/* Steps of the same height next to each other are one block. */
static void
draw_grants(struct html *h, const struct pl_lane *lane, uint32_t most)
{
	int i, next, height;

	html_raw(h, "<path class=\"grants\" d=\"");
	for (i = 0; i < PL_ACTIVITY_STEPS; i = next) {
		height = height_of(lane->grants[i], most, GRANTS_HEIGHT);
		for (next = i + 1; next < PL_ACTIVITY_STEPS; next++)
			if (height_of(lane->grants[next], most, GRANTS_HEIGHT) != height)
				break;
		if (height > 0)
			html_markup(h, "M%d %dv-%dh%dv%dz", i * 10, GRANTS_BASE, height, (next - i) * 10, height);
	}
	html_raw(h, "\"/>");
}

/* Each step stands alone, with a gap, so that runs look like none of the blocks above. */
static void
draw_runs(struct html *h, const struct pl_lane *lane, uint32_t most)
{
	int i, height;

	html_raw(h, "<path class=\"runs\" d=\"");
	for (i = 0; i < PL_ACTIVITY_STEPS; i++) {
		height = height_of(lane->runs[i], most, RUNS_HEIGHT);
		if (height > 0)
			html_markup(h, "M%d %dv-%dh6v%dz", i * 10 + 2, RUNS_BASE, height, height);
	}
	html_raw(h, "\"/>");
}

static int64_t
tick_step(const struct pl_activity *a)
{
	static const int64_t steps[] = { 60, 300, 900, 1800, PL_HOUR_S, 3 * PL_HOUR_S, 6 * PL_HOUR_S, 12 * PL_HOUR_S,
		DAY_S, 2 * DAY_S, 7 * DAY_S, 14 * DAY_S, 28 * DAY_S, 91 * DAY_S, 182 * DAY_S };
	int64_t step = 364 * DAY_S;
	size_t i;

	for (i = sizeof(steps) / sizeof(steps[0]); i-- > 0 && (a->end - a->start) / steps[i] < TICKS_MAX;)
		step = steps[i];
	while ((a->end - a->start) / step >= TICKS_MAX)
		step *= 2;
	return step;
}

/* The first tick that is not before the period. */
static int64_t
first_tick(const struct pl_activity *a, int64_t step)
{
	int64_t from = step >= 7 * DAY_S ? MONDAY_S : 0;

	return from + (a->start - from + step - 1) / step * step;
}

/* In thousandths of the period. */
static int64_t
place_of(const struct pl_activity *a, int64_t time)
{
	return (time - a->start) * 1000 / (a->end - a->start + 1);
}

static void
draw_grid(struct html *h, const struct pl_activity *a)
{
	int64_t step = tick_step(a), at;

	html_raw(h, "<path class=\"grid\" d=\"");
	for (at = first_tick(a, step); at <= a->end; at += step)
		html_markup(h, "M%" PRId64 " 0V%d", place_of(a, at) * PL_ACTIVITY_STEPS / 100, HEIGHT);
	html_markup(h, "M0 %dH%dM0 %dH%d\"/>", GRANTS_BASE, PL_ACTIVITY_STEPS * 10, RUNS_BASE,
	    PL_ACTIVITY_STEPS * 10);
}

/* "9 Nov", within a day "14:00", over years the date. */
static void
tick_name(const struct pl_activity *a, int64_t at, int64_t step, char out[PL_TIME_LEN + 1])
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[PL_TIME_LEN + 1];
	const char *month;

	pl_time_format(at, false, text);
	month = months + ((text[5] - '0') * 10 + text[6] - '0' - 1) * 3;
	if (a->end - a->start > 300 * DAY_S)
		snprintf(out, PL_TIME_LEN + 1, "%.10s", text);
	else if (step >= DAY_S || at % DAY_S == 0)
		snprintf(out, PL_TIME_LEN + 1, "%.*s %.3s", text[8] == '0' ? 1 : 2, text + 8 + (text[8] == '0'), month);
	else
		snprintf(out, PL_TIME_LEN + 1, "%.5s", text + 11);
}

static void
write_axis(struct html *h, const struct pl_activity *a)
{
	int64_t step = tick_step(a), at, place;
	char name[PL_TIME_LEN + 1];
	int count = 0;

	html_raw(h, "<span class=\"axis\" aria-hidden=\"true\">");
	for (at = first_tick(a, step); at <= a->end; at += step) {
		place = place_of(a, at);
		if (place > LAST_TICK * 10)
			break;
		tick_name(a, at, step, name);
		html_markup(h, "<span%s style=\"left:%" PRId64 ".%" PRId64 "%%\">%s</span>",
		    count++ % 2 != 0 ? " class=\"second\"" : "", place / 10, place % 10, name);
	}
	html_raw(h, "</span>");
}

/* Of a person, or of everybody (NULL). */
static void
write_row(struct html *h, const struct pl_activity *a, const struct pl_tally_entry *person, const struct pl_lane *lane,
    const struct pl_lane *scale)
{
	int64_t grants = person != NULL ? person->counts[PL_PERSON_GRANTS] : a->grants,
	    runs = person != NULL ? person->counts[PL_PERSON_RUNS] : a->runs;

	html_markup(h, "<tr role=\"row\"%s><th scope=\"row\" role=\"rowheader\">",
	    person == NULL ? " class=\"all\"" : "");
	if (person != NULL)
		html_text(h, person->name);
	else
		html_raw(h, "Everybody");
	html_markup(h, "</th><td class=\"lane\" role=\"cell\"><svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\""
	    " role=\"img\"><title>", PL_ACTIVITY_STEPS * 10, HEIGHT);
	html_markup(h, "%" PRId64 " grant%s, at most %u in force at once; %" PRId64 " run%s</title>", grants,
	    grants == 1 ? "" : "s", lane->most_grants, runs, runs == 1 ? "" : "s");
	draw_grid(h, a);
	draw_grants(h, lane, scale->most_grants);
	draw_runs(h, lane, scale->most_runs);
	html_raw(h, "</svg></td><td class=\"number\" role=\"cell\" data-label=\"grants\">");
	html_count(h, grants);
	html_raw(h, "</td><td class=\"number\" role=\"cell\" data-label=\"runs\">");
	html_count(h, runs);
	html_raw(h, "</td></tr>\n");
}

/* People share one scale, so that they can be compared; all together need one of their own. */
static struct pl_lane
common_scale(const struct pl_activity *a)
{
	struct pl_lane scale = { .most_grants = 0 };
	size_t i;

	for (i = 0; i < a->active.shown; i++) {
		if (a->lanes[i].most_grants > scale.most_grants)
			scale.most_grants = a->lanes[i].most_grants;
		if (a->lanes[i].most_runs > scale.most_runs)
			scale.most_runs = a->lanes[i].most_runs;
	}
	return scale;
}

static void
write_legend(struct html *h, const struct pl_activity *a, const struct pl_lane *scale)
{
	html_markup(h, "<p class=\"legend\"><span><svg viewBox=\"0 0 28 14\" aria-hidden=\"true\">"
	    "<path class=\"grants\" d=\"M1 13v-6h12v-6h14v12z\"/></svg>"
	    " above: grants in force; full height is %u at once</span> <span>"
	    "<svg viewBox=\"0 0 28 14\" aria-hidden=\"true\"><path class=\"runs\" d=\"M2 13v-5h3v5zM9 13v-12h3v12z"
	    "M16 13v-8h3v8zM23 13v-5h3v5z\"/></svg> below: runs started; full height is %u in ",
	    scale->most_grants, scale->most_runs);
	html_duration(h, (a->end - a->start + 1 + PL_ACTIVITY_STEPS - 1) / PL_ACTIVITY_STEPS);
	html_raw(h, "</span>");
	if (a->active.total > 1) {
		html_markup(h, " <span>Everybody: full height is %u and %u</span>", a->everybody.most_grants,
		    a->everybody.most_runs);
	}
	html_raw(h, "</p>\n");
}

void
report_timeline(struct html *h, const struct pl_activity *a)
{
	struct pl_lane scale = common_scale(a);
	size_t i;

	html_raw(h, "<section aria-labelledby=\"h-timeline\">\n"
	    "<h2 id=\"h-timeline\">Who held and used access</h2>\n");
	if (a->active.total == 0) {
		html_raw(h, "<p class=\"none\">Nothing was granted and nothing was run in this period.</p>\n"
		    "</section>\n");
		return;
	}
	write_legend(h, a, &scale);
	html_raw(h, "<table class=\"timeline\" role=\"table\"><caption class=\"unseen\">Grants and runs of each person"
	    "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\"><th scope=\"col\" role=\"columnheader\">Person</th>"
	    "<th scope=\"col\" role=\"columnheader\" class=\"lane\"><span class=\"unseen\">Over the period</span>");
	write_axis(h, a);
	html_raw(h, "</th><th scope=\"col\" role=\"columnheader\" class=\"number\">Grants</th>"
	    "<th scope=\"col\" role=\"columnheader\" class=\"number\">Runs</th></tr></thead>\n"
	    "<tbody role=\"rowgroup\">\n");
	if (a->active.total > 1)
		write_row(h, a, NULL, &a->everybody, &a->everybody);
	for (i = 0; i < a->active.shown; i++)
		write_row(h, a, a->active.entries[i], &a->lanes[i], &scale);
	html_raw(h, "</tbody></table>\n");
	html_more(h, a->active.shown, a->active.total, a->persons.full,
	    "who were less active; they are counted under Everybody");
	html_raw(h, "</section>\n");
}
