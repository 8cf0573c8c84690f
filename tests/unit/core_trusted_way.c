/* core_trusted_way.c - tests of following a path with links: what leads where, and who could bend it */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/trusted.h"

#include "private_tree.h"
#include "unit.h"

enum { SOMEBODY = 12345 };

static const struct {
	const char *path, *leads_to;
	int error;
	const char *why;
} cases[] = {
	{ "/", "", 0, "" },
	{ "/mnt", "/mnt", 0, "" },
	{ "/mnt/dir/file", "/mnt/dir/file", 0, "" },
	{ "//mnt/./dir//../dir/file", "/mnt/dir/file", 0, "" },
	{ "/../mnt/dir/file", "/mnt/dir/file", 0, "" },
	{ "/mnt/absolute", "/mnt/dir/file", 0, "" },
	{ "/mnt/relative", "/mnt/dir/file", 0, "" },
	{ "/mnt/up/file", "/mnt/dir/file", 0, "" },
	{ "/mnt/twice", "/mnt/dir/file", 0, "" },
	{ "/mnt/dirlink/file", "/mnt/dir/file", 0, "" },
	{ "/mnt/dirlink/../dir/file", "/mnt/dir/file", 0, "" },
	{ "/mnt/nothing", "", ENOENT, "" },
	{ "/mnt/dangling", "", ENOENT, "" },
	{ "/mnt/dir/file/more", "", ENOTDIR, "" },
	{ "/mnt/round", "", ELOOP, "" },
	{ "mnt/dir/file", "", EPERM, "mnt/dir/file is not absolute" },
	{ "", "", EPERM, " is not absolute" },
	{ "/mnt/fifo", "", EPERM, "/mnt/fifo is no regular file" },
	{ "/mnt/his", "", EPERM, "/mnt/his does not belong to root" },
	{ "/mnt/hislink", "", EPERM, "/mnt/hislink does not belong to root" },
	{ "/mnt/tohis", "", EPERM, "/mnt/his does not belong to root" },
	{ "/mnt/hisdir/file", "", EPERM, "/mnt/hisdir does not belong to root" },
	{ "/mnt/viahis", "", EPERM, "/mnt/hisdir does not belong to root" },
	{ "/mnt/hisdir/../dir/file", "", EPERM, "/mnt/hisdir does not belong to root" },
	{ "/mnt/open", "", EPERM, "/mnt/open can be written by others than root" },
	{ "/mnt/group", "", EPERM, "/mnt/group can be written by others than root" },
	{ "/mnt/sticky/file", "", EPERM, "/mnt/sticky can be written by others than root" },
};

static void
make_tree(void)
{
	CHECK(mkdir("/mnt/dir", 0755) == 0 && mkdir("/mnt/hisdir", 0755) == 0 && mkdir("/mnt/sticky", 0755) == 0);
	CHECK(private_file("/mnt/dir/file", "x", 1, 0755) && private_file("/mnt/his", "x", 1, 0755));
	CHECK(private_file("/mnt/hisdir/file", "x", 1, 0755) && private_file("/mnt/sticky/file", "x", 1, 0755));
	CHECK(private_file("/mnt/open", "x", 1, 0757) && private_file("/mnt/group", "x", 1, 0775));
	CHECK(mkfifo("/mnt/fifo", 0644) == 0);
	CHECK(symlink("/mnt/dir/file", "/mnt/absolute") == 0 && symlink("dir/file", "/mnt/relative") == 0);
	CHECK(symlink("dir/../dir", "/mnt/up") == 0);
	CHECK(symlink("absolute", "/mnt/twice") == 0 && symlink("dir", "/mnt/dirlink") == 0);
	CHECK(symlink("nowhere", "/mnt/dangling") == 0 && symlink("round", "/mnt/round") == 0);
	CHECK(symlink("dir/file", "/mnt/hislink") == 0 && lchown("/mnt/hislink", SOMEBODY, 0) == 0);
	CHECK(symlink("his", "/mnt/tohis") == 0 && symlink("hisdir/file", "/mnt/viahis") == 0);
	CHECK(chown("/mnt/his", SOMEBODY, 0) == 0 && chown("/mnt/hisdir", SOMEBODY, 0) == 0);
	CHECK(chmod("/mnt/sticky", 01777) == 0);
}

static void
test_ways(void)
{
	char out[PATH_MAX];
	struct pl_buf why;
	size_t i;
	bool ok;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		pl_buf_init(&why);
		errno = 0;
		ok = pl_trusted_way(cases[i].path, out, &why);
		CHECK_INT(ok ? 0 : errno, cases[i].error);
		CHECK_STR(out, cases[i].leads_to);
		CHECK_STR(why.len > 0 ? why.text : "", cases[i].why);
		pl_buf_clear(&why);
	}
}

/* Too long in one name, in all, and through a link. */
static void
test_long(void)
{
	static char path[PATH_MAX + 300];
	char out[PATH_MAX];
	struct pl_buf why;

	pl_buf_init(&why);
	memset(path, 'a', sizeof path - 1);
	path[0] = '/';
	CHECK(!pl_trusted_way(path, out, &why) && errno == ENAMETOOLONG);
	path[NAME_MAX + 2] = '\0';
	CHECK(!pl_trusted_way(path, out, &why) && errno == ENAMETOOLONG);
	path[NAME_MAX + 1] = '\0';
	CHECK(!pl_trusted_way(path, out, &why) && errno == ENOENT);
	pl_buf_clear(&why);
}

int
main(void)
{
	struct stat root;

	if (stat("/", &root) == 0 && root.st_uid == 0 && (root.st_mode & 022) == 0 && private_tree("/mnt")) {
		make_tree();
		test_ways();
	}
	test_long();
	return unit_end();
}
