/* clock.h - the two clocks, and times and durations as text */
#ifndef PAMLITE_CLOCK_H
#define PAMLITE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamlite/buffer.h"

enum {
	PL_BOOT_ID_LEN = 36,
	PL_TIME_LEN = 25,         /* 2026-11-21T04:43:00+01:00 */
	PL_HOUR_S = 3600,
	PL_DAY_S = 86400,
	PL_DURATION_MIN_S = 300,
	PL_DURATION_MAX_HOURS = 87600,
};

/* No time; also "no number" in rows. */
#define PL_NULL INT64_MIN

/*
 * The moment at which an operation happens. Wall clock and boot-time clock are
 * read together: the wall clock can be set, the other cannot, so a grant is
 * held against both.
 */
struct pl_clock {
	int64_t now;                         /* Unix seconds, UTC */
	int64_t boot_time_ms;                /* CLOCK_BOOTTIME, counts suspend */
	char boot_id[PL_BOOT_ID_LEN + 1];    /* "" where the kernel tells none */
};

/* Read both clocks; the boot id only into a clock that has none. *clock is zeroed before the first time. */
void pl_clock_read(struct pl_clock *clock);

/*
 * RFC 3339 with Z or an offset, whole seconds, years 2000 to 2999, no second
 * 60. pl_time_parse_date also takes YYYY-MM-DD (UTC): its first second, or with
 * `end_of_day` its last.
 */
bool pl_time_parse(const char *s, int64_t *out);
bool pl_time_parse_date(const char *s, bool end_of_day, int64_t *out);

/* "2026-11-21T04:43:00Z"; with `local` in the host's zone with its offset. */
void pl_time_format(int64_t t, bool local, char out[PL_TIME_LEN + 1]);

/* Whole hours, 1 to PL_DURATION_MAX_HOURS, to seconds. */
bool pl_hours_parse(const char *s, int64_t *seconds);

/* ISO 8601 PTnH, PTnM, PTnHnM; PL_DURATION_MIN_S up to the maximum hours. */
bool pl_duration_parse(const char *s, int64_t *seconds);

/* Seconds as hours in the shortest decimal: "4", "0.5". */
void pl_hours_format(struct pl_buf *out, int64_t seconds);

#endif
