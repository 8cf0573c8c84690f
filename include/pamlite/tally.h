/* tally.h - counting by name: how often, and who most */
#ifndef PAMLITE_TALLY_H
#define PAMLITE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A tally holds so many names at most, so that its memory is bounded whatever it reads. */
enum { PL_TALLY_KINDS = 6, PL_TALLY_NAMES_MAX = 10000 };

struct pl_tally_entry {
	int64_t counts[PL_TALLY_KINDS];
	char name[];
};

/* All zero is an empty tally. The caller clears it. */
struct pl_tally {
	struct pl_tally_entry **entries;   /* in order of their names */
	size_t count, size;
	bool folded;                       /* set by the caller: names compare without regard to ASCII case */
	bool full;                         /* there was a name more than it holds: that one is not counted */
	bool failed;                       /* an allocation has failed */
};

/* The entry of that name, made if it is not there; NULL if the tally is full or has failed. */
struct pl_tally_entry *pl_tally_entry(struct pl_tally *t, const char *name);

void pl_tally_add(struct pl_tally *t, const char *name, int kind, int64_t amount);
void pl_tally_clear(struct pl_tally *t);

/*
 * The entries with the greatest sums of the kinds whose bits are set in `kinds`, the greatest first,
 * equal ones by name; none whose sum is 0. They are the tally's. Without memory none, and t->failed.
 */
enum { PL_TOP_MAX = 15 };
struct pl_top {
	const struct pl_tally_entry *entries[PL_TOP_MAX];
	size_t shown, total;               /* how many there would be without the limit */
};
void pl_tally_top(struct pl_tally *t, unsigned kinds, struct pl_top *out);
int64_t pl_tally_sum(const struct pl_tally_entry *e, unsigned kinds);

#endif
