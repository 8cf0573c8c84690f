/* core_trusted.c - tests of opening what only root can have put there or changed */

#include "pamlite/trusted.h"

#include <dirent.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "private_tree.h"
#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WRITABLE " can be written by others than root"
#define FOREIGN " does not belong to root"
#define LINK " is a symbolic link"

/* What is done to ROOT/a/b/file, or to one of its directories, before it is opened. */
enum deed { LEAVE, CHMOD, CHOWN, CHGRP, SYMLINK, SECOND_NAME, FIFO, DEVICE, DIRECTORY, FILE_INSTEAD, REMOVE,
	ACL_WRITE, ACL_MASKED };

static const struct {
	enum deed deed;
	const char *what;      /* below ROOT; "" = ROOT */
	unsigned value;
	int error;             /* 0 = it is opened */
	const char *why;       /* behind ROOT and `what` */
} cases[] = {
	{ LEAVE, "a/b/file", 0, 0, "" },
	{ CHMOD, "a/b/file", 0444, 0, "" },
	{ CHMOD, "a/b/file", 04755, 0, "" },
	{ CHMOD, "a/b/file", 0664, EPERM, WRITABLE },
	{ CHMOD, "a/b/file", 0646, EPERM, WRITABLE },
	{ CHMOD, "a/b/file", 0620, EPERM, WRITABLE },
	{ CHOWN, "a/b/file", 1234, EPERM, FOREIGN },
	{ CHGRP, "a/b/file", 1234, 0, "" },
	{ SECOND_NAME, "a/b/file", 0, EPERM, " has more than one name, or none" },
	{ SYMLINK, "a/b/file", 0, EPERM, LINK },
	{ FIFO, "a/b/file", 0, EPERM, " is no regular file" },
	{ DEVICE, "a/b/file", 0, EPERM, " is no regular file" },
	{ DIRECTORY, "a/b/file", 0, EPERM, " is a directory" },
	{ REMOVE, "a/b/file", 0, ENOENT, NULL },
	{ ACL_WRITE, "a/b/file", 0, EPERM, WRITABLE },
	{ ACL_MASKED, "a/b/file", 0, 0, "" },
	{ CHMOD, "a/b", 0700, 0, "" },
	{ CHMOD, "a/b", 0775, EPERM, WRITABLE },
	{ CHMOD, "a/b", 0757, EPERM, WRITABLE },
	{ CHMOD, "a/b", 01777, EPERM, WRITABLE },
	{ CHOWN, "a/b", 1234, EPERM, FOREIGN },
	{ CHGRP, "a/b", 1234, 0, "" },
	{ SYMLINK, "a/b", 0, EPERM, LINK },
	{ FILE_INSTEAD, "a/b", 0, ENOTDIR, NULL },
	{ FIFO, "a/b", 0, ENOTDIR, NULL },
	{ REMOVE, "a/b", 0, ENOENT, NULL },
	{ ACL_WRITE, "a/b", 0, EPERM, WRITABLE },
	{ CHMOD, "a", 0775, EPERM, WRITABLE },
	{ CHMOD, "a", 01777, EPERM, WRITABLE },
	{ CHOWN, "a", 1234, EPERM, FOREIGN },
	{ SYMLINK, "a", 0, EPERM, LINK },
	{ FILE_INSTEAD, "a", 0, ENOTDIR, NULL },
	{ REMOVE, "a", 0, ENOENT, NULL },
	{ ACL_WRITE, "a", 0, EPERM, WRITABLE },
	{ CHMOD, "", 0775, EPERM, WRITABLE },
	{ CHOWN, "", 1234, EPERM, FOREIGN },
	{ SYMLINK, "", 0, EPERM, LINK },
};

/* user:1234 may write, or could if the mask let it. The kernel's form: version 2, then tag, permissions, id. */
static bool
set_acl(const char *path, bool masked)
{
	struct { uint32_t version; struct { uint16_t tag, perm; uint32_t id; } entries[5]; } acl = {
		2, { { 0x01, 6, UINT32_MAX }, { 0x02, 6, 1234 }, { 0x04, 4, UINT32_MAX },
		    { 0x10, masked ? 4 : 6, UINT32_MAX }, { 0x20, 4, UINT32_MAX } },
	};

	return setxattr(path, "system.posix_acl_access", &acl, sizeof(acl), 0) == 0;
}

static bool
replace_by_link(const char *path)
{
	char moved[300];

	snprintf(moved, sizeof(moved), "%s.moved", path);
	return rename(path, moved) == 0 && symlink(moved, path) == 0;
}

