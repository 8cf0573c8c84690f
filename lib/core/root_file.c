/* root_file.c - files that root alone writes, and everybody may believe */

#include "pamlite/root_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/text.h"
#include "pamlite/trusted.h"
#include "pamlite/write.h"

/* One is enough under the lock, and what a crash has left of it is written over. */
static const char unfinished[] = ".new";

static bool
write_unfinished(int directory, const char *text, size_t len)
{
	int file, error;
	bool ok;

	if (unlinkat(directory, unfinished, 0) != 0 && errno != ENOENT)
		return false;
	file = openat(directory, unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0600);
	if (file < 0)
		return false;
	/* Whatever the caller's umask and groups are. */
	ok = fchown(file, 0, 0) == 0 && fchmod(file, 0644) == 0 && pl_write_all(file, text, len) && fsync(file) == 0;
	error = errno;
	if (close(file) != 0 && ok) {
		error = errno;
		ok = false;
	}
	errno = error;
	return ok;
}

bool
pl_root_file_put(int directory, const char *name, const char *text, size_t len)
{
	int error;

	if (write_unfinished(directory, text, len) && renameat(directory, unfinished, directory, name) == 0 &&
	    fsync(directory) == 0)
		return true;
	error = errno;
	(void)unlinkat(directory, unfinished, 0);
	errno = error;
	return false;
}

bool
pl_root_file_remove(int directory, const char *name)
{
	return (unlinkat(directory, name, 0) == 0 || errno == ENOENT) && fsync(directory) == 0;
}

/* At most a byte more than may be there. */
static bool
read_file(int fd, char *text, size_t size, size_t *len)
{
	ssize_t n;

	*len = 0;
	do {
		n = read(fd, text + *len, size - *len);
		*len += n > 0 ? (size_t)n : 0;
	} while ((n > 0 && *len < size) || (n < 0 && errno == EINTR));
	return n >= 0;
}

bool
pl_root_setting_read(const char *path, struct pl_buf *out, struct pl_buf *why)
{
	char text[PL_PATH_MAX + 2];
	const char *end;
	int fd = pl_trusted_open(path, O_RDONLY, why), error;
	size_t len = 0;
	bool ok;

	if (fd < 0)
		return errno == ENOENT;
	ok = read_file(fd, text, sizeof(text), &len);
	error = errno;
	close(fd);
	errno = error;
	if (!ok)
		return false;
	end = memchr(text, '\n', len);
	if (end == NULL || end == text || end + 1 != text + len || len - 1 > PL_PATH_MAX ||
	    !pl_text_is_line(text, len - 1)) {
		pl_buf_printf(why, "%s does not hold one line of text", path);
		errno = EINVAL;
		return false;
	}
	pl_buf_bytes(out, text, len - 1);
	return true;
}

bool
pl_root_setting_write(int directory, const char *name, const char *value)
{
	struct pl_buf line;
	bool ok;

	if (value[0] == '\0')
		return pl_root_file_remove(directory, name);
	pl_buf_init(&line);
	pl_buf_printf(&line, "%s\n", value);
	errno = ENOMEM;
	ok = !pl_buf_failed(&line) && pl_root_file_put(directory, name, line.text, line.len);
	pl_buf_clear(&line);
	return ok;
}
