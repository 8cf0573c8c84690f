/* run_recorder.c - tests of the recorder: whole lines of valid JSON, whatever the bytes, the bound and the disk */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pamlite/json.h"
#include "pamlite/recorder.h"

#include "unit.h"

enum { TEXT_SIZE = 1 << 20 };

static char text[TEXT_SIZE + 1];
static struct pl_recorder r;

static int
begin(int64_t max)
{
	const struct pl_recorder_spec spec = { .fd = memfd_create("recording", MFD_CLOEXEC), .max = max, .width = 80,
		.height = 24, .title = "L\\\"x\"", .term = "screen", .shell = "/bin/bash" };

	CHECK(pl_recorder_open(&r, &spec));
	return dup(r.fd);
}

/* The lines behind the header, without their times; every line is JSON, and the digest is the file's. */
static const char *
end(int fd, bool whole)
{
	static char events[TEXT_SIZE + 1];
	char digest[PL_DIGEST_LEN + 1], of_file[PL_DIGEST_LEN + 1], *line, *newline;
	ssize_t n;
	size_t at;
	const char *why;

	CHECK(pl_recorder_end(&r, digest) == whole);
	CHECK_INT(r.fd, -1);
	CHECK(pl_digest_fd(fd, of_file) == PL_OK);
	CHECK_STR(digest, of_file);
	n = pread(fd, text, TEXT_SIZE, 0);
	text[n > 0 ? n : 0] = '\0';
	close(fd);
	events[0] = '\0';
	for (line = text; *line != '\0'; line = newline + 1) {
		newline = strchr(line, '\n');
		CHECK(newline != NULL);
		if (newline == NULL)
			break;
		CHECK(pl_json_check(line, (size_t)(newline - line), &why, &at) == PL_JSON_WHOLE);
		if (line[0] == '[')
			strncat(events, strchr(line, ',') + 2, (size_t)(newline - strchr(line, ',')) - 1);
	}
	return events;
}

static void
put(const char *bytes)
{
	pl_recorder_output(&r, bytes, strlen(bytes));
}

static void
test_header(void)
{
	static const char head[] = "{\"version\": 2, \"width\": 80, \"height\": 24, \"timestamp\": ",
	    tail[] = ", \"title\": \"L\\\\\\\"x\\\"\", \"env\": {\"TERM\": \"screen\", \"SHELL\": \"/bin/bash\"}}\n";

	CHECK_STR(end(begin(PL_RECORDER_MIN), true), "");
	CHECK(strncmp(text, head, sizeof head - 1) == 0);
	CHECK_STR(strstr(text, ", \"title\""), tail);
}

static void
test_events(void)
{
	int fd = begin(1 << 20);

	pl_recorder_begin(&r);
	put("a\r\n");
	pl_recorder_input(&r, "q", 1);
	pl_recorder_resize(&r, 80, 24);
	pl_recorder_resize(&r, 0, 0);
	pl_recorder_resize(&r, 132, 50);
	put("\033[1m\"\\\xe2\x80\xae");
	CHECK_STR(end(fd, true), "\"o\", \"a\\u000d\\u000a\"]\n\"i\", \"q\"]\n\"r\", \"132x50\"]\n"
	    "\"o\", \"\\u001b[1m\\\"\\\\\\u202e\"]\n");
	CHECK(strncmp(strchr(text, '\n'), "\n[0.0", 5) == 0);
}

