/* core_spread.c - percentiles are those of the sorted durations, by nearest rank */

#include <stdlib.h>

#include "pamlite/clock.h"
#include "pamlite/spread.h"

#include "unit.h"

enum { MANY = 5000 };

static const struct {
	int64_t values[10];
	int count;
	int64_t median, p90, all;
} cases[] = {
	{ { 0 }, 0, PL_NULL, PL_NULL, PL_NULL },
	{ { 7 }, 1, 7, 7, 7 },
	{ { 0, 0 }, 2, 0, 0, 0 },
	{ { 30, 10 }, 2, 10, 30, 30 },
	{ { 3, 1, 2 }, 3, 2, 3, 3 },
	{ { 10, 20, 30, 40, 50, 60, 70, 80, 90, 100 }, 10, 50, 90, 100 },
	{ { -5, 10, 20 }, 3, 10, 20, 20 },
	{ { 1, PL_SPREAD_EXACT_S - 1, PL_SPREAD_EXACT_S }, 3, PL_SPREAD_EXACT_S - 1, PL_SPREAD_EXACT_S,
	    PL_SPREAD_EXACT_S },
	/* Beyond what is exact, whole hours; beyond those that a grant can have, the last. */
	{ { 1, 50 * PL_HOUR_S + 17 }, 2, 1, 50 * PL_HOUR_S, 50 * PL_HOUR_S },
	{ { INT64_MAX }, 1, PL_DURATION_MAX_HOURS * INT64_C(3600), PL_DURATION_MAX_HOURS * INT64_C(3600),
	    PL_DURATION_MAX_HOURS * INT64_C(3600) },
};

static void
test_cases(void)
{
	struct pl_spread s;
	size_t i;
	int j;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(pl_spread_init(&s));
		for (j = 0; j < cases[i].count; j++)
			pl_spread_add(&s, cases[i].values[j]);
		CHECK_INT(s.count, cases[i].count);
		CHECK_INT(pl_spread_percentile(&s, 50), cases[i].median);
		CHECK_INT(pl_spread_percentile(&s, 90), cases[i].p90);
		CHECK_INT(pl_spread_percentile(&s, 100), cases[i].all);
		pl_spread_clear(&s);
	}
}

static int
ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Against sorting, which keeps every one of them. */
static void
test_many(void)
{
	static int64_t values[MANY];
	struct pl_spread s;
	int64_t below = 0;
	int i;

	CHECK(pl_spread_init(&s));
	for (i = 0; i < MANY; i++) {
		values[i] = (int64_t)i * 7919 % 100003;
		below += values[i] >= 300 && values[i] < 900;
		pl_spread_add(&s, values[i]);
	}
	qsort(values, MANY, sizeof(values[0]), ascending);
	for (i = 1; i <= 100; i++)
		CHECK_INT(pl_spread_percentile(&s, i), values[(MANY * i + 99) / 100 - 1]);
	CHECK_INT(pl_spread_between(&s, 300, 900), below);
	CHECK_INT(pl_spread_between(&s, 0, PL_SPREAD_EXACT_S), MANY);
	CHECK_INT(pl_spread_between(&s, 900, 900), 0);
	pl_spread_clear(&s);
	CHECK(s.buckets == NULL && s.count == 0);
}

int
main(void)
{
	test_cases();
	test_many();
	return unit_end();
}
