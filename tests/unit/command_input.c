/* command_input.c - objects on a stream: what is taken for one, what is reported, where reading goes on */

#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/json.h"

#include "command/bind/input.h"

#include "command_sample.h"

/* Everything a stream gives, one line an item: "line 1 O {...}" for objects, V for values, B for bad ones. */
static void
read_stream(int fd, struct pl_buf *out)
{
	struct pl_input in;
	struct pl_input_item item;
	enum pl_input_result r;
	struct pl_ctx ctx;
	int n = 0;

	pl_ctx_init(&ctx);
	CHECK_INT(pl_input_open(&ctx, &in, fd), PL_OK);
	while ((r = pl_input_next(&ctx, &in, &item)) != PL_INPUT_END && n++ < 100000) {
		pl_buf_printf(out, "%s %zu ", item.unit, item.number);
		if (r == PL_INPUT_OBJECT)
			pl_buf_printf(out, "O %.*s\n", item.len < 200 ? (int)item.len : 200, item.text);
		else if (r == PL_INPUT_VALUE)
			pl_buf_printf(out, "V %s\n", item.text);
		else
			pl_buf_printf(out, "B %s\n", ctx.failure.message);
		if (r == PL_INPUT_FAILED)
			break;
	}
	pl_input_close(&in);
	pl_ctx_clear(&ctx);
}

/* The stream comes through a pipe in pieces of `piece` bytes. */
static void
read_text(const char *text, size_t len, size_t piece, struct pl_buf *out)
{
	int ends[2];
	pid_t child;

	CHECK(pipe(ends) == 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		while (len > 0) {
			ssize_t n = write(ends[1], text, len < piece ? len : piece);

			if (n < 0)
				_exit(1);
			text += n;
			len -= (size_t)n;
		}
		_exit(0);
	}
	close(ends[1]);
	read_stream(ends[0], out);
	close(ends[0]);
	waitpid(child, NULL, 0);
}

