/* time.c - fuzzes times, durations and hours as text, against a slow reference */

#include <time.h>

#include "pamlite/clock.h"
#include "pamlite/text.h"

#include "fuzz.h"

#define LARGE INT64_C(1000000000000)

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A digit where the form has a 0, and else what it has; longer text has the form too. */
static bool
has_form(const char *s, const char *form)
{
	for (; *form != '\0'; form++, s++)
		if (*form == '0' ? !is_digit(*s) : *s != *form)
			return false;
	return true;
}

/* Digits up to the first other character; what is too large stays LARGE. */
static int64_t
number(const char *s, size_t digits)
{
	int64_t n = 0;

	for (; digits > 0 && is_digit(*s); digits--, s++)
		n = n < LARGE ? n * 10 + (*s - '0') : LARGE;
	return n;
}

/* A day that the C library's calendar leaves as it is. */
static bool
reference_moment(const char *date, int hour, int minute, int second, int64_t *out)
{
	const struct tm wanted = { .tm_year = (int)number(date, 4) - 1900, .tm_mon = (int)number(date + 5, 2) - 1,
		.tm_mday = (int)number(date + 8, 2), .tm_hour = hour, .tm_min = minute, .tm_sec = second };
	struct tm tm = wanted;

	*out = timegm(&tm);
	return tm.tm_year == wanted.tm_year && tm.tm_mon == wanted.tm_mon && tm.tm_mday == wanted.tm_mday &&
	    tm.tm_hour == hour && tm.tm_min == minute && tm.tm_sec == second;
}

static bool
is_of_our_years(int64_t t)
{
	const time_t when = t;
	struct tm tm;

	return gmtime_r(&when, &tm) != NULL && tm.tm_year >= 100 && tm.tm_year < 1100;
}

static bool
reference_time(const char *s, int64_t *out)
{
	const char *zone = s + 19;

	if (!has_form(s, "0000-00-00T00:00:00") ||
	    !reference_moment(s, (int)number(s + 11, 2), (int)number(s + 14, 2), (int)number(s + 17, 2), out))
		return false;
	if (strlen(zone) == 6 && (has_form(zone, "+00:00") || has_form(zone, "-00:00"))) {
		if (number(zone + 1, 2) > 23 || number(zone + 4, 2) > 59)
			return false;
		*out -= (zone[0] == '-' ? -1 : 1) * (number(zone + 1, 2) * 3600 + number(zone + 4, 2) * 60);
	} else if (strcmp(zone, "Z") != 0) {
		return false;
	}
	return is_of_our_years(*out);
}

static bool
reference_date(const char *s, bool end, int64_t *out)
{
	if (strlen(s) != 10)
		return reference_time(s, out);
	return has_form(s, "0000-00-00") && reference_moment(s, end ? 23 : 0, end ? 59 : 0, end ? 59 : 0, out) &&
	    is_of_our_years(*out);
}

/* The first of the units may stand alone, and the second; not none. */
static bool
reference_duration(const char *s, int64_t *out)
{
	size_t digits;
	bool hours;

	if (strncmp(s, "PT", 2) != 0)
		return false;
	*out = 0;
	for (s += 2, hours = false; *s != '\0'; s += digits + 1) {
		digits = strspn(s, "0123456789");
		if (digits == 0 || (s[digits] != 'M' && (s[digits] != 'H' || hours)))
			return false;
		*out += number(s, SIZE_MAX) * (s[digits] == 'H' ? 3600 : 60);
		hours = true;
		if (s[digits] == 'M' && s[digits + 1] != '\0')
			return false;
	}
	return *out >= 300 && *out <= 87600 * INT64_C(3600);
}

static bool
reference_hours(const char *s, int64_t *out)
{
	const int64_t n = number(s, SIZE_MAX);

	*out = n * 3600;
	return s[0] != '\0' && s[strspn(s, "0123456789")] == '\0' && n >= 1 && n <= 87600;
}

static void
agree(bool ok, int64_t got, int64_t refused, bool expected_ok, const int64_t *expected, const char *what)
{
	demand(ok == expected_ok && got == (ok ? *expected : refused), what);
}

static void
check_text(const char *s)
{
	int64_t got, expected = 0;
	bool ok;

	ok = pl_time_parse(s, &got);
	agree(ok, got, PL_NULL, reference_time(s, &expected), &expected, "the reference reads the time so");
	for (int end = 0; end < 2; end++) {
		ok = pl_time_parse_date(s, end, &got);
		agree(ok, got, PL_NULL, reference_date(s, end, &expected), &expected,
		    "the reference reads the date so");
	}
	ok = pl_duration_parse(s, &got);
	agree(ok, got, 0, reference_duration(s, &expected), &expected, "the reference reads the duration so");
	ok = pl_hours_parse(s, &got);
	agree(ok, got, 0, reference_hours(s, &expected), &expected, "the reference reads the hours so");
}

static void
set_zone(unsigned which)
{
	static const char *const zones[] = { "UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "XXX5:30", "LMT-0:19:32",
		"NZST-12NZDT,M9.5.0,M4.1.0/3", "ABC24:59:59", "ABC-24:59:59" };
	static unsigned now = UINT32_MAX;

	which %= sizeof zones / sizeof zones[0];
	if (which == now)
		return;
	now = which;
	setenv("TZ", zones[which], 1);
	tzset();
}

/* Every moment is written in one form, and read as the same where it is one of our years. */
static void
check_moment(int64_t t, bool local)
{
	char text[PL_TIME_LEN + 1];
	int64_t back;

	pl_time_format(t, local, text);
	if (t == PL_NULL) {
		demand(text[0] == '\0', "no time is no text");
		return;
	}
	demand(has_form(text, "0000-00-00T00:00:00") && strlen(text) == (local ? 25 : 20), "a time has its form");
	if (is_of_our_years(t))
		demand(pl_time_parse(text, &back) && back == t, "what is written is read as the same time");
}

static void
check_hours(int64_t seconds)
{
	struct pl_buf text;

	pl_buf_init(&text);
	pl_hours_format(&text, seconds);
	demand((int64_t)(strtod(text.text, NULL) * 3600 + 0.5) == seconds, "what is written is as many seconds");
	pl_buf_clear(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	char *text = fuzz_text(&in);
	uint64_t t = fuzz_number(&in, 8);

	check_text(text);
	set_zone(fuzz_byte(&in));
	check_moment((int64_t)t, false);
	check_moment((int64_t)t, true);
	check_moment((int64_t)(t & 0x7ffffffff), true);
	check_hours((int64_t)(t % (87600 * UINT64_C(3600) + 1)));
	free(text);
	return 0;
}
