/* output_file.c - files that are there whole or not at all, and never over another unasked */

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "pamlite/output.h"

static struct pl_ctx ctx;

static void
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static const char *
get(const char *path)
{
	static char text[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n >= 0 ? text : NULL;
}

static mode_t
mode_of(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 ? info.st_mode & 07777 : 0;
}

/* Write "new" to `name` over what is there. */
static enum pl_status
write_file(const char *name, enum pl_file_mode mode, bool keep)
{
	struct pl_file file;
	enum pl_status st;

	pl_ctx_forgive(&ctx);
	st = pl_file_open(&ctx, name, mode, &file);
	if (st != PL_OK) {
		CHECK_INT(file.fd, -1);
		CHECK_INT(pl_file_close(&ctx, &file, true), PL_OK);
		return st;
	}
	CHECK_INT(write(file.fd, "new\n", 4), 4);
	st = pl_file_close(&ctx, &file, keep);
	CHECK(file.fd == -1 && file.path == NULL && file.temporary == NULL);
	return st;
}

static void
test_modes(void)
{
	static const struct {
		enum pl_file_mode mode;
		bool exists, keep;
		enum pl_status status;
		const char *after;
	} cases[] = {
		{ PL_FILE_NEW, false, true, PL_OK, "new\n" },
		{ PL_FILE_NEW, false, false, PL_OK, NULL },
		{ PL_FILE_NEW, true, true, PL_E_EXISTS, "old\n" },
		{ PL_FILE_REPLACE, false, true, PL_OK, "new\n" },
		{ PL_FILE_REPLACE, true, true, PL_OK, "new\n" },
		{ PL_FILE_REPLACE, true, false, PL_OK, "old\n" },
		{ PL_FILE_APPEND, false, true, PL_OK, "new\n" },
		{ PL_FILE_APPEND, true, true, PL_OK, "old\nnew\n" },
		{ PL_FILE_APPEND, true, false, PL_OK, "old\n" },
	};
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unlink("file");
		if (cases[i].exists)
			put("file", "old\n");
		CHECK_INT(write_file("file", cases[i].mode, cases[i].keep), cases[i].status);
		CHECK_STR(get("file"), cases[i].after);
	}
	put("file", "old\n");
	CHECK_INT(write_file("file", PL_FILE_APPEND, true), PL_OK);
	CHECK_INT(mode_of("file"), 0640);
	CHECK_INT(write_file("file", PL_FILE_REPLACE, true), PL_OK);
	CHECK_INT(mode_of("file"), 0600);
}

/* What is there has its last line ended, and whoever continues it can tell that there was something. */
static void
test_continued(void)
{
	static const struct {
		const char *before, *after;
		bool continued;
	} cases[] = {
		{ NULL, "new\n", false },
		{ "", "new\n", false },
		{ "old", "old\nnew\n", true },
		{ "old\n", "old\nnew\n", true },
		{ "old\r\n", "old\r\nnew\n", true },
		{ "\n", "\nnew\n", true },
	};
	struct pl_file file;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		unlink("file");
		if (cases[i].before != NULL)
			put("file", cases[i].before);
		CHECK_INT(write_file("file", PL_FILE_APPEND, true), PL_OK);
		CHECK_STR(get("file"), cases[i].after);
		unlink("file");
		if (cases[i].before != NULL)
			put("file", cases[i].before);
		CHECK_INT(pl_file_open(&ctx, "file", PL_FILE_APPEND, &file), PL_OK);
		CHECK_INT(file.continued, cases[i].continued);
		CHECK_INT(pl_file_close(&ctx, &file, false), PL_OK);
	}
}

static void
test_refused(void)
{
	static const struct { const char *path; enum pl_file_mode mode; enum pl_error error; } cases[] = {
		{ "file", PL_FILE_NEW, PL_ERR_FILE_EXISTS },
		{ "", PL_FILE_NEW, PL_ERR_OUTPUT_FAILED },
		{ "dir", PL_FILE_NEW, PL_ERR_OUTPUT_FAILED },
		{ "dir", PL_FILE_REPLACE, PL_ERR_OUTPUT_FAILED },
		{ "dir/", PL_FILE_REPLACE, PL_ERR_OUTPUT_FAILED },
		{ ".", PL_FILE_REPLACE, PL_ERR_OUTPUT_FAILED },
		{ "fifo", PL_FILE_APPEND, PL_ERR_OUTPUT_FAILED },
		{ "link", PL_FILE_REPLACE, PL_ERR_OUTPUT_FAILED },
		{ "link", PL_FILE_NEW, PL_ERR_OUTPUT_FAILED },
		{ "/dev/null", PL_FILE_REPLACE, PL_ERR_OUTPUT_FAILED },
		{ "missing/file", PL_FILE_NEW, PL_ERR_OUTPUT_FAILED },
		{ "file/file", PL_FILE_NEW, PL_ERR_OUTPUT_FAILED },
	};
	size_t i;

	put("file", "old\n");
	CHECK_INT(mkdir("dir", 0700), 0);
	CHECK_INT(mkfifo("fifo", 0600), 0);
	CHECK_INT(symlink("file", "link"), 0);
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_file(cases[i].path, cases[i].mode, true);
		CHECK_INT(ctx.failure.error, cases[i].error);
		CHECK_STR(ctx.failure.target, cases[i].path);
	}
	CHECK_STR(get("file"), "old\n");
}

/* A file that appeared meanwhile is not lost either. */
static void
test_race(void)
{
	struct pl_file file;

	unlink("file");
	CHECK_INT(pl_file_open(&ctx, "file", PL_FILE_NEW, &file), PL_OK);
	CHECK_INT(mode_of(file.temporary), 0600);
	put("file", "old\n");
	CHECK_INT(pl_file_close(&ctx, &file, true), PL_E_EXISTS);
	CHECK_INT(ctx.failure.error, PL_ERR_FILE_EXISTS);
	CHECK_STR(ctx.failure.message, "the file 'file' exists");
	CHECK_STR(get("file"), "old\n");
}

static void
test_long_name(void)
{
	char name[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	CHECK_INT(write_file(name, PL_FILE_NEW, true), PL_OK);
	CHECK_STR(get(name), "new\n");
	unlink(name);
	CHECK_INT(write_file("-", PL_FILE_NEW, true), PL_OK);
	CHECK_STR(get("./-"), "new\n");
	unlink("./-");
}

int
main(void)
{
	char dir[] = "/tmp/output_file.XXXXXX";

	if (mkdtemp(dir) == NULL || chdir(dir) != 0)
		return 1;
	umask(022);
	pl_ctx_init(&ctx);
	test_modes();
	test_continued();
	test_refused();
	test_race();
	test_long_name();
	pl_ctx_clear(&ctx);
	unlink("file");
	unlink("fifo");
	unlink("link");
	rmdir("dir");
	/* No temporary file is left: the directory is empty. */
	CHECK_INT(chdir("/"), 0);
	CHECK_INT(rmdir(dir), 0);
	return unit_end();
}