/* Read in pieces, and what that is in the end. */
static const struct {
	const char *pieces[5];
	const char *expected;
} splits[] = {
	{ { "a\xc3", "\xbc" "b" }, "\"o\", \"a\"]\n\"o\", \"\u00fc" "b\"]\n" },
	{ { "\xe2", "\x82", "\xac" }, "\"o\", \"\u20ac\"]\n" },
	{ { "\xf0\x9f", "\x98\x80" }, "\"o\", \"\U0001f600\"]\n" },
	{ { "\xf0", "\x9f", "\x98", "\x80!" }, "\"o\", \"\U0001f600!\"]\n" },
	{ { "\xc3", "x" }, "\"o\", \"\\ufffdx\"]\n" },
	{ { "a\xff\xfe" }, "\"o\", \"a\\ufffd\\ufffd\"]\n" },
	{ { "\x80\x80\x80\x80" }, "\"o\", \"\\ufffd\\ufffd\\ufffd\\ufffd\"]\n" },
	{ { "a\xe2\x82" }, "\"o\", \"a\"]\n\"o\", \"\\ufffd\\ufffd\"]\n" },
	{ { "\xed\xa0\x80" }, "\"o\", \"\\ufffd\\ufffd\\ufffd\"]\n" },
};

static void
test_characters(void)
{
	size_t i, j;
	int fd;

	for (i = 0; i < sizeof splits / sizeof splits[0]; i++) {
		fd = begin(1 << 20);
		for (j = 0; splits[i].pieces[j] != NULL; j++)
			put(splits[i].pieces[j]);
		CHECK_STR(end(fd, true), splits[i].expected);
	}
}

/* What is typed and what is shown do not complete each other. */
static void
test_two_ways(void)
{
	int fd = begin(1 << 20);

	put("\xc3");
	pl_recorder_input(&r, "\xbc", 1);
	put("\xa4");
	CHECK_STR(end(fd, true), "\"i\", \"\\ufffd\"]\n\"o\", \"\u00e4\"]\n");
}

static void
test_bound(void)
{
	char line[200];
	int fd = begin(0), i;

	CHECK_INT(r.max, PL_RECORDER_MIN);
	memset(line, 'x', sizeof line);
	for (i = 0; i < 100; i++)
		pl_recorder_output(&r, line, sizeof line);
	CHECK(r.cut);
	CHECK_INT(r.error, 0);
	pl_recorder_resize(&r, 1, 1);
	CHECK(strstr(end(fd, true), "x\"]\n\"m\", \"" PL_RECORDER_CUT "\"]\n") != NULL);
	CHECK(strlen(text) <= PL_RECORDER_MIN);
	CHECK(strlen(text) > PL_RECORDER_MIN - 500);
	CHECK(strstr(strstr(text, "\"m\""), "\n")[1] == '\0');
}

/* The kernel takes a part of a line, and then no more: the part is taken back. */
static void
test_full_disk(void)
{
	const struct rlimit little = { 3000, RLIM_INFINITY }, no_limit = { RLIM_INFINITY, RLIM_INFINITY };
	char line[1000], path[] = "recording.XXXXXX";
	struct pl_recorder_spec spec = { .fd = mkstemp(path), .max = 1 << 20, .width = 80, .height = 24, .title = "",
		.term = "", .shell = "" };
	int fd, i;

	unlink(path);
	fd = dup(spec.fd);
	memset(line, 'x', sizeof line);
	CHECK(pl_recorder_open(&r, &spec));
	CHECK(setrlimit(RLIMIT_FSIZE, &little) == 0);
	for (i = 0; i < 5; i++)
		pl_recorder_output(&r, line, sizeof line);
	CHECK(setrlimit(RLIMIT_FSIZE, &no_limit) == 0);
	CHECK_INT(r.error, EFBIG);
	put("later");
	CHECK(strstr(end(fd, false), "later") == NULL);
	CHECK(strlen(text) > 2000 && strlen(text) < 3000);
}

static void
test_no_file(void)
{
	struct pl_recorder_spec spec = { .fd = open("/dev/full", O_WRONLY), .max = 1 << 20, .title = "", .term = "",
		.shell = "" };
	char digest[PL_DIGEST_LEN + 1];

	CHECK(!pl_recorder_open(&r, &spec));
	CHECK_INT(errno, ENOSPC);
	CHECK(!pl_recorder_end(&r, digest));
}

int
main(void)
{
	signal(SIGXFSZ, SIG_IGN);
	test_header();
	test_events();
	test_characters();
	test_two_ways();
	test_bound();
	test_full_disk();
	test_no_file();
	return unit_end();
}
