/* clock.c - the two clocks, and times and durations as text */

#include "pamlite/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/elapsed.h"
#include "pamlite/text.h"
#include "pamlite/uuid.h"

enum { DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400 };

/* The first seconds of the years 0, 2000, 3000 and 10000. */
#define YEAR_0_S     (-62167219200LL)
#define YEAR_2000_S  946684800LL
#define YEAR_3000_S  32503680000LL
#define YEAR_10000_S 253402300800LL

struct civil {
	int year, month, day, hour, minute, second;
};

static void
read_boot_id(char out[PL_BOOT_ID_LEN + 1])
{
	int fd;

	out[0] = '\0';
	fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (read(fd, out, PL_BOOT_ID_LEN) != PL_BOOT_ID_LEN)
		out[0] = '\0';
	out[PL_BOOT_ID_LEN] = '\0';
	close(fd);
	if (!pl_uuid_is_valid(out))
		out[0] = '\0';
}

void
pl_clock_read(struct pl_clock *clock)
{
	struct timespec ts;

	clock->now = 0;
	clock->boot_time_ms = pl_elapsed_ms();
	if (clock_gettime(CLOCK_REALTIME, &ts) == 0)
		clock->now = ts.tv_sec;
	/* A process lives within one boot. */
	if (clock->boot_id[0] == '\0')
		read_boot_id(clock->boot_id);
}

/* Days since 1970-01-01 of a Gregorian date; years begin in March, so that the leap day is the last. */
static int64_t
days_from_civil(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - (YEARS_PER_ERA - 1)) / YEARS_PER_ERA;
	int64_t of_era = y - era * YEARS_PER_ERA;
	int64_t of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void
civil_from_seconds(int64_t t, struct civil *c)
{
	int64_t days = t / PL_DAY_S, rest = t % PL_DAY_S;
	int64_t era, of_era, years, of_year, month;

	if (rest < 0) {
		rest += PL_DAY_S;
		days--;
	}
	days += 719468;
	era = (days >= 0 ? days : days - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
	of_era = days - era * DAYS_PER_ERA;
	years = (of_era - of_era / 1460 + of_era / 36524 - of_era / (DAYS_PER_ERA - 1)) / 365;
	of_year = of_era - (365 * years + years / 4 - years / 100);
	month = (5 * of_year + 2) / 153;
	c->day = (int)(of_year - (153 * month + 2) / 5 + 1);
	c->month = (int)(month < 10 ? month + 3 : month - 9);
	c->year = (int)(years + era * YEARS_PER_ERA + (c->month <= 2));
	c->hour = (int)(rest / PL_HOUR_S);
	c->minute = (int)(rest % PL_HOUR_S / 60);
	c->second = (int)(rest % 60);
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
		return 29;
	return days[month - 1];
}

/* Exactly `n` digits at s; then *s stands behind them. */
static bool
take_digits(const char **s, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++) {
		if ((*s)[i] < '0' || (*s)[i] > '9')
			return false;
		*out = *out * 10 + ((*s)[i] - '0');
	}
	*s += n;
	return true;
}

static bool
take_char(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool
take_date(const char **s, struct civil *c)
{
	return take_digits(s, 4, &c->year) && take_char(s, '-') && take_digits(s, 2, &c->month) && take_char(s, '-') &&
	    take_digits(s, 2, &c->day) && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	    c->day <= days_in_month(c->year, c->month);
}

static bool
take_time(const char **s, struct civil *c)
{
	return take_digits(s, 2, &c->hour) && take_char(s, ':') && take_digits(s, 2, &c->minute) && take_char(s, ':') &&
	    take_digits(s, 2, &c->second) && c->hour <= 23 && c->minute <= 59 && c->second <= 59;
}

/* Seconds to subtract from the written time to get UTC. */
static bool
take_offset(const char **s, int64_t *offset)
{
	int hours, minutes, sign;

	*offset = 0;
	if (take_char(s, 'Z'))
		return true;
	if (**s != '+' && **s != '-')
		return false;
	sign = *(*s)++ == '-' ? -1 : 1;
	if (!take_digits(s, 2, &hours) || !take_char(s, ':') || !take_digits(s, 2, &minutes) || hours > 23 ||
	    minutes > 59)
		return false;
	*offset = (int64_t)sign * (hours * PL_HOUR_S + minutes * 60);
	return true;
}

static bool
accept(int64_t t, int64_t *out)
{
	if (t < YEAR_2000_S || t >= YEAR_3000_S)
		return false;
	*out = t;
	return true;
}

bool
pl_time_parse(const char *s, int64_t *out)
{
	struct civil c = { 0 };
	int64_t offset;

	*out = PL_NULL;
	if (s == NULL || !take_date(&s, &c) || !take_char(&s, 'T') || !take_time(&s, &c) || !take_offset(&s, &offset) ||
	    *s != '\0')
		return false;
	return accept(days_from_civil(c.year, c.month, c.day) * PL_DAY_S + c.hour * PL_HOUR_S + c.minute * 60 +
	    c.second - offset, out);
}

bool
pl_time_parse_date(const char *s, bool end_of_day, int64_t *out)
{
	struct civil c = { 0 };
	const char *at = s;

	*out = PL_NULL;
	if (s == NULL)
		return false;
	if (!take_date(&at, &c) || *at != '\0')
		return pl_time_parse(s, out);
	return accept(days_from_civil(c.year, c.month, c.day) * PL_DAY_S + (end_of_day ? PL_DAY_S - 1 : 0), out);
}

/* The host's offset at t in whole minutes, less than a day: that is all that can be written. */
static int64_t
local_offset(int64_t t)
{
	time_t when = t;
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL || tm.tm_gmtoff <= -PL_DAY_S || tm.tm_gmtoff >= PL_DAY_S)
		return 0;
	return tm.tm_gmtoff / 60 * 60;
}

