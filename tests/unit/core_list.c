/* core_list.c - tests of lists and maps as strings */

#include <stdlib.h>

#include "pamlite/list.h"

#include "unit.h"

/* The elements of `list`, each in brackets. */
static const struct {
	const char *list, *elements;
	int count;
} lists[] = {
	{ NULL, "", 0 },
	{ "", "", 0 },
	{ "\n", "[]", 1 },
	{ "alice\n", "[alice]", 1 },
	{ "alice\nbob\n", "[alice][bob]", 2 },
	{ "alice\n\nbob\n", "[alice][][bob]", 3 },
	{ "alice\nbob", "[alice][bob]", 2 },
};

static void
test_lists(void)
{
	struct pl_buf b;

	pl_buf_init(&b);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const char *at = lists[i].list;
		struct pl_item it;

		pl_buf_reset(&b);
		while (pl_list_next(&at, &it))
			pl_buf_printf(&b, "[%.*s]", (int)it.len, it.text);
		CHECK_STR(b.text, lists[i].elements);
		CHECK(!pl_list_next(&at, &it));
		CHECK_INT(it.len, 0);
		CHECK_INT(pl_list_count(lists[i].list), lists[i].count);
	}
	pl_buf_reset(&b);
	pl_list_add(&b, "a");
	pl_list_add(&b, "");
	pl_list_add(&b, "b c");
	CHECK_STR(b.text, "a\n\nb c\n");
	pl_buf_clear(&b);
}

static void
test_has(void)
{
	CHECK(pl_list_has("alice\nbob\n", "bob"));
	CHECK(!pl_list_has("alice\nbob\n", "Bob"));
	CHECK(!pl_list_has("alice\nbob\n", "bo"));
	CHECK(!pl_list_has("alice\nbob\n", "bobb"));
	CHECK(!pl_list_has("alice\nbob\n", ""));
	CHECK(pl_list_has("alice\n\n", ""));
	CHECK(!pl_list_has(NULL, "bob"));
}

static void
test_items(void)
{
	struct pl_item it = { .text = "Name=a=b", .len = 8 }, name, value;
	char *copy;

	CHECK(pl_item_is(&it, "Name=a=b"));
	CHECK(!pl_item_is(&it, "name=a=b"));
	CHECK(pl_item_is_nocase(&it, "nAME=A=B"));
	CHECK(!pl_item_is_nocase(&it, "nAME=A="));
	CHECK(pl_item_split(&it, &name, &value));
	CHECK(pl_item_is(&name, "Name"));
	CHECK(pl_item_is(&value, "a=b"));
	copy = pl_item_dup(&name);
	CHECK_STR(copy, "Name");
	free(copy);
	it = (struct pl_item){ .text = "plain", .len = 5 };
	CHECK(!pl_item_split(&it, &name, &value));
	CHECK(pl_item_is(&name, "plain"));
	CHECK(pl_item_is(&value, ""));
	it = (struct pl_item){ .text = "=", .len = 1 };
	CHECK(pl_item_split(&it, &name, &value));
	CHECK(pl_item_is(&name, ""));
	CHECK(pl_item_is(&value, ""));
}

static void
test_maps(void)
{
	const char *map = "a=1\nab=2\nplain\nempty=\n";
	struct pl_item value;

	CHECK(pl_map_get(map, "a", &value) && pl_item_is(&value, "1"));
	CHECK(pl_map_get(map, "ab", &value) && pl_item_is(&value, "2"));
	CHECK(pl_map_get(map, "empty", &value) && pl_item_is(&value, ""));
	CHECK(!pl_map_get(map, "plain", &value));
	CHECK_INT(value.len, 0);
	CHECK(!pl_map_get(map, "A", &value));
	CHECK(!pl_map_get(NULL, "a", &value));
}

int
main(void)
{
	test_lists();
	test_has();
	test_items();
	test_maps();
	return unit_end();
}
