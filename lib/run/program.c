/* program.c - look at a program before it is run, and keep hold of what was looked at */

#include "pamlite/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/digest.h"
#include "pamlite/text.h"
#include "pamlite/trusted.h"

#include "run/interpreter.h"

static enum pl_status
refuse(struct pl_ctx *ctx, const char *path, const char *why)
{
	pl_fail(ctx, PL_ERR_PROGRAM_REFUSED, "the program %s cannot be executed: %s", path, why);
	return pl_target(ctx, path);
}

static enum pl_status
fail_open(struct pl_ctx *ctx, const char *path, int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		pl_fail(ctx, PL_ERR_PROGRAM_MISSING, "there is no program %s", path);
		return pl_target(ctx, path);
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EIO:
		pl_fail(ctx, PL_ERR_RUN_FAILED, "the program %s cannot be opened: %s", path, strerror(error));
		return pl_target(ctx, path);
	default:
		return refuse(ctx, path, strerror(error));
	}
}

/*
 * Open for reading, or, a program that may be executed and not read, for
 * executing alone. Never below 3: a caller may come with descriptor 0 closed,
 * and the task would get its own program as standard input.
 */
static int
open_program(const char *path, bool *readable)
{
	int fd, high;

	*readable = true;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 && errno == EACCES) {
		*readable = false;
		fd = open(path, O_PATH | O_CLOEXEC);
	}
	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	high = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	close(fd);
	return high;
}

static enum pl_status
check_digest(struct pl_ctx *ctx, const struct pl_program *p, int content, const char *sha256)
{
	char digest[PL_DIGEST_LEN + 1];

	if (content < 0)
		return refuse(ctx, p->path, "its digest is registered and it cannot be read");
	if (pl_digest_fd(content, digest) != PL_OK)
		return fail_open(ctx, p->path, EIO);
	if (pl_ascii_casecmp(digest, sha256) != 0)
		return refuse(ctx, p->path, "it is not the registered one, its SHA-256 differs");
	return PL_OK;
}

/* `content` is where the program can be read; -1 = it cannot. */
static enum pl_status
check_program(struct pl_ctx *ctx, struct pl_program *p, int content, const char *sha256)
{
	struct stat st;
	char magic[2];
	ssize_t n;

	if (fstat(p->fd, &st) != 0)
		return fail_open(ctx, p->path, errno);
	if (!S_ISREG(st.st_mode))
		return refuse(ctx, p->path, S_ISDIR(st.st_mode) ? "it is a directory" : "it is no regular file");
	if (faccessat(p->fd, "", X_OK, AT_EACCESS | AT_EMPTY_PATH) != 0)
		return refuse(ctx, p->path, strerror(errno));
	if (st.st_size == 0)
		return refuse(ctx, p->path, "it is empty");
	if (content >= 0) {
		n = pread(content, magic, sizeof(magic), 0);
		if (n < 0)
			return fail_open(ctx, p->path, EIO);
		p->script = n == sizeof(magic) && magic[0] == '#' && magic[1] == '!';
	}
	return sha256 != NULL ? check_digest(ctx, p, content, sha256) : PL_OK;
}

static enum pl_status
start_program(struct pl_ctx *ctx, const char *path, struct pl_program *out)
{
	*out = (struct pl_program){ .fd = -1 };
	out->path = strdup(path);
	return out->path != NULL ? PL_OK : pl_fail_memory(ctx);
}

enum pl_status
pl_program_open(struct pl_ctx *ctx, const char *path, const char *sha256, struct pl_program *out)
{
	enum pl_status st = start_program(ctx, path, out);
	bool readable;

	if (st != PL_OK)
		return st;
	out->fd = open_program(path, &readable);
	if (out->fd < 0)
		st = fail_open(ctx, path, errno);
	else
		st = check_program(ctx, out, readable ? out->fd : -1, sha256);
	if (st != PL_OK)
		pl_program_clear(out);
	return st;
}

static enum pl_status
distrust(struct pl_ctx *ctx, const char *path, const char *why, const char *advice)
{
	pl_fail(ctx, PL_ERR_PROGRAM_UNSAFE, "the program %s is not trusted: %s", path, why);
	(void)pl_hint(ctx, "%s", advice);
	return pl_target(ctx, path);
}

static enum pl_status
open_trusted(struct pl_ctx *ctx, const char *path, int *fd)
{
	enum pl_status st = PL_OK;
	struct pl_buf why;
	int error;

	pl_buf_init(&why);
	*fd = pl_trusted_open(path, O_PATH, &why);
	error = errno;
	if (*fd < 0)
		st = error == EPERM && why.len > 0 ? distrust(ctx, path, why.text, PL_PROGRAM_ROOTS_ALONE) :
		    fail_open(ctx, path, error);
	pl_buf_clear(&why);
	return st;
}

/*
 * What was checked by O_PATH, for reading: the very inode and not what its path may name by
 * now. It is compared, since /proc is nothing that must be believed.
 */
static int
open_content(int fd)
{
	struct stat checked, opened;
	char path[32];
	int content;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	content = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (content < 0)
		return -1;
	if (fstat(fd, &checked) == 0 && fstat(content, &opened) == 0 && checked.st_dev == opened.st_dev &&
	    checked.st_ino == opened.st_ino)
		return content;
	close(content);
	errno = ESTALE;
	return -1;
}

/*
 * A program that takes on other rights by its mode would not run as the account that was
 * approved.
 */
static enum pl_status
check_trusted(struct pl_ctx *ctx, struct pl_program *p, const char *sha256)
{
	enum pl_status st;
	struct stat status;
	int content;

	if (fstat(p->fd, &status) != 0)
		return fail_open(ctx, p->path, errno);
	if ((status.st_mode & (S_ISUID | S_ISGID)) != 0)
		return distrust(ctx, p->path, "it is setuid or setgid",
		    "it would not run as the account that was meant, but as the one that its mode names");
	content = open_content(p->fd);
	if (content < 0) {
		pl_fail(ctx, PL_ERR_RUN_FAILED, "the program %s cannot be read through /proc: %s", p->path,
		    strerror(errno));
		return pl_target(ctx, p->path);
	}
	st = check_program(ctx, p, content, sha256);
	if (st == PL_OK)
		st = p->script ? pl_interpreter_check(ctx, p->path, content) : PL_OK;
	close(content);
	return st;
}

enum pl_status
pl_program_open_trusted(struct pl_ctx *ctx, const char *path, const char *sha256, struct pl_program *out)
{
	enum pl_status st = start_program(ctx, path, out);

	if (st == PL_OK)
		st = open_trusted(ctx, path, &out->fd);
	if (st == PL_OK)
		st = check_trusted(ctx, out, sha256);
	if (st != PL_OK)
		pl_program_clear(out);
	return st;
}

void
pl_program_clear(struct pl_program *p)
{
	if (p == NULL)
		return;
	/* Without a path nothing was opened: a zeroed struct must not close descriptor 0. */
	if (p->path != NULL && p->fd >= 0)
		close(p->fd);
	free(p->path);
	*p = (struct pl_program){ .fd = -1 };
}
