/* out_file.c - an output file that is there whole or not at all */

#include "pamlite/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/text.h"
#include "pamlite/write.h"

/* Of the name in the temporary one, so that the whole stays below NAME_MAX. */
enum { NAME_KEPT = 200 };

static enum pl_status
refuse(struct pl_ctx *ctx, enum pl_error error, const char *path, const char *why)
{
	struct pl_buf name;

	pl_buf_init(&name);
	pl_text_escape(&name, path, strlen(path));
	pl_fail(ctx, error, "the file '%s' %s", name.text, why);
	pl_target(ctx, path);
	pl_buf_clear(&name);
	return ctx->failure.status;
}

static enum pl_status
refuse_errno(struct pl_ctx *ctx, const char *path, int error)
{
	char why[256];

	/* Of the process, not of the file. */
	if (error == EMFILE || error == ENFILE)
		return pl_fail(ctx, PL_ERR_OS_ERROR, "a file cannot be opened: %s", strerror(error));
	snprintf(why, sizeof why, "cannot be written: %s", strerror(error));
	return refuse(ctx, PL_ERR_OUTPUT_FAILED, path, why);
}

/* "dir/.name.XXXXXX" for "dir/name": the same directory, so that it can be renamed. */
static char *
temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	struct pl_buf b;

	pl_buf_init(&b);
	pl_buf_bytes(&b, path, (size_t)(name - path));
	pl_buf_printf(&b, ".%.*s.XXXXXX", NAME_KEPT, name);
	return pl_buf_take(&b);
}

static int
sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	int fd, error = 0;
	char *dir;

	dir = slash == NULL ? strdup(".") : slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
	if (dir == NULL)
		return ENOMEM;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	/* One may write to a directory without being allowed to read it; some file systems sync by themselves. */
	if (fd < 0)
		return errno == EACCES ? 0 : errno;
	if (fsync(fd) != 0 && errno != EINVAL)
		error = errno;
	close(fd);
	return error;
}

/*
 * What the file holds, and its mode: it is to look continued. A last line that
 * somebody left without its end would swallow the first of ours.
 */
static int
copy_existing(const char *path, int to, bool *continued)
{
	struct stat info;
	char data[16384], last = '\n';
	ssize_t n = 0;
	int from, error = 0;

	from = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (from < 0)
		return errno == ENOENT ? 0 : errno;
	if (fstat(from, &info) != 0 || fchmod(to, info.st_mode & 0777) != 0)
		error = errno;
	while (error == 0 && (n = read(from, data, sizeof data)) != 0) {
		if (n > 0) {
			*continued = true;
			last = data[n - 1];
			error = pl_write_all(to, data, (size_t)n) ? 0 : errno;
		} else if (errno != EINTR) {
			error = errno;
		}
	}
	close(from);
	if (error == 0 && last != '\n' && !pl_write_all(to, "\n", 1))
		error = errno;
	return error;
}

/* The early answer; that an existing file is never replaced unasked is seen to when the file is put in place. */
static enum pl_status
check_path(struct pl_ctx *ctx, const char *path, enum pl_file_mode mode)
{
	struct stat info;

	if (*path == '\0')
		return refuse(ctx, PL_ERR_OUTPUT_FAILED, path, "has no name");
	if (path[strlen(path) - 1] == '/')
		return refuse(ctx, PL_ERR_OUTPUT_FAILED, path, "is a directory");
	if (lstat(path, &info) != 0)
		return errno == ENOENT ? PL_OK : refuse_errno(ctx, path, errno);
	if (S_ISDIR(info.st_mode))
		return refuse(ctx, PL_ERR_OUTPUT_FAILED, path, "is a directory");
	/* A link would be replaced and not followed, a device or pipe replaced by a file. */
	if (!S_ISREG(info.st_mode))
		return refuse(ctx, PL_ERR_OUTPUT_FAILED, path, "is not a regular file");
	if (mode == PL_FILE_NEW)
		return refuse(ctx, PL_ERR_FILE_EXISTS, path, "exists");
	return PL_OK;
}

static void
file_clear(struct pl_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	free(file->path);
	free(file->temporary);
	*file = (struct pl_file){ .fd = -1 };
}

enum pl_status
pl_file_open(struct pl_ctx *ctx, const char *path, enum pl_file_mode mode, struct pl_file *out)
{
	enum pl_status st;
	int error = 0;

	*out = (struct pl_file){ .fd = -1, .mode = mode };
	st = check_path(ctx, path, mode);
	if (st != PL_OK)
		return st;
	out->path = strdup(path);
	out->temporary = temporary_name(path);
	if (out->path == NULL || out->temporary == NULL) {
		file_clear(out);
		return pl_fail_memory(ctx);
	}
	out->fd = mkostemp(out->temporary, O_CLOEXEC);
	if (out->fd < 0) {
		st = refuse_errno(ctx, path, errno);
		file_clear(out);
		return st;
	}
	if (mode == PL_FILE_APPEND)
		error = copy_existing(path, out->fd, &out->continued);
	if (error != 0) {
		st = refuse_errno(ctx, path, error);
		pl_file_close(ctx, out, false);
	}
	return st;
}

/* Not over an existing name. File systems have one or the other. */
static int
put_new(const struct pl_file *file)
{
	if (renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (link(file->temporary, file->path) != 0)
		return errno;
	unlink(file->temporary);
	return 0;
}

static int
put_in_place(struct pl_file *file)
{
	int fd = file->fd, error;

	if (fsync(fd) != 0)
		return errno;
	file->fd = -1;
	if (close(fd) != 0)
		return errno;
	if (file->mode == PL_FILE_NEW)
		error = put_new(file);
	else
		error = rename(file->temporary, file->path) == 0 ? 0 : errno;
	if (error != 0)
		return error;
	free(file->temporary);
	file->temporary = NULL;
	return sync_directory(file->path);
}

enum pl_status
pl_file_close(struct pl_ctx *ctx, struct pl_file *file, bool keep)
{
	enum pl_status st = PL_OK;
	int error = 0;

	if (file->path == NULL)
		return PL_OK;
	if (keep)
		error = put_in_place(file);
	if (file->temporary != NULL)
		unlink(file->temporary);
	if (error == EEXIST && file->mode == PL_FILE_NEW)
		st = refuse(ctx, PL_ERR_FILE_EXISTS, file->path, "exists");
	else if (error != 0)
		st = refuse_errno(ctx, file->path, error);
	file_clear(file);
	return st;
}
