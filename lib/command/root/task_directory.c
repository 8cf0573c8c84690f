/* task_directory.c - the directory of task files, as root changes it */

#include "task_directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/list.h"
#include "pamlite/name.h"
#include "pamlite/place.h"
#include "pamlite/root_file.h"

static const char hex[] = "0123456789abcdef";

enum pl_status
pl_task_directory_put(struct pl_ctx *ctx, int fd, const char *file, const struct pl_buf *text, bool *existed)
{
	struct stat there;
	int error;

	*existed = fstatat(fd, file, &there, AT_SYMLINK_NOFOLLOW) == 0;
	if (pl_buf_failed(text))
		return pl_fail_memory(ctx);
	if (pl_root_file_put(fd, file, text->text, text->len))
		return PL_OK;
	error = errno;
	(void)pl_fail(ctx, PL_ERR_DATABASE_IO, "the task's file cannot be written: %s/%s: %s", PL_TASKS_DIR, file,
	    strerror(error));
	return pl_target(ctx, PL_TASKS_DIR);
}

/* A stream of its own over the directory; the lock stays with the other descriptor. */
static DIR *
open_stream(int fd)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), error;
	DIR *stream = own >= 0 ? fdopendir(own) : NULL;

	if (stream == NULL && own >= 0) {
		error = errno;
		close(own);
		errno = error;
	}
	return stream;
}

static enum pl_status
fail_missing(struct pl_ctx *ctx, const char *task)
{
	(void)pl_fail(ctx, PL_ERR_TASK_FILE_MISSING, "root has no file for task '%s' as it is registered", task);
	(void)pl_target(ctx, task);
	return pl_hint(ctx, "put /etc/pam-lite back from its backup, or import the configuration again");
}

enum pl_status
pl_task_directory_find(struct pl_ctx *ctx, int fd, const char *task, const char *version,
    char digest[PL_DIGEST_LEN + 1])
{
	DIR *stream = open_stream(fd);
	const struct dirent *e;
	bool found = false;

	digest[0] = '\0';
	if (stream == NULL)
		return pl_fail(ctx, PL_ERR_OS_ERROR, "%s cannot be read: %s", PL_TASKS_DIR, strerror(errno));
	while (!found && (e = readdir(stream)) != NULL)
		found = pl_task_file_name_parse(e->d_name, task, digest) &&
		    strncmp(digest, version, PL_TASK_VERSION_LEN) == 0;
	closedir(stream);
	if (found)
		return PL_OK;
	digest[0] = '\0';
	return fail_missing(ctx, task);
}

/* A file's name up to the version that the database shows of its digest. */
static size_t
reference_len(const char *file)
{
	return strlen(file) - (sizeof(".task") - 1) - (PL_DIGEST_LEN - PL_TASK_VERSION_LEN);
}

/* One line of the answer; what ends it is cut off. */
static bool
add_reference(const struct pl_item *line, struct pl_buf *out)
{
	char text[PL_TASK_NAME_MAX + 1 + PL_TASK_VERSION_LEN + 1], file[PL_TASK_FILE_NAME_MAX + 1];
	char name[PL_TASK_NAME_MAX + 1], digest[PL_DIGEST_LEN + 1], *version;

	if (line->len >= sizeof(text))
		return false;
	memcpy(text, line->text, line->len);
	text[line->len] = '\0';
	version = strchr(text, '\t');
	if (version == NULL)
		return false;
	*version++ = '\0';
	if (strlen(version) != PL_TASK_VERSION_LEN || strspn(version, hex) != PL_TASK_VERSION_LEN)
		return false;
	if (!pl_task_name_parse(text, name))
		return false;
	(void)snprintf(digest, sizeof(digest), "%s%0*d", version, PL_DIGEST_LEN - PL_TASK_VERSION_LEN, 0);
	/* A name that is too long for a file has none. */
	if (!pl_task_file_name(name, digest, file))
		return true;
	pl_buf_bytes(out, file, reference_len(file));
	pl_buf_char(out, '\n');
	return true;
}

bool
pl_task_references_parse(const char *answer, struct pl_buf *out)
{
	struct pl_item line;
	size_t len = strlen(answer);

	/* An answer that was cut off says too little. */
	if (len > 0 && answer[len - 1] != '\n')
		return false;
	while (pl_list_next(&answer, &line))
		if (!add_reference(&line, out))
			return false;
	return !pl_buf_failed(out);
}

bool
pl_task_references_have(const char *references, const char *file)
{
	const size_t len = reference_len(file);
	struct pl_item it;

	while (pl_list_next(&references, &it))
		if (it.len == len && memcmp(it.text, file, len) == 0)
			return true;
	return false;
}

bool
pl_task_directory_sweep(int fd, const char *references)
{
	DIR *stream = open_stream(fd);
	char digest[PL_DIGEST_LEN + 1];
	const struct dirent *e;
	bool removed = false;
	int error = 0;

	if (stream == NULL)
		return false;
	while ((e = readdir(stream)) != NULL) {
		if (!pl_task_file_name_parse(e->d_name, NULL, digest) || pl_task_references_have(references, e->d_name))
			continue;
		if (unlinkat(fd, e->d_name, 0) != 0)
			error = errno;
		else
			removed = true;
	}
	closedir(stream);
	if (removed && fsync(fd) != 0)
		error = errno;
	errno = error;
	return error == 0;
}
