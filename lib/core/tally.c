/* tally.c - counting by name */

#include "pamlite/tally.h"

#include <stdlib.h>
#include <string.h>

#include "pamlite/text.h"

static int
compare(const struct pl_tally *t, const char *a, const char *b)
{
	return t->folded ? pl_ascii_casecmp(a, b) : strcmp(a, b);
}

/* The place of the first entry whose name is not before `name`. */
static size_t
place_of(const struct pl_tally *t, const char *name)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(t, t->entries[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
has_room(struct pl_tally *t)
{
	size_t size = t->size > 0 ? 2 * t->size : 64;
	struct pl_tally_entry **entries;

	if (t->count < t->size)
		return true;
	entries = realloc(t->entries, size * sizeof(struct pl_tally_entry *));
	if (entries == NULL)
		return false;
	t->entries = entries;
	t->size = size;
	return true;
}

struct pl_tally_entry *
pl_tally_entry(struct pl_tally *t, const char *name)
{
	size_t at = place_of(t, name), len = strlen(name);
	struct pl_tally_entry *e = NULL;

	if (t->failed)
		return NULL;
	if (at < t->count && compare(t, t->entries[at]->name, name) == 0)
		return t->entries[at];
	if (t->count == PL_TALLY_NAMES_MAX) {
		t->full = true;
		return NULL;
	}
	if (has_room(t))
		e = calloc(1, sizeof(*e) + len + 1);
	t->failed = e == NULL;
	if (e == NULL)
		return NULL;
	memcpy(e->name, name, len + 1);
	memmove(t->entries + at + 1, t->entries + at, (t->count - at) * sizeof(struct pl_tally_entry *));
	t->entries[at] = e;
	t->count++;
	return e;
}

void
pl_tally_add(struct pl_tally *t, const char *name, int kind, int64_t amount)
{
	struct pl_tally_entry *e = pl_tally_entry(t, name);

	if (e != NULL)
		e->counts[kind] += amount;
}

void
pl_tally_clear(struct pl_tally *t)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		free(t->entries[i]);
	free(t->entries);
	memset(t, 0, sizeof(*t));
}

int64_t
pl_tally_sum(const struct pl_tally_entry *e, unsigned kinds)
{
	int64_t sum = 0;
	int i;

	for (i = 0; i < PL_TALLY_KINDS; i++)
		if ((kinds & 1U << i) != 0)
			sum += e->counts[i];
	return sum;
}

struct order {
	const struct pl_tally *tally;
	unsigned kinds;
};

static int
by_sum(const void *left, const void *right, void *arg)
{
	const struct pl_tally_entry *a = *(const struct pl_tally_entry *const *)left;
	const struct pl_tally_entry *b = *(const struct pl_tally_entry *const *)right;
	const struct order *o = arg;
	int64_t a_sum = pl_tally_sum(a, o->kinds), b_sum = pl_tally_sum(b, o->kinds);

	if (a_sum != b_sum)
		return a_sum > b_sum ? -1 : 1;
	return compare(o->tally, a->name, b->name);
}

void
pl_tally_top(struct pl_tally *t, unsigned kinds, struct pl_top *out)
{
	struct order order = { t, kinds };
	const struct pl_tally_entry **found;
	size_t i;

	memset(out, 0, sizeof(*out));
	found = calloc(t->count + 1, sizeof(const struct pl_tally_entry *));
	if (found == NULL) {
		t->failed = true;
		return;
	}
	for (i = 0; i < t->count; i++)
		if (pl_tally_sum(t->entries[i], kinds) > 0)
			found[out->total++] = t->entries[i];
	qsort_r(found, out->total, sizeof(const struct pl_tally_entry *), by_sum, &order);
	out->shown = out->total < PL_TOP_MAX ? out->total : PL_TOP_MAX;
	memcpy(out->entries, found, out->shown * sizeof(const struct pl_tally_entry *));
	free(found);
}
