/* core_clock.c - tests of times and durations as text, and of the clocks */

#include <stdlib.h>
#include <time.h>

#include "pamlite/clock.h"
#include "pamlite/uuid.h"

#include "unit.h"

#define NO PL_NULL

static const struct {
	const char *text;
	int64_t t;
} times[] = {
	{ "2026-11-21T04:43:00Z", 1795236180 },
	{ "2026-11-21T04:43:00+00:00", 1795236180 },
	{ "2026-11-21T05:43:00+01:00", 1795236180 },
	{ "2026-11-20T23:13:00-05:30", 1795236180 },
	{ "2026-11-21T04:43:00-00:00", 1795236180 },
	{ "2000-01-01T00:00:00Z", 946684800 },
	{ "1999-12-31T23:59:59Z", NO },
	{ "1999-12-31T23:30:00-00:30", 946684800 },
	{ "2000-01-01T00:29:59+00:30", NO },
	{ "2999-12-31T23:59:59Z", 32503679999 },
	{ "3000-01-01T00:00:00Z", NO },
	{ "3000-01-01T00:59:59+01:00", 32503679999 },
	{ "2999-12-31T23:59:59-00:01", NO },
	{ "2000-02-29T00:00:00Z", 951782400 },
	{ "2024-02-29T12:00:00Z", 1709208000 },
	{ "2026-02-29T00:00:00Z", NO },
	{ "2100-02-29T00:00:00Z", NO },
	{ "2100-03-01T00:00:00Z", 4107542400 },
	{ "2400-02-29T00:00:00Z", 13574563200 },
	{ "2026-04-31T00:00:00Z", NO },
	{ "2026-00-01T00:00:00Z", NO },
	{ "2026-13-01T00:00:00Z", NO },
	{ "2026-01-00T00:00:00Z", NO },
	{ "2026-01-32T00:00:00Z", NO },
	{ "2026-01-01T24:00:00Z", NO },
	{ "2026-01-01T00:60:00Z", NO },
	{ "2016-12-31T23:59:60Z", NO },
	{ "2026-01-01T00:00:00+23:59", 1767139260 },
	{ "2026-01-01T00:00:00+24:00", NO },
	{ "2026-01-01T00:00:00+00:60", NO },
	{ "2026-01-01T00:00:00+0100", NO },
	{ "2026-01-01T00:00:00+01", NO },
	{ "2026-01-01T00:00:00", NO },
	{ "2026-01-01T00:00:00z", NO },
	{ "2026-01-01t00:00:00Z", NO },
	{ "2026-01-01 00:00:00Z", NO },
	{ "2026-01-01T00:00:00.5Z", NO },
	{ "2026-01-01T00:00:00Z ", NO },
	{ " 2026-01-01T00:00:00Z", NO },
	{ "2026-1-1T00:00:00Z", NO },
	{ "+2026-01-01T00:00:00Z", NO },
	{ "2026-01-01T00:00Z", NO },
	{ "2026-01-01", NO },
	{ "2026", NO },
	{ "", NO },
	{ NULL, NO },
};

static const struct {
	const char *text;
	bool end_of_day;
	int64_t t;
} dates[] = {
	{ "2026-11-21", false, 1795219200 },
	{ "2026-11-21", true, 1795305599 },
	{ "2024-02-29", true, 1709251199 },
	{ "2023-02-29", false, NO },
	{ "1999-12-31", true, NO },
	{ "2999-12-31", true, 32503679999 },
	{ "2026-11-21T04:43:00Z", true, 1795236180 },
	{ "2026-11-21T", false, NO },
	{ "2026-11-21 ", false, NO },
	{ "20261121", false, NO },
	{ "", false, NO },
	{ NULL, false, NO },
};

static void
test_parse(void)
{
	int64_t t;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		CHECK(pl_time_parse(times[i].text, &t) == (times[i].t != NO));
		CHECK_INT(t, times[i].t);
	}
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++) {
		CHECK(pl_time_parse_date(dates[i].text, dates[i].end_of_day, &t) == (dates[i].t != NO));
		CHECK_INT(t, dates[i].t);
	}
}

