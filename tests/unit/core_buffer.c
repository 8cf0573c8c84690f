/* core_buffer.c - tests of the string builder: growth, failure, ownership */

#include <stdint.h>
#include <stdlib.h>

#include "pamlite/buffer.h"

#include "unit.h"

static void
test_empty(void)
{
	struct pl_buf b;
	char *s;

	pl_buf_init(&b);
	CHECK_STR(b.text, "");
	CHECK_INT(b.len, 0);
	pl_buf_text(&b, NULL);
	pl_buf_text(&b, "");
	pl_buf_bytes(&b, NULL, 0);
	CHECK_STR(b.text, "");
	pl_buf_reset(&b);
	CHECK_STR(b.text, "");
	s = pl_buf_take(&b);
	CHECK_STR(s, "");
	free(s);
	pl_buf_clear(&b);
	pl_buf_clear(&b);
	pl_buf_clear(NULL);
}

static void
test_growth(void)
{
	struct pl_buf b;

	pl_buf_init(&b);
	for (int i = 0; i < 100000; i++)
		pl_buf_char(&b, (char)('a' + i % 26));
	CHECK_INT(b.len, 100000);
	CHECK_INT(strlen(b.text), 100000);
	CHECK(b.text[99999] == 'a' + 99999 % 26);
	pl_buf_reset(&b);
	CHECK_STR(b.text, "");
	CHECK(b.size > 100000);
	pl_buf_bytes(&b, "a\0b", 3);
	CHECK_INT(b.len, 3);
	CHECK(memcmp(b.text, "a\0b", 4) == 0);
	pl_buf_clear(&b);
	CHECK_INT(b.size, 0);
}

/* Lengths around the room that is left: the second formatting must begin where the first did. */
static void
test_printf(void)
{
	struct pl_buf b;

	pl_buf_init(&b);
	for (int width = 0; width < 300; width++) {
		pl_buf_reset(&b);
		pl_buf_text(&b, "<");
		pl_buf_printf(&b, "%*s", width, "");
		pl_buf_printf(&b, "%d>", 7);
		CHECK_INT(b.len, width + 3);
		CHECK_STR(b.text + b.len - 2, "7>");
	}
	pl_buf_clear(&b);
}

static void
test_failure(void)
{
	struct pl_buf b;

	pl_buf_init(&b);
	pl_buf_text(&b, "before");
	pl_buf_bytes(&b, "x", SIZE_MAX / 2);
	CHECK(pl_buf_failed(&b));
	pl_buf_text(&b, "after");
	pl_buf_printf(&b, "%d", 1);
	CHECK_STR(b.text, "before");
	CHECK(pl_buf_take(&b) == NULL);
	CHECK_STR(b.text, "");
	CHECK(!pl_buf_failed(&b));
	pl_buf_bytes(&b, "x", SIZE_MAX);
	CHECK(pl_buf_failed(&b));
	pl_buf_reset(&b);
	CHECK(!pl_buf_failed(&b));
	pl_buf_text(&b, "again");
	CHECK_STR(b.text, "again");
	pl_buf_clear(&b);
}

int
main(void)
{
	test_empty();
	test_growth();
	test_printf();
	test_failure();
	return unit_end();
}