static bool
give_second_name(const char *path)
{
	char second[300];

	snprintf(second, sizeof(second), "%s.second", path);
	return link(path, second) == 0;
}

static bool
move_away(const char *path)
{
	char moved[300];

	snprintf(moved, sizeof(moved), "%s.moved", path);
	return rename(path, moved) == 0;
}

static bool
do_deed(enum deed deed, const char *path, unsigned value)
{
	switch (deed) {
	case LEAVE:
		return true;
	case CHMOD:
		return chmod(path, value) == 0;
	case CHOWN:
		return chown(path, value, 0) == 0;
	case CHGRP:
		return chown(path, 0, value) == 0;
	case SYMLINK:
		return replace_by_link(path);
	case SECOND_NAME:
		return give_second_name(path);
	case FIFO:
		return move_away(path) && mkfifo(path, 0600) == 0;
	case DEVICE:
		return move_away(path) && mknod(path, S_IFCHR | 0600, makedev(1, 3)) == 0;
	case DIRECTORY:
		return move_away(path) && mkdir(path, 0755) == 0;
	case FILE_INSTEAD:
		return move_away(path) && private_file(path, "x", 1, 0644);
	case REMOVE:
		return move_away(path);
	case ACL_WRITE:
	case ACL_MASKED:
		return set_acl(path, deed == ACL_MASKED);
	}
	return false;
}

static bool
make_tree(const char *root)
{
	char path[300];
	bool ok = mkdir(root, 0755) == 0;

	snprintf(path, sizeof(path), "%s/a", root);
	ok = ok && mkdir(path, 0755) == 0;
	snprintf(path, sizeof(path), "%s/a/b", root);
	ok = ok && mkdir(path, 0755) == 0;
	snprintf(path, sizeof(path), "%s/a/b/file", root);
	return ok && private_file(path, "hello", 5, 0644);
}

static int
open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	if (d != NULL)
		closedir(d);
	return n;
}

static void
check_one(const char *root, size_t i, int flags)
{
	char file[300], expected[400];
	int before = open_descriptors(), fd, error;
	struct stat opened, named;
	struct pl_buf why;

	pl_buf_init(&why);
	snprintf(file, sizeof(file), "%s/a/b/file", root);
	snprintf(expected, sizeof(expected), "%s%s%s%s", root, cases[i].what[0] != '\0' ? "/" : "", cases[i].what,
	    cases[i].why != NULL ? cases[i].why : "");
	errno = 0;
	fd = pl_trusted_open(file, flags, &why);
	error = errno;
	CHECK((fd > STDERR_FILENO) == (cases[i].error == 0));
	if (fd >= 0) {
		CHECK(fstat(fd, &opened) == 0 && stat(file, &named) == 0 && opened.st_ino == named.st_ino);
		CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
		CHECK(((fcntl(fd, F_GETFL) & O_PATH) != 0) == ((flags & O_PATH) != 0));
		close(fd);
	} else {
		CHECK_INT(error, cases[i].error);
	}
	CHECK_STR(why.text, cases[i].error == EPERM ? expected : "");
	CHECK_INT(open_descriptors(), before);
	if (cases[i].error != error && fd < 0)
		printf("  case %zu: %s\n", i, why.text);
	pl_buf_clear(&why);
}

static void
test_cases(const char *name)
{
	char root[100], path[200];

	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(root, sizeof(root), "/mnt/%s-%zu", name, i);
		snprintf(path, sizeof(path), "%s%s%s", root, cases[i].what[0] != '\0' ? "/" : "", cases[i].what);
		CHECK(make_tree(root));
		if (!do_deed(cases[i].deed, path, cases[i].value)) {
			CHECK(cases[i].deed >= ACL_WRITE && errno == EOPNOTSUPP);
			printf("SKIP case %zu: %s\n", i, strerror(errno));
			continue;
		}
		check_one(root, i, O_RDONLY);
		check_one(root, i, O_PATH);
	}
}