/* The C library's calendar agrees, and what is printed is read as the same time. */
static void
test_calendar(void)
{
	char text[PL_TIME_LEN + 1], expected[40];
	int64_t back;

	for (int64_t t = -62135596800; t < 253402214400; t += 86399 * 97) {
		time_t when = t;
		struct tm tm;

		pl_time_format(t, false, text);
		gmtime_r(&when, &tm);
		snprintf(expected, sizeof(expected), "%04d-%02d-%02dT%02d:%02d:%02dZ", (tm.tm_year + 1900) % 10000,
		    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
		if (strcmp(text, expected) != 0)
			CHECK_STR(text, expected);
		if (t >= 946684800 && t < 32503680000 && (!pl_time_parse(text, &back) || back != t))
			CHECK_INT(back, t);
	}
	pl_time_format(0, false, text);
	CHECK_STR(text, "1970-01-01T00:00:00Z");
	pl_time_format(-1, false, text);
	CHECK_STR(text, "1969-12-31T23:59:59Z");
	pl_time_format(PL_NULL, false, text);
	CHECK_STR(text, "");
	pl_time_format(INT64_MAX, false, text);
	CHECK_STR(text, "9999-12-30T23:59:59Z");
	pl_time_format(INT64_MIN + 1, true, text);
	CHECK(strncmp(text, "0000-01-0", 9) == 0);
}

static void
test_local(void)
{
	static const struct { const char *zone, *text; } zones[] = {
		{ "UTC0", "2026-11-21T04:43:00+00:00" },
		{ "CET-1", "2026-11-21T05:43:00+01:00" },
		{ "XXX5:30", "2026-11-20T23:13:00-05:30" },
		{ "LMT-0:19:32", "2026-11-21T05:02:00+00:19" },
		{ "XXX24:30", "2026-11-21T04:43:00+00:00" },
	};
	char text[PL_TIME_LEN + 1];
	int64_t t;

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		setenv("TZ", zones[i].zone, 1);
		tzset();
		pl_time_format(1795236180, true, text);
		CHECK_STR(text, zones[i].text);
		CHECK(pl_time_parse(text, &t));
		CHECK_INT(t, 1795236180);
		pl_time_format(1795236180, false, text);
		CHECK_STR(text, "2026-11-21T04:43:00Z");
	}
}

static const struct {
	const char *text;
	int64_t seconds;
} hours[] = {
	{ "1", 3600 }, { "4", 14400 }, { "87600", 315360000 }, { "004", 14400 }, { "0", 0 }, { "87601", 0 },
	{ "-1", 0 }, { "+1", 0 }, { "1.5", 0 }, { " 1", 0 }, { "1 ", 0 }, { "0x1", 0 }, { "1e1", 0 }, { "", 0 },
	{ NULL, 0 }, { "9223372036854775808", 0 },
}, durations[] = {
	{ "PT4H", 14400 }, { "PT30M", 1800 }, { "PT1H30M", 5400 }, { "PT0H5M", 300 }, { "PT90M", 5400 },
	{ "PT5M", 300 }, { "PT4M", 0 }, { "PT87600H", 315360000 }, { "PT5256000M", 315360000 }, { "PT87600H1M", 0 },
	{ "PT5256001M", 0 }, { "PT87601H", 0 }, { "PT", 0 }, { "P1D", 0 }, { "PT30M1H", 0 }, { "PT1H1H", 0 },
	{ "PT30M30M", 0 }, { "PTH", 0 }, { "PT1HM", 0 }, { "PT30", 0 }, { "PT300S", 0 }, { "PT0.5H", 0 }, { "pt4h", 0 },
	{ "PT4h", 0 }, { "PT-4H", 0 }, { "PT+4H", 0 }, { "PT4H ", 0 }, { " PT4H", 0 }, { "PT99999999999999999999H", 0 },
	{ "PT9223372036854775807H", 0 }, { "PT9223372036854775807H9223372036854775807M", 0 }, { "", 0 }, { NULL, 0 },
};

static void
test_durations(void)
{
	int64_t s;

	for (size_t i = 0; i < sizeof(hours) / sizeof(hours[0]); i++) {
		CHECK(pl_hours_parse(hours[i].text, &s) == (hours[i].seconds != 0));
		CHECK_INT(s, hours[i].seconds);
	}
	for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
		CHECK(pl_duration_parse(durations[i].text, &s) == (durations[i].seconds != 0));
		CHECK_INT(s, durations[i].seconds);
	}
}

static void
test_hours_format(void)
{
	static const struct { int64_t seconds; const char *text; } cases[] = {
		{ 14400, "4" }, { 1800, "0.5" }, { 5400, "1.5" }, { 900, "0.25" }, { 300, "0.0833" },
		{ 315360000, "87600" }, { 0, "0" }, { 3599, "0.9997" }, { -1800, "-0.5" }, { PL_NULL, "" },
	};
	struct pl_buf b;

	pl_buf_init(&b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pl_buf_reset(&b);
		pl_hours_format(&b, cases[i].seconds);
		CHECK_STR(b.text, cases[i].text);
	}
	for (int s = 0; s < 2 * 3600; s++) {
		double value;

		pl_buf_reset(&b);
		pl_hours_format(&b, s);
		value = strtod(b.text, NULL) * 3600 + 0.5;
		if ((int)value != s || b.len > 6)
			CHECK_STR(b.text, "a number of that many seconds");
	}
	pl_buf_clear(&b);
}

static void
test_clock(void)
{
	struct pl_clock a = { 0 }, b = { 0 };

	pl_clock_read(&a);
	pl_clock_read(&b);
	CHECK(a.now > 946684800);
	CHECK(a.boot_time_ms > 0 && b.boot_time_ms >= a.boot_time_ms);
	CHECK(a.boot_id[0] == '\0' || pl_uuid_is_valid(a.boot_id));
	CHECK_STR(a.boot_id, b.boot_id);
}

int
main(void)
{
	test_parse();
	test_calendar();
	test_local();
	test_durations();
	test_hours_format();
	test_clock();
	return unit_end();
}