void
pl_time_format(int64_t t, bool local, char out[PL_TIME_LEN + 1])
{
	char text[96];
	int64_t offset, size;
	struct civil c;
	int len;

	out[0] = '\0';
	if (t == PL_NULL)
		return;
	/* What has no four-digit year is shown as the nearest that has. */
	if (t < YEAR_0_S + PL_DAY_S)
		t = YEAR_0_S + PL_DAY_S;
	if (t >= YEAR_10000_S - PL_DAY_S)
		t = YEAR_10000_S - PL_DAY_S - 1;
	offset = local ? local_offset(t) : 0;
	size = offset < 0 ? -offset : offset;
	civil_from_seconds(t + offset, &c);
	len = snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d", c.year, c.month, c.day, c.hour, c.minute,
	    c.second);
	if (local)
		snprintf(text + len, sizeof(text) - (size_t)len, "%c%02d:%02d", offset < 0 ? '-' : '+',
		    (int)(size / PL_HOUR_S), (int)(size % PL_HOUR_S / 60));
	else
		snprintf(text + len, sizeof(text) - (size_t)len, "Z");
	memccpy(out, text, '\0', PL_TIME_LEN + 1);
	out[PL_TIME_LEN] = '\0';
}

bool
pl_hours_parse(const char *s, int64_t *seconds)
{
	int64_t hours;

	*seconds = 0;
	if (s == NULL || !pl_text_parse_int(s, strlen(s), &hours) || hours < 1 || hours > PL_DURATION_MAX_HOURS)
		return false;
	*seconds = hours * PL_HOUR_S;
	return true;
}

/* A number before `unit`, times its seconds; nothing is taken and nothing added if it is not there. */
static bool
take_duration_part(const char **s, char unit, int64_t unit_s, int64_t *sum)
{
	size_t digits = strspn(*s, "0123456789");
	int64_t n;

	if (digits == 0 || (*s)[digits] != unit)
		return false;
	/* Too large a number is left where it is, so that the text does not end and is refused. */
	if (!pl_text_parse_int(*s, digits, &n) || n > (int64_t)PL_DURATION_MAX_HOURS * 60)
		return false;
	*sum += n * unit_s;
	*s += digits + 1;
	return true;
}

bool
pl_duration_parse(const char *s, int64_t *seconds)
{
	int64_t sum = 0;

	*seconds = 0;
	if (s == NULL || strncmp(s, "PT", 2) != 0)
		return false;
	s += 2;
	take_duration_part(&s, 'H', PL_HOUR_S, &sum);
	take_duration_part(&s, 'M', 60, &sum);
	if (*s != '\0' || sum < PL_DURATION_MIN_S || sum > (int64_t)PL_DURATION_MAX_HOURS * PL_HOUR_S)
		return false;
	*seconds = sum;
	return true;
}

/* The fewest decimals that still mean this second; four always do. */
void
pl_hours_format(struct pl_buf *out, int64_t seconds)
{
	int64_t whole, rest, scale = 1, fraction = 0;
	int decimals;

	if (seconds == PL_NULL)
		return;
	if (seconds < 0) {
		pl_buf_char(out, '-');
		seconds = -seconds;
	}
	whole = seconds / PL_HOUR_S;
	rest = seconds % PL_HOUR_S;
	for (decimals = 0; decimals <= 4; decimals++, scale *= 10) {
		fraction = (rest * scale + PL_HOUR_S / 2) / PL_HOUR_S;
		if ((fraction * PL_HOUR_S + scale / 2) / scale == rest)
			break;
	}
	pl_buf_printf(out, "%lld", (long long)whole);
	if (decimals > 0)
		pl_buf_printf(out, ".%0*lld", decimals, (long long)fraction);
}
