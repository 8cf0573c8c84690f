/* trusted.c - files that nobody but root can have put there or changed */

#include "pamlite/trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pamlite/text.h"

/* How far a walk has come: the beginning of the path, and its last component. */
struct step {
	const char *path;
	size_t len;
	char name[NAME_MAX + 1];
};

/*
 * One component, so that there is nothing on the way that a link could bend. O_NOFOLLOW
 * says the same to a kernel without openat2() (or to one whose filter forbids it: EPERM):
 * a last component that is a link is not followed; with O_PATH it is the link itself that
 * is opened, and then refused for what it is.
 */
static int
open_component(int directory, const char *name, int flags)
{
	struct open_how how = { .resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };
	long fd;

	/* O_PATH allows few others beside it. */
	flags |= O_CLOEXEC | O_NOFOLLOW | ((flags & O_PATH) != 0 ? 0 : O_NOCTTY | O_NONBLOCK);
	how.flags = (uint64_t)flags;
	fd = syscall(SYS_openat2, directory, name, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = openat(directory, name, flags);
	return (int)fd;
}

/*
 * Why somebody other than root could change it; NULL if nobody can. Where there is
 * an access control list, the group bits are its mask: without `w` there no entry
 * of it allows writing, so the mode tells the whole truth. A sticky directory is no
 * exception: others cannot remove root's file there, but put theirs where none is yet.
 * A second name of the file may stand in a directory that is somebody else's.
 */
static const char *
distrust(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return "is a symbolic link";
	if (!S_ISDIR(st->st_mode) && !S_ISREG(st->st_mode))
		return "is no regular file";
	if (st->st_uid != 0)
		return "does not belong to root";
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "can be written by others than root";
	if (S_ISREG(st->st_mode) && st->st_nlink != 1)
		return "has more than one name, or none";
	return NULL;
}

static bool
is_trusted(int fd, const struct step *s, mode_t type, struct pl_buf *why)
{
	const char *wrong;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	wrong = distrust(&st);
	if (type == S_IFDIR && !S_ISDIR(st.st_mode) && !S_ISLNK(st.st_mode)) {
		errno = ENOTDIR;
		return false;
	}
	if (wrong == NULL && (st.st_mode & S_IFMT) != type)
		wrong = "is a directory";
	if (wrong == NULL)
		return true;
	pl_buf_printf(why, "%.*s %s", (int)s->len, s->path, wrong);
	errno = EPERM;
	return false;
}

static int
open_and_check(int directory, const struct step *s, mode_t type, int flags, struct pl_buf *why)
{
	int fd = open_component(directory, s->name, flags), error = errno;

	if (fd < 0 && error == ELOOP) {
		pl_buf_printf(why, "%.*s is a symbolic link", (int)s->len, s->path);
		errno = EPERM;
	} else if (fd >= 0 && !is_trusted(fd, s, type, why)) {
		error = errno;
		close(fd);
		errno = error;
		fd = -1;
	}
	return fd;
}

/*
 * First it is only looked at (O_PATH): a FIFO or a device that stands there is not
 * opened, which could hang or do something. What is opened then is looked at again.
 */
static int
open_step(int directory, const struct step *s, mode_t type, int flags, struct pl_buf *why)
{
	int fd = open_and_check(directory, s, type, O_PATH, why);

	if (fd < 0 || (flags & O_PATH) != 0)
		return fd;
	close(fd);
	return open_and_check(directory, s, type, flags, why);
}

/* Go on to the next component; false at the end of the path, or with ENAMETOOLONG. */
static bool
next_step(struct step *s)
{
	const char *name = s->path + s->len + (s->path[s->len] == '/' ? 1 : 0);
	size_t len = strcspn(name, "/");

	errno = len > NAME_MAX ? ENAMETOOLONG : 0;
	if (len == 0 || len > NAME_MAX)
		return false;
	memcpy(s->name, name, len);
	s->name[len] = '\0';
	s->len = (size_t)(name + len - s->path);
	return true;
}

static int
walk(const char *path, mode_t type, int flags, struct pl_buf *why)
{
	struct step s = { .path = path, .len = 1, .name = "/" };
	bool last = path[1] == '\0';
	int fd, next, error;

	fd = open_step(AT_FDCWD, &s, last ? type : S_IFDIR, last ? flags : O_PATH, why);
	while (fd >= 0 && !last) {
		next = -1;
		if (next_step(&s)) {
			last = path[s.len] == '\0';
			next = open_step(fd, &s, last ? type : S_IFDIR, last ? flags : O_PATH, why);
		}
		error = errno;
		close(fd);
		errno = error;
		fd = next;
	}
	return fd;
}

/* Never 0, 1 or 2: a caller may come with them closed, and somebody would write into the file. */
static int
open_trusted(const char *path, mode_t type, int flags, struct pl_buf *why)
{
	int fd, high, error;

	if (!pl_path_is_canonical(path)) {
		pl_buf_text(why, "the path is not absolute and canonical");
		errno = EPERM;
		return -1;
	}
	fd = walk(path, type, flags, why);
	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	error = errno;
	close(fd);
	errno = error;
	return high;
}

int
pl_trusted_open(const char *path, int flags, struct pl_buf *why)
{
	return open_trusted(path, S_IFREG, flags, why);
}

int
pl_trusted_open_directory(const char *path, struct pl_buf *why)
{
	return open_trusted(path, S_IFDIR, O_DIRECTORY | O_RDONLY, why);
}