static const struct {
	const char *text, *items;
} cases[] = {
	{ "", "" },
	{ " \n\t\r\n", "" },
	/* plain values */
	{ "a\nb\n", "line 1 V a\nline 2 V b\n" },
	{ "a\n\n  b c \r\n\nd", "line 1 V a\nline 3 V b c\nline 5 V d\n" },
	{ "\n\na", "line 3 V a\n" },
	/* objects one after the other */
	{ "{\"a\":1}", "line 1 O {\"a\":1}\n" },
	{ "{\"a\":1}\n{\"a\":2}\n", "line 1 O {\"a\":1}\n\nline 2 O {\"a\":2}\n\n" },
	{ "\n {\"a\":1}\n\n {\"a\":2}\n", "line 2 O {\"a\":1}\n\nline 4 O  {\"a\":2}\n\n" },
	{ "{\n \"a\": {\n  \"b\": [1,\n  2]\n }\n}\n{}\n",
	    "line 1 O {\n \"a\": {\n  \"b\": [1,\n  2]\n }\n}\n\nline 7 O {}\n\n" },
	{ "{\"a\":\"}\"\n}\n", "line 1 O {\"a\":\"}\"\n}\n\n" },
	{ "{\"a\":\"\\\"{\"}\n{}\n", "line 1 O {\"a\":\"\\\"{\"}\n\nline 2 O {}\n\n" },
	/* bad ones, and where reading goes on */
	{ "{\"a\":1} x\n{}\n", "line 1 B *\nline 2 O {}\n\n" },
	{ "{\"a\":1}\nxyz\nabc\n{}\n", "line 1 O {\"a\":1}\n\nline 2 B this is not a JSON object\nline 4 O {}\n\n" },
	{ "{\"a\":1\n{\"a\":2}\n{\"a\":3}\n", "line 1 B *\nline 2 O {\"a\":2}\n\nline 3 O {\"a\":3}\n\n" },
	{ "{\"a\":\"x}\n{\"a\":2}\n", "line 1 B *\nline 2 O {\"a\":2}\n\n" },
	{ "{\n \"a\": [\n  { \"Identity\": \"1\" },\n  { \"Identity\": \"2\" }\n ] x\n}\n{\"a\":2}\n",
	    "line 1 B *\nline 7 O {\"a\":2}\n\n" },
	{ "{\n \"a\": x,\n \"b\":\n  {\"c\":1}\n}\n", "line 1 B *\n" },
	{ "{\"a\":", "line 1 B the object is not complete\n" },
	{ "{\"a\":1,\"a\":2}\n{}", "line 1 B *\nline 2 O {}\n" },
	{ "{\"a\":\"\\u0000\"}\n", "line 1 B *\n" },
	{ "{\"a\":1e400}\n", "line 1 B *\n" },
	{ "{}}\n{}\n", "line 1 B *\nline 2 O {}\n\n" },
	/* what makes the whole stream bad */
	{ "\xef\xbb\xbf{\"a\":1}\n{}\n", "line 1 B standard input begins with a byte-order mark\n" },
	/* arrays */
	{ "[]", "" },
	{ " [ ] \n", "" },
	{ "[{\"a\":1},{\"a\":2}]\n", "object 1 O {\"a\":1}\nobject 2 O {\"a\":2}\n" },
	{ "[\n {\n  \"a\": \"],[\"\n }\n ,\n {}\n]\n", "object 1 O {\n  \"a\": \"],[\"\n }\nobject 2 O {}\n" },
	{ "[{},]", "object 1 O {}\nobject 2 B the element is not a JSON object\n" },
	{ "[,{}]", "object 1 B the element is not a JSON object\nobject 2 O {}\n" },
	{ "[1,{},\"x,y\",[2,3]]",
	    "object 1 B the element is not a JSON object\nobject 2 O {}\nobject 3 B the element is not a JSON object\n"
	    "object 4 B the element is not a JSON object\n" },
	{ "[{} {},{}]", "object 1 O {}\nobject 2 B a comma is missing before this\nobject 3 O {}\n" },
	{ "[{}", "object 1 O {}\nobject 2 B the array is not closed\n" },
	{ "[{},", "object 1 O {}\nobject 2 B the array is not closed\n" },
	{ "[", "object 1 B the array is not closed\n" },
	{ "[{\"a\"", "object 1 B the object is not complete\n" },
	{ "[{}] x", "object 1 O {}\nobject 2 B something stands after the array\n" },
	{ "[{}][{}]", "object 1 O {}\nobject 2 B something stands after the array\n" },
};

/* Equal, where a line of `expected` that ends in '*' stands for any rest of the line. */
static int
is_like(const char *got, const char *expected)
{
	while (*expected != '\0') {
		if (*expected == '*' && expected[1] == '\n') {
			got += strcspn(got, "\n");
			expected++;
		} else if (*got++ != *expected++) {
			return 0;
		}
	}
	return *got == '\0';
}

static void
test_cases(size_t piece)
{
	struct pl_buf out;
	size_t i;

	pl_buf_init(&out);
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pl_buf_reset(&out);
		read_text(cases[i].text, strlen(cases[i].text), piece, &out);
		if (is_like(out.text, cases[i].items))
			unit_passed++;
		else
			CHECK_STR(out.text, cases[i].items);
	}
	pl_buf_clear(&out);
}

static void
add_repeated(struct pl_buf *b, const char *text, size_t n)
{
	while (n-- > 0)
		pl_buf_text(b, text);
}

