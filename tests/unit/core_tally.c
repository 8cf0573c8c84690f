/* core_tally.c - names are counted once each, the top is in order, and memory has a bound */

#include "pamlite/tally.h"

#include "unit.h"

enum { RED, GREEN };

static void
test_order(void)
{
	struct pl_tally t = { 0 };
	struct pl_top top;

	pl_tally_top(&t, 1U << RED, &top);
	CHECK(top.shown == 0 && top.total == 0);
	pl_tally_add(&t, "bob", RED, 2);
	pl_tally_add(&t, "dave", RED, 5);
	pl_tally_add(&t, "alice", RED, 1);
	pl_tally_add(&t, "alice", RED, 1);
	pl_tally_add(&t, "Alice", GREEN, 4);
	pl_tally_add(&t, "", GREEN, 1);
	CHECK_INT(t.count, 5);
	pl_tally_top(&t, 1U << RED, &top);
	CHECK_INT(top.total, 3);
	CHECK_STR(top.entries[0]->name, "dave");
	CHECK_STR(top.entries[1]->name, "alice");
	CHECK_STR(top.entries[2]->name, "bob");
	pl_tally_add(&t, "bob", GREEN, 9);
	pl_tally_top(&t, 1U << RED | 1U << GREEN, &top);
	CHECK_INT(top.total, 5);
	CHECK_STR(top.entries[0]->name, "bob");
	CHECK_INT(pl_tally_sum(top.entries[0], 1U << RED | 1U << GREEN), 11);
	CHECK_INT(pl_tally_sum(top.entries[0], 1U << GREEN), 9);
	pl_tally_clear(&t);
	CHECK(t.entries == NULL && t.count == 0);
}

static void
test_folded(void)
{
	struct pl_tally t = { .folded = true };
	struct pl_top top;

	pl_tally_add(&t, "Linux\\touch", RED, 1);
	pl_tally_add(&t, "linux\\Touch", RED, 1);
	pl_tally_top(&t, 1U << RED, &top);
	CHECK_INT(top.total, 1);
	CHECK_STR(top.entries[0]->name, "Linux\\touch");
	CHECK_INT(top.entries[0]->counts[RED], 2);
	pl_tally_clear(&t);
}

static void
test_bounds(void)
{
	struct pl_tally t = { 0 };
	struct pl_top top;
	char name[16];
	int i;

	for (i = 0; i < PL_TALLY_NAMES_MAX + 5; i++) {
		snprintf(name, sizeof(name), "u%05d", i * 7919 % 20011);
		pl_tally_add(&t, name, RED, 1);
		CHECK(t.full == (i >= PL_TALLY_NAMES_MAX));
	}
	CHECK_INT(t.count, PL_TALLY_NAMES_MAX);
	CHECK(pl_tally_entry(&t, "another") == NULL && !t.failed);
	pl_tally_add(&t, "u00000", RED, 3);
	pl_tally_top(&t, 1U << RED, &top);
	CHECK_INT(top.total, PL_TALLY_NAMES_MAX);
	CHECK_INT(top.shown, PL_TOP_MAX);
	CHECK_STR(top.entries[0]->name, "u00000");
	for (i = 1; i + 1 < PL_TOP_MAX; i++)
		CHECK(strcmp(top.entries[i]->name, top.entries[i + 1]->name) < 0);
	pl_tally_clear(&t);
}

int
main(void)
{
	test_order();
	test_folded();
	test_bounds();
	return unit_end();
}