static void
test_paths(void)
{
	static const char *const paths[] = {
		"", "etc/passwd", "./etc", "//etc", "/etc/", "/etc//passwd", "/etc/./passwd", "/etc/../etc/passwd",
		"/etc/passwd/", "/etc/pass\nwd", "/..",
	};
	struct pl_buf why;

	pl_buf_init(&why);
	for (size_t i = 0; i < COUNT(paths); i++) {
		pl_buf_reset(&why);
		errno = 0;
		CHECK_INT(pl_trusted_open(paths[i], O_RDONLY, &why), -1);
		CHECK_INT(errno, EPERM);
		CHECK_STR(why.text, "the path is not absolute and canonical");
		CHECK_INT(pl_trusted_open_directory(paths[i], &why), -1);
	}
	pl_buf_reset(&why);
	CHECK_INT(pl_trusted_open("/proc/self/exe", O_RDONLY, &why), -1);
	CHECK_INT(errno, EPERM);
	CHECK(strstr(why.text, LINK) != NULL || strstr(why.text, FOREIGN) != NULL);
	pl_buf_clear(&why);
}

static void
test_long_component(void)
{
	char path[400] = "/mnt/";
	struct pl_buf why;

	pl_buf_init(&why);
	memset(path + 5, 'x', 256);
	CHECK_INT(pl_trusted_open(path, O_RDONLY, &why), -1);
	CHECK_INT(errno, ENAMETOOLONG);
	path[5 + 255] = '\0';
	CHECK_INT(pl_trusted_open(path, O_RDONLY, &why), -1);
	CHECK_INT(errno, ENOENT);
	CHECK_STR(why.text, "");
	pl_buf_clear(&why);
}

static void
test_directories(void)
{
	static const struct { const char *path; int error; const char *why; } some[] = {
		{ "/", 0, "" },
		{ "/mnt/d", 0, "" },
		{ "/mnt/d/a/b", 0, "" },
		{ "/mnt/d/a/b/file", ENOTDIR, "" },
		{ "/mnt/d/none", ENOENT, "" },
		{ "/mnt/d/link", EPERM, "/mnt/d/link" LINK },
		{ "/mnt/d/link/b", EPERM, "/mnt/d/link" LINK },
		{ "/mnt/d/open", EPERM, "/mnt/d/open" WRITABLE },
	};
	struct pl_buf why;
	int fd;

	CHECK(make_tree("/mnt/d") && symlink("a", "/mnt/d/link") == 0 && mkdir("/mnt/d/open", 0755) == 0 &&
	    chmod("/mnt/d/open", 0777) == 0);
	pl_buf_init(&why);
	for (size_t i = 0; i < COUNT(some); i++) {
		pl_buf_reset(&why);
		fd = pl_trusted_open_directory(some[i].path, &why);
		CHECK((fd > STDERR_FILENO) == (some[i].error == 0));
		if (fd < 0)
			CHECK_INT(errno, some[i].error);
		else
			CHECK(fsync(fd) == 0 && close(fd) == 0);
		CHECK_STR(why.text, some[i].why);
	}
	fd = pl_trusted_open("/", O_RDONLY, &why);
	CHECK(fd == -1 && errno == EPERM);
	CHECK_STR(why.text, "/mnt/d/open" WRITABLE "/ is a directory");
	pl_buf_clear(&why);
}

/* In a child: another root directory, and standard descriptors that are closed. */
static int
try_in_child(mode_t mode, bool close_all)
{
	struct pl_buf why;
	int status, fd;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		pl_buf_init(&why);
		if (chmod("/mnt/d", mode) != 0 || chroot("/mnt/d") != 0)
			_exit(99);
		for (fd = 0; close_all && fd < 3; fd++)
			close(fd);
		fd = pl_trusted_open("/a/b/file", O_RDONLY, &why);
		status = fd >= 0 ? fd : strcmp(why.text, "/" WRITABLE) == 0 ? 90 : 91;
		if (close_all && fcntl(0, F_GETFD) >= 0)
			status = 92;
		pl_buf_clear(&why);
		_exit(status);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
test_root_and_low_descriptors(void)
{
	CHECK(try_in_child(0755, false) < 90);
	CHECK_INT(try_in_child(0775, false), 90);
	CHECK_INT(try_in_child(0757, false), 90);
	CHECK_INT(try_in_child(0755, true), 3);
}

/* A kernel, or a container's filter, that does not have openat2(). Stays until the process ends. */
static bool
without_openat2(int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { COUNT(code), code };
	struct open_how how = { .flags = O_PATH };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 &&
	    syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how)) == -1 && errno == error;
}

int
main(void)
{
	test_paths();
	if (!private_tree("/mnt"))
		return unit_end();
	test_cases("openat2");
	test_long_component();
	test_directories();
	test_root_and_low_descriptors();
	if (without_openat2(ENOSYS))
		test_cases("none");
	else
		printf("SKIP a kernel without openat2: %s\n", strerror(errno));
	if (without_openat2(EPERM))
		test_cases("filtered");
	return unit_end();
}
