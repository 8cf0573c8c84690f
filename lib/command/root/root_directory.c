/* root_directory.c - a directory of root's files while root changes them */

#include "root_directory.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/file_lock.h"
#include "pamlite/trusted.h"

static enum pl_status
take_lock(struct pl_ctx *ctx, const char *path, int fd, int wait_ms)
{
	if (pl_file_lock(fd, wait_ms))
		return PL_OK;
	if (errno != EINTR)
		return pl_fail(ctx, PL_ERR_OS_ERROR, "%s cannot be locked: %s", path, strerror(errno));
	(void)pl_fail(ctx, PL_ERR_DATABASE_BUSY, "%s was busy for %d seconds; nothing was changed", path,
	    wait_ms / 1000);
	(void)pl_target(ctx, path);
	return pl_hint(ctx, "try again; lslocks shows which process holds it");
}

enum pl_status
pl_root_directory_lock(struct pl_ctx *ctx, const char *path, int wait_ms, int *fd)
{
	enum pl_status st;
	struct pl_buf why;

	pl_buf_init(&why);
	*fd = pl_trusted_open_directory(path, &why);
	if (*fd >= 0) {
		st = take_lock(ctx, path, *fd, wait_ms);
	} else {
		(void)pl_fail(ctx, PL_ERR_NOT_INSTALLED, "%s cannot be used: %s", path,
		    why.len > 0 ? why.text : strerror(errno));
		(void)pl_target(ctx, path);
		st = pl_hint(ctx, "name a private database with -Database or PAMLITE_DATABASE, or see what"
		    " test-elevated-access-installation says");
	}
	pl_buf_clear(&why);
	if (st != PL_OK && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return st;
}
