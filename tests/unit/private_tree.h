/* private_tree.h - directories that are root's up to /, in a mount namespace of the test's own */
#ifndef PAMLITE_TESTS_PRIVATE_TREE_H
#define PAMLITE_TESTS_PRIVATE_TREE_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* An empty file system on `where`, which only this process sees. Says SKIP where that cannot be had. */
static inline bool
private_tree(const char *where)
{
	if (geteuid() != 0) {
		printf("SKIP files that are root's: needs root\n");
		return false;
	}
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", where, "tmpfs", 0, "mode=0755,size=16m") != 0) {
		printf("SKIP files that are root's: no mount of one's own: %s\n", strerror(errno));
		return false;
	}
	umask(022);
	return true;
}

static inline bool
private_file(const char *path, const void *text, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, text, len) == (ssize_t)len && fchmod(fd, mode) == 0;

	if (fd >= 0)
		close(fd);
	return ok;
}

#endif
