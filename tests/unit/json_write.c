/* json_write.c - rows, failures, warnings and trees as JSON that hides nothing and is read again */

#include <stdlib.h>

#include "unit.h"

#include "pamlite/json.h"

#include "output_sample.h"

static struct pl_ctx ctx;

/* What is printed must be strict JSON whatever stands in the text. */
static void
check_json(const struct pl_buf *b, const char *expected)
{
	const char *why;
	size_t at;

	CHECK_STR(b->text, expected);
	CHECK_INT(pl_json_check(b->text, b->len, &why, &at), PL_JSON_WHOLE);
	CHECK(!pl_buf_failed(b));
}

static void
test_text(void)
{
	static const struct { const char *text, *json; } cases[] = {
		{ "", "" }, { "a/b \"c\" \\d", "a/b \\\"c\\\" \\\\d" }, { "\x01\x1f\x7f", "\\u0001\\u001f\\u007f" },
		{ "\xc2\x9b", "\\u009b" }, { "\xe2\x80\x8e\xe2\x80\xae", "\\u200e\\u202e" },
		{ "\xef\xbb\xbf", "\\ufeff" }, { "\xf3\xa0\x81\x81", "\\udb40\\udc41" },
		{ "\xf4\x80\x80\x80", "\\udbc0\\udc00" }, { "\xc3\xa9\xf0\x9f\x98\x80", "\xc3\xa9\xf0\x9f\x98\x80" },
		{ "a\xff\xc3", "a\\ufffd\\ufffd" }, { "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd" },
	};
	const struct pl_column *columns[] = { &sample_columns[1], NULL };
	char expected[64];
	struct pl_buf b;
	size_t i;

	pl_buf_init(&b);
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sample row = { .text = strdup(cases[i].text) };

		pl_buf_reset(&b);
		snprintf(expected, sizeof expected, "{\"Text\":\"%s\"}", cases[i].json);
		CHECK_INT(pl_json_row(&ctx, columns, &row, false, &b), PL_OK);
		check_json(&b, expected);
		free(row.text);
	}
	pl_buf_clear(&b);
}

static void
test_row(void)
{
	const struct pl_column *columns[] = { &sample_columns[2], &sample_columns[4], &sample_columns[5],
		&sample_columns[6], &sample_columns[7], &sample_columns[1], NULL };
	const struct sample rows[] = {
		{ .number = INT64_MAX, .time = 0, .hours = 5400, .list = TEXT("\n"),
		    .map = TEXT("\x1b=\xe2\x80\x8b\nflag\n") },
		{ .number = PL_NULL, .time = PL_NULL, .hours = PL_NULL },
	};
	struct pl_buf b;

	pl_buf_init(&b);
	CHECK_INT(pl_json_row(&ctx, columns, &rows[0], false, &b), PL_OK);
	check_json(&b, "{\"Number\":9223372036854775807,\"TimeUtc\":\"1970-01-01T00:00:00Z\",\"DurationHours\":1.5,"
	    "\"Member\":[\"\"],\"Parameters\":{\"\\u001b\":\"\\u200b\",\"flag\":\"\"},\"Text\":null}");
	pl_buf_reset(&b);
	CHECK_INT(pl_json_row(&ctx, columns, &rows[1], false, &b), PL_OK);
	check_json(&b, "{\"Number\":null,\"TimeUtc\":null,\"DurationHours\":null,\"Member\":[],\"Parameters\":{},"
	    "\"Text\":null}");
	setenv("TZ", "XYZ-05:30", 1);
	pl_buf_reset(&b);
	CHECK_INT(pl_json_row(&ctx, &columns[1], &rows[0], true, &b), PL_OK);
	CHECK(strstr(b.text, "\"TimeUtc\":\"1970-01-01T05:30:00+05:30\"") != NULL);
	pl_buf_clear(&b);
}

static void
test_failure(void)
{
	struct pl_buf b;

	pl_buf_init(&b);
	pl_fail(&ctx, PL_ERR_NOT_PENDING, "request \"%s\" is not pending", "\x1b\xe2\x80\xae");
	pl_json_failure(&ctx.failure, &b);
	check_json(&b, "{\"Error\":{\"Id\":\"RequestNotPending\",\"Category\":\"InvalidOperation\","
	    "\"Message\":\"request \\\"\\u001b\\u202e\\\" is not pending\",\"Target\":null,\"Hint\":null}}");
	pl_target(&ctx, "id");
	pl_hint(&ctx, "look again");
	pl_buf_reset(&b);
	pl_json_failure(&ctx.failure, &b);
	CHECK(strstr(b.text, "\"Target\":\"id\",\"Hint\":\"look again\"}}") != NULL);
	pl_buf_reset(&b);
	pl_json_warning("cut at 1000\xff", &b);
	check_json(&b, "{\"Warning\":\"cut at 1000\\ufffd\"}");
	pl_buf_clear(&b);
}

static void
test_tree(void)
{
	struct pl_json_writer *w = pl_json_writer_new();
	struct pl_buf b;

	pl_buf_init(&b);
	pl_json_open_object(w, NULL);
	pl_json_add_text(w, "Name", "a\xe2\x80\xae\t");
	pl_json_add_text(w, "None", NULL);
	pl_json_add_int(w, "Count", 9007199254740993);
	pl_json_add_bool(w, "Flag", true);
	pl_json_open_array(w, "List");
	pl_json_add_text(w, NULL, "x");
	pl_json_open_object(w, NULL);
	pl_json_close(w);
	pl_json_close(w);
	pl_json_close(w);
	CHECK(pl_json_writer_end(w, &b));
	check_json(&b,
	    "{\n"
	    "\t\"Name\":\t\"a\\u202e\\t\",\n"
	    "\t\"None\":\tnull,\n"
	    "\t\"Count\":\t9007199254740993,\n"
	    "\t\"Flag\":\ttrue,\n"
	    "\t\"List\":\t[\"x\", {\n"
	    "\t\t}]\n"
	    "}");
	pl_buf_clear(&b);
}

/* Wrong use is told at the end, once, and leaks nothing. */
static void
test_tree_misused(void)
{
	struct pl_json_writer *w;
	struct pl_buf b;
	int i;

	pl_buf_init(&b);
	CHECK(!pl_json_writer_end(pl_json_writer_new(), &b));
	CHECK(!pl_json_writer_end(NULL, &b));
	pl_json_open_object(NULL, NULL);
	pl_json_add_bool(NULL, "x", true);
	pl_json_close(NULL);

	w = pl_json_writer_new();
	pl_json_open_object(w, NULL);
	CHECK(!pl_json_writer_end(w, &b));

	w = pl_json_writer_new();
	pl_json_open_object(w, NULL);
	pl_json_add_text(w, NULL, "without a name");
	pl_json_add_text(w, "a", "too late");
	pl_json_close(w);
	CHECK(!pl_json_writer_end(w, &b));

	w = pl_json_writer_new();
	for (i = 0; i <= PL_JSON_DEPTH_MAX; i++)
		pl_json_open_array(w, NULL);
	for (i = 0; i <= PL_JSON_DEPTH_MAX; i++)
		pl_json_close(w);
	CHECK(!pl_json_writer_end(w, &b));
	CHECK_STR(b.text, "");
	pl_buf_clear(&b);
}

int
main(void)
{
	pl_ctx_init(&ctx);
	test_text();
	test_row();
	test_failure();
	test_tree();
	test_tree_misused();
	pl_ctx_clear(&ctx);
	return unit_end();
}
