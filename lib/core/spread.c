/* spread.c - durations, counted so that percentiles can be read off */

#include "pamlite/spread.h"

#include <stdlib.h>
#include <string.h>

#include "pamlite/clock.h"

enum { HOURS = PL_DURATION_MAX_HOURS + 1, BUCKETS = PL_SPREAD_EXACT_S + HOURS };

static int64_t
bucket_of(int64_t seconds)
{
	if (seconds < 0)
		return 0;
	if (seconds < PL_SPREAD_EXACT_S)
		return seconds;
	seconds /= PL_HOUR_S;
	return PL_SPREAD_EXACT_S + (seconds < HOURS ? seconds : HOURS - 1);
}

static int64_t
seconds_of(int64_t bucket)
{
	return bucket < PL_SPREAD_EXACT_S ? bucket : (bucket - PL_SPREAD_EXACT_S) * PL_HOUR_S;
}

bool
pl_spread_init(struct pl_spread *s)
{
	s->count = 0;
	s->buckets = calloc(BUCKETS, sizeof(*s->buckets));
	return s->buckets != NULL;
}

void
pl_spread_clear(struct pl_spread *s)
{
	free(s->buckets);
	memset(s, 0, sizeof(*s));
}

void
pl_spread_add(struct pl_spread *s, int64_t seconds)
{
	s->buckets[bucket_of(seconds)]++;
	s->count++;
}

int64_t
pl_spread_percentile(const struct pl_spread *s, int percent)
{
	int64_t rank = (s->count * percent + 99) / 100, seen = 0, i;

	for (i = 0; i < BUCKETS && s->count > 0; i++) {
		seen += s->buckets[i];
		if (seen >= rank && seen > 0)
			return seconds_of(i);
	}
	return PL_NULL;
}

int64_t
pl_spread_between(const struct pl_spread *s, int64_t from, int64_t to)
{
	int64_t last = bucket_of(to), n = 0, i;

	for (i = bucket_of(from); i < last; i++)
		n += s->buckets[i];
	return n;
}
