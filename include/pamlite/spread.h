/* spread.h - how long many things took: median and other percentiles */
#ifndef PAMLITE_SPREAD_H
#define PAMLITE_SPREAD_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Durations are counted in seconds below PL_SPREAD_EXACT_S and in whole hours, rounded down,
 * beyond it, so that memory is the same for ten and for ten million.
 */
enum { PL_SPREAD_EXACT_S = 36 * 3600 };

struct pl_spread {
	int64_t count;
	uint32_t *buckets;
};

/* False without memory. The caller clears it, whatever came back. */
bool pl_spread_init(struct pl_spread *s);
void pl_spread_clear(struct pl_spread *s);

/* A negative duration, of a clock that was set back, counts as 0. */
void pl_spread_add(struct pl_spread *s, int64_t seconds);

/*
 * The percentile by nearest rank: the shortest duration that at least `percent` of a hundred
 * of all do not exceed; of an even number the median is the lower one of the two in the middle.
 * PL_NULL if there is none.
 */
int64_t pl_spread_percentile(const struct pl_spread *s, int percent);

/* How many are at least `from` and below `to` seconds; beyond PL_SPREAD_EXACT_S whole hours. */
int64_t pl_spread_between(const struct pl_spread *s, int64_t from, int64_t to);

#endif
