/* output_stream.c - what becomes of writing: a reader that leaves, a full disk, a flush, much data */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "unit.h"

#include "output_sample.h"

static struct pl_ctx ctx;

static const struct sample row = { TEXT("one"), TEXT("plain"), 1, true, PL_NULL, PL_NULL, NULL, NULL };

static const enum pl_format all[] = {
	PL_FORMAT_AUTO, PL_FORMAT_TABLE, PL_FORMAT_LIST, PL_FORMAT_JSON, PL_FORMAT_JSON_LINES, PL_FORMAT_CSV,
	PL_FORMAT_VALUE, PL_FORMAT_ID,
};

static struct pl_out *
open_stream(enum pl_format format, int fd)
{
	struct pl_out_options options = { .format = format, .fd = fd };
	struct pl_out *out;

	CHECK_INT(pl_out_open(&out, &ctx, &sample_noun, &options), PL_OK);
	return out;
}

static void
test_nobody(void)
{
	CHECK_INT(pl_out_row(NULL, &row), PL_OK);
	CHECK_INT(pl_out_row_fn(NULL, &row), PL_OK);
	CHECK_INT(pl_out_close(NULL), PL_OK);
	pl_out_flush(NULL);
}

/* Rows end with a status and without a message; the end is no failure. */
static void
test_reader_left(void)
{
	struct pl_out *out;
	int ends[2];
	size_t i;

	CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	for (i = 0; i < sizeof all / sizeof all[0]; i++) {
		out = open_stream(all[i], ends[1]);
		CHECK_INT(pl_out_row(out, &row), all[i] == PL_FORMAT_JSON_LINES ? PL_E_IO : PL_OK);
		pl_out_flush(out);
		CHECK_INT(pl_out_row(out, &row),
		    all[i] == PL_FORMAT_AUTO || all[i] == PL_FORMAT_TABLE ? PL_OK : PL_E_IO);
		CHECK_INT(pl_out_close(out), PL_OK);
		CHECK_INT(ctx.failure.error, PL_ERR_NONE);
	}
	close(ends[1]);
}

static void
test_full(void)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct pl_out *out;
	size_t i;

	for (i = 0; i < sizeof all / sizeof all[0]; i++) {
		out = open_stream(all[i], fd);
		pl_out_row(out, &row);
		pl_out_row(out, &row);
		pl_ctx_forgive(&ctx);
		CHECK_INT(pl_out_close(out), PL_E_IO);
		CHECK_INT(ctx.failure.error, PL_ERR_OUTPUT_FAILED);
		CHECK_STR(ctx.failure.message, "the output cannot be written: No space left on device");
		pl_ctx_forgive(&ctx);
	}
	/* Told once, and at the end again. */
	out = open_stream(PL_FORMAT_JSON_LINES, fd);
	CHECK_INT(pl_out_row(out, &row), PL_E_IO);
	CHECK_INT(ctx.failure.error, PL_ERR_OUTPUT_FAILED);
	pl_ctx_forgive(&ctx);
	CHECK_INT(pl_out_row(out, &row), PL_E_IO);
	CHECK_INT(ctx.failure.error, PL_ERR_NONE);
	CHECK_INT(pl_out_close(out), PL_E_IO);
	CHECK_INT(ctx.failure.error, PL_ERR_OUTPUT_FAILED);
	pl_ctx_forgive(&ctx);
	close(fd);
}

/* What has arrived after one object, and after a flush. */
static void
test_flush(void)
{
	static const struct { enum pl_format format; bool at_once, flushed; } cases[] = {
		{ PL_FORMAT_JSON_LINES, true, true }, { PL_FORMAT_VALUE, false, true }, { PL_FORMAT_ID, false, true },
		{ PL_FORMAT_CSV, false, true }, { PL_FORMAT_LIST, false, true }, { PL_FORMAT_TABLE, false, false },
		{ PL_FORMAT_AUTO, false, false },
	};
	struct pl_out *out;
	size_t i;
	int fd;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fd = memfd_create("output", MFD_CLOEXEC);
		out = open_stream(cases[i].format, fd);
		pl_out_row(out, &row);
		CHECK_INT(lseek(fd, 0, SEEK_END) > 0, cases[i].at_once);
		pl_out_flush(out);
		CHECK_INT(lseek(fd, 0, SEEK_END) > 0, cases[i].flushed);
		CHECK_INT(pl_out_close(out), PL_OK);
		CHECK(lseek(fd, 0, SEEK_END) > 0);
		close(fd);
	}
}

/* Objects below, at and above the size of the writer's buffer arrive whole and in order. */
static void
test_much(void)
{
	static const size_t sizes[] = { 1, 65535, 65536, 65537, 3, 200000, 40000, 40000 };
	struct sample rows[sizeof sizes / sizeof sizes[0]] = { 0 };
	char *got, *at;
	size_t i, n;

	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		rows[i].id = malloc(sizes[i] + 1);
		memset(rows[i].id, 'a' + (int)i, sizes[i]);
		rows[i].id[sizes[i]] = '\0';
	}
	got = at = sample_print(&ctx, &sample_noun, PL_FORMAT_ID, NULL, rows, i);
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		n = at != NULL ? strspn(at, (char[]){ (char)('a' + (int)i), '\0' }) : 0;
		CHECK_INT(n, sizes[i]);
		at = at != NULL && at[n] == '\n' ? at + n + 1 : NULL;
		free(rows[i].id);
	}
	CHECK_STR(at, "");
	free(got);
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	pl_ctx_init(&ctx);
	test_nobody();
	test_reader_left();
	test_full();
	test_flush();
	test_much();
	pl_ctx_clear(&ctx);
	return unit_end();
}
