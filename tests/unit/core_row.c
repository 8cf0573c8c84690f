/* core_row.c - tests of rows: emptied, freed, found by column */

#include "pamlite/clock.h"
#include "pamlite/row.h"

#include "unit.h"

struct thing {
	char *id;
	char *members;
	char *map;
	int64_t number, at, hours;
	bool live;
	int beside;
};

static const struct pl_column columns[] = {
	PL_COLUMN(struct thing, "Identity", TEXT, id, NULL, PL_COL_TABLE | PL_COL_ID, NULL),
	PL_COLUMN(struct thing, "Alias", TEXT, id, NULL, 0, NULL),
	PL_COLUMN(struct thing, "Member", LIST, members, NULL, 0, NULL),
	PL_COLUMN(struct thing, "Parameters", MAP, map, NULL, 0, NULL),
	PL_COLUMN(struct thing, "Number", INT, number, NULL, 0, NULL),
	PL_COLUMN(struct thing, "At", TIME, at, NULL, 0, NULL),
	PL_COLUMN(struct thing, "DurationHours", HOURS, hours, NULL, 0, NULL),
	PL_COLUMN(struct thing, "Live", BOOL, live, NULL, 0, NULL),
	{ 0 }
};

static const struct pl_noun noun = { .name = "Thing", .columns = columns, .row_size = sizeof(struct thing) };

static void
check_empty(const struct thing *t)
{
	CHECK(t->id == NULL && t->members == NULL && t->map == NULL);
	CHECK(t->number == PL_NULL && t->at == PL_NULL && t->hours == PL_NULL);
	CHECK(!t->live);
}

int
main(void)
{
	const struct pl_column *id = pl_column_id(&noun);
	struct thing t;

	memset(&t, 0x5a, sizeof(t));
	pl_row_init(&noun, &t);
	check_empty(&t);
	CHECK_INT(t.beside, 0);
	t = (struct thing){ .id = strdup("a"), .members = strdup("b\n"), .map = strdup("c=d\n"), .number = 1,
		.live = true, .beside = 2 };
	CHECK_STR(pl_row_text(id, &t), "a");
	CHECK_INT(pl_row_int(pl_column_find(&noun, "number"), &t), 1);
	CHECK(pl_row_bool(pl_column_find(&noun, "LIVE"), &t));
	pl_row_clear(&noun, &t);
	check_empty(&t);
	CHECK_INT(t.beside, 2);
	pl_row_clear(&noun, &t);
	CHECK(id == &columns[0]);
	CHECK(pl_column_find(&noun, "identity") == &columns[0]);
	CHECK(pl_column_find(&noun, "Identit") == NULL);
	CHECK(pl_column_find(&noun, "") == NULL);
	return unit_end();
}
