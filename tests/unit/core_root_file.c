/* core_root_file.c - tests of files that root alone writes: whole or not at all, and read by who trusts nobody else */

#include <stdlib.h>

#include "pamlite/root_file.h"

#include "private_tree.h"
#include "unit.h"

#define DIR "/mnt/d"
#define NAME "setting"
#define PATH DIR "/" NAME

/* A file's bytes, and what is read of it. */
static const struct {
	const char *bytes;
	bool ok;
	const char *value;
} files[] = {
	{ "/usr/bin/true\n", true, "/usr/bin/true" },
	{ "caf\303\251 30\n", true, "caf\303\251 30" },
	{ "", false, "" },
	{ "\n", false, "" },
	{ "no newline", false, "" },
	{ "two\nlines\n", false, "" },
	{ "one\n\n", false, "" },
	{ "\033[2J\n", false, "" },
	{ "\377\n", false, "" },
};

static struct pl_buf value, why;

static bool
read_setting(void)
{
	pl_buf_reset(&value);
	pl_buf_reset(&why);
	return pl_root_setting_read(PATH, &value, &why);
}

static void
test_read(void)
{
	char *longest = malloc(5000);
	size_t i;

	CHECK(read_setting() && value.len == 0 && why.len == 0);
	for (i = 0; i < sizeof files / sizeof files[0]; i++) {
		CHECK(private_file(PATH, files[i].bytes, strlen(files[i].bytes), 0644));
		CHECK(read_setting() == files[i].ok);
		CHECK_STR(value.text, files[i].value);
		CHECK(files[i].ok ? why.len == 0 : errno == EINVAL && strstr(why.text, PATH) != NULL);
	}
	memset(longest, 'x', 5000);
	longest[4095] = '\n';
	CHECK(private_file(PATH, longest, 4096, 0644) && read_setting() && value.len == 4095);
	longest[4095] = 'x';
	longest[4096] = '\n';
	CHECK(private_file(PATH, longest, 4097, 0644) && !read_setting());
	free(longest);
	CHECK(private_file(PATH, "x\n", 2, 0664) && !read_setting() && errno == EPERM);
	CHECK_STR(why.text, PATH " can be written by others than root");
	CHECK(chmod(PATH, 0644) == 0 && chown(PATH, 1, 0) == 0 && !read_setting() && errno == EPERM);
	CHECK(unlink(PATH) == 0 && symlink("/etc/passwd", PATH) == 0 && !read_setting() && errno == EPERM);
	CHECK(unlink(PATH) == 0 && mkdir(PATH, 0755) == 0 && !read_setting() && rmdir(PATH) == 0);
}

static void
test_write(void)
{
	int dir = open(DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	/* Whatever is in the way, and whatever the mask is. */
	CHECK(symlink("/etc/passwd", DIR "/.new") == 0 && symlink("/etc/passwd", PATH) == 0);
	umask(077);
	CHECK(pl_root_setting_write(dir, NAME, "one"));
	CHECK(read_setting());
	CHECK_STR(value.text, "one");
	CHECK(lstat(PATH, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 07777) == 0644 && st.st_uid == 0);
	CHECK(pl_root_setting_write(dir, NAME, "two") && read_setting());
	CHECK_STR(value.text, "two");
	CHECK(lstat(DIR "/.new", &st) != 0);
	CHECK(pl_root_setting_write(dir, NAME, "") && lstat(PATH, &st) != 0);
	CHECK(pl_root_setting_write(dir, NAME, "") && read_setting() && value.len == 0);
	/* What cannot be put there leaves nothing. */
	CHECK(mkdir(PATH, 0755) == 0 && !pl_root_setting_write(dir, NAME, "three") && errno == EISDIR);
	CHECK(lstat(DIR "/.new", &st) != 0);
	close(dir);
}

int
main(void)
{
	if (private_tree("/mnt") && mkdir(DIR, 0755) == 0) {
		pl_buf_init(&value);
		pl_buf_init(&why);
		test_read();
		test_write();
		pl_buf_clear(&value);
		pl_buf_clear(&why);
	}
	return unit_end();
}
