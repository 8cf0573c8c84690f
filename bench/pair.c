/* pair.c - measuring ours and its peer by turns, and the medians of that */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

enum { OURS, PEER, RATIO, CPU, CPU_RATIO, FIGURES };

double
bench_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
bench_median(double *values, size_t count)
{
	if (count == 0)
		return 0;
	qsort(values, count, sizeof(values[0]), compare);
	return count % 2 != 0 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static bool
step(struct bench *b, const struct bench_command *c, enum bench_at at, char *note)
{
	struct bench_cost cost;

	return c->words == NULL || bench_start(b, c, at, &cost, note);
}

static bool
act(struct bench *b, const struct bench_action *a, enum bench_at at, struct bench_cost *cost, char *note)
{
	if (!bench_enter(b, at, note) || !step(b, &a->before, at, note))
		return false;
	if (!(a->crowd ? bench_crowd(b, a, at, cost, note) : bench_start(b, &a->timed, at, cost, note)))
		return false;
	return step(b, &a->after, at, note);
}

static double
size_of(const struct bench *b, enum bench_size size)
{
	return size == BENCH_RECORDS ? b->records : size == BENCH_APPROVALS ? b->approvals : 1;
}

/*
 * Who of the two begins changes from pair to pair, so that neither always finds what the other left in the caches.
 * The ratio is the median of each pair's own: what disturbs the machine for longer disturbs both of a pair.
 */
static bool
pair(struct bench *b, const struct bench_row *row, int turn, struct bench_cost cost[2], char *note)
{
	int i, which;

	for (i = 0; i < 2; i++) {
		which = (turn + i) % 2;
		if (!act(b, which == 0 ? row->ours : row->peer, which == 0 ? row->ours_at : row->peer_at, &cost[which],
		    note))
			return false;
	}
	return true;
}

void
bench_measure(struct bench *b, const struct bench_row *row, struct bench_result *r)
{
	int i, pairs = row->size == BENCH_ONE ? b->pairs : b->long_pairs;
	double *figures[FIGURES], *all = calloc((size_t)pairs * FIGURES, sizeof(*all));
	struct bench_cost cost[2];

	memset(r, 0, sizeof(*r));
	r->row = row;
	if (all == NULL) {
		snprintf(r->note, sizeof(r->note), "no memory");
		return;
	}
	for (i = 0; i < FIGURES; i++)
		figures[i] = all + (ptrdiff_t)i * pairs;
	/* The first is for the caches alone, unless one costs minutes. */
	if (row->size != BENCH_ONE || pair(b, row, 0, cost, r->note))
		for (i = 0; i < pairs && pair(b, row, i, cost, r->note); i++) {
			figures[OURS][i] = cost[0].ms;
			figures[PEER][i] = cost[1].ms;
			figures[RATIO][i] = cost[0].ms / cost[1].ms;
			figures[CPU][i] = cost[0].cpu_ms;
			figures[CPU_RATIO][i] = cost[0].cpu_ms / cost[1].cpu_ms;
			r->peak_kib = cost[0].peak_kib > r->peak_kib ? cost[0].peak_kib : r->peak_kib;
			r->pairs++;
		}
	r->ours_ms = bench_median(figures[OURS], (size_t)r->pairs);
	r->peer_ms = bench_median(figures[PEER], (size_t)r->pairs);
	r->ratio = bench_median(figures[RATIO], (size_t)r->pairs);
	r->ours_cpu_ms = bench_median(figures[CPU], (size_t)r->pairs);
	r->cpu_ratio = bench_median(figures[CPU_RATIO], (size_t)r->pairs);
	if (row->size != BENCH_ONE && r->ours_ms > 0)
		r->rate = size_of(b, row->size) / r->ours_ms * 1e3;
	free(all);
}