/* Sizes: an object as large as allowed, a larger one, and what comes after it. */
static void
test_sizes(void)
{
	const char *const large = "the object is larger than 1 MiB\n";
	struct pl_buf text, out;

	pl_buf_init(&text);
	pl_buf_init(&out);
	pl_buf_text(&text, "{\"a\":\"");
	add_repeated(&text, "x", PL_JSON_OBJECT_MAX - 8);
	pl_buf_text(&text, "\"}\n{}\n");
	read_text(text.text, text.len, 65536, &out);
	CHECK(strncmp(out.text, "line 1 O ", 9) == 0);
	CHECK(strstr(out.text, "\nline 2 O {}\n\n") != NULL);

	pl_buf_reset(&out);
	pl_buf_reset(&text);
	pl_buf_text(&text, "{\"a\":\"");
	add_repeated(&text, "x", 10 * PL_JSON_OBJECT_MAX);
	pl_buf_text(&text, "\"}\n{}\n");
	read_text(text.text, text.len, 65536, &out);
	CHECK(strncmp(out.text, "line 1 B ", 9) == 0);
	CHECK_STR(strchr(out.text, 't'), "the object is larger than 1 MiB\nline 2 O {}\n\n");

	pl_buf_reset(&out);
	pl_buf_reset(&text);
	pl_buf_text(&text, "{\"a\":[\n");
	add_repeated(&text, "  1,\n", 300000);
	pl_buf_text(&text, "  1]}\n{}\n");
	read_text(text.text, text.len, 65536, &out);
	CHECK(strstr(out.text, large) != NULL);
	CHECK(strstr(out.text, "\nline 300003 O {}\n\n") != NULL);

	pl_buf_reset(&out);
	pl_buf_reset(&text);
	pl_buf_text(&text, "[{\"a\":\"");
	add_repeated(&text, "x", 3 * PL_JSON_OBJECT_MAX);
	pl_buf_text(&text, "\"},{}]");
	read_text(text.text, text.len, 65536, &out);
	CHECK_STR(out.text, "object 1 B the object is larger than 1 MiB\nobject 2 O {}\n");
	pl_buf_clear(&text);
	pl_buf_clear(&out);
}

/* Streams made to be slow: many lines of one object, openings without end, bad lines without end. */
static void
test_cost(void)
{
	static const struct {
		const char *head, *line;
		size_t n;
	} streams[] = {
		{ "{\"a\":[\n", "{},\n", 30000 }, { "", "{\"a\":\n", 20000 }, { "{\n", "{\n", 30000 },
		{ "{}\n", "x\n", 50000 },
	};
	struct pl_buf text, out;
	size_t i;

	pl_buf_init(&text);
	pl_buf_init(&out);
	for (i = 0; i < sizeof streams / sizeof streams[0]; i++) {
		pl_buf_reset(&text);
		pl_buf_reset(&out);
		pl_buf_text(&text, streams[i].head);
		add_repeated(&text, streams[i].line, streams[i].n);
		alarm(60);
		read_text(text.text, text.len, 65536, &out);
		alarm(0);
		CHECK(out.len > 0);
	}
	pl_buf_clear(&text);
	pl_buf_clear(&out);
}

/* An object is given out before the next one is sent: the answer to one may be what the next depends on. */
static void
test_does_not_wait(void)
{
	static const char *const texts[] = { "{\"a\":1}\n", "[{\"a\":1}", "id\n" };
	size_t i;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct pl_input_item item;
		struct pl_input in;
		struct pl_ctx ctx;
		int ends[2];

		CHECK(pipe(ends) == 0);
		CHECK(write(ends[1], texts[i], strlen(texts[i])) > 0);
		pl_ctx_init(&ctx);
		CHECK_INT(pl_input_open(&ctx, &in, ends[0]), PL_OK);
		alarm(20);
		CHECK(pl_input_next(&ctx, &in, &item) != PL_INPUT_END);
		alarm(0);
		pl_input_close(&in);
		pl_ctx_clear(&ctx);
		close(ends[0]);
		close(ends[1]);
	}
}

static void
test_faults(void)
{
	struct pl_buf out;

	pl_buf_init(&out);
	read_text("a\nb\0c\nd\n", 8, 100, &out);
	CHECK_STR(out.text, "line 1 V a\nline 2 B the line is too long or holds a NUL\nline 3 V d\n");
	pl_buf_reset(&out);
	read_stream(-1, &out);
	CHECK_STR(out.text, "line 1 B standard input cannot be read: Bad file descriptor\n");
	pl_buf_clear(&out);
}

int
main(void)
{
	test_cases(65536);
	test_cases(7);
	test_sizes();
	test_cost();
	test_does_not_wait();
	test_faults();
	return unit_end();
}
