/* path.c - which files may be a private database: the caller's own, out of everybody else's reach */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/internal.h"

static enum pl_status
refuse(struct pl_ctx *ctx, const char *path, const char *why)
{
	pl_fail(ctx, PL_ERR_DATABASE_PATH, "database %s is refused: %s", path, why);
	return pl_target(ctx, path);
}

/*
 * SQLite plays back any journal that lies beside a file. In a directory that
 * somebody else can write to, he could plant one: so also not in a sticky one.
 */
static enum pl_status
check_directory(struct pl_ctx *ctx, const char *dir, const char *path)
{
	struct stat st;

	if (stat(dir, &st) != 0) {
		pl_fail(ctx, PL_ERR_DATABASE_UNREACHABLE, "the directory of database %s cannot be read: %s",
		    path, strerror(errno));
		return pl_target(ctx, path);
	}
	if (st.st_uid != 0 && st.st_uid != ctx->caller.uid)
		return refuse(ctx, path, "its directory belongs to somebody else");
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		refuse(ctx, path, "others can write to its directory");
		return pl_hint(ctx, "choose a directory of your own, as with: mkdir -m 700 ~/pam-lite");
	}
	return PL_OK;
}

enum pl_status
pl_path_resolve(struct pl_ctx *ctx, const char *path, char **out)
{
	char dir[PATH_MAX], real[PATH_MAX];
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	size_t dir_len = slash != NULL ? (size_t)(slash - path) : 0;
	enum pl_status st;

	*out = NULL;
	if (base[0] == '\0' || strcmp(base, ".") == 0 || strcmp(base, "..") == 0 || strlen(path) >= PATH_MAX - 16)
		return refuse(ctx, path, "that is not the name of a file");
	if (slash == NULL)
		memcpy(dir, ".", 2);
	else if (dir_len == 0)
		memcpy(dir, "/", 2);
	else {
		memcpy(dir, path, dir_len);
		dir[dir_len] = '\0';
	}
	if (realpath(dir, real) == NULL) {
		pl_fail(ctx, PL_ERR_DATABASE_MISSING, "database %s cannot be found: %s", path, strerror(errno));
		return pl_target(ctx, path);
	}
	st = check_directory(ctx, real, path);
	if (st != PL_OK)
		return st;
	if (asprintf(out, "%s/%s", strcmp(real, "/") == 0 ? "" : real, base) < 0) {
		*out = NULL;
		return pl_fail_memory(ctx);
	}
	return PL_OK;
}

/* The host's own database is reached through the gate or not at all. */
static bool
is_system_file(const char *path, const struct stat *st)
{
	struct stat system;

	if (strcmp(path, PL_SYSTEM_DATABASE) == 0)
		return true;
	return lstat(PL_SYSTEM_DATABASE, &system) == 0 && system.st_dev == st->st_dev && system.st_ino == st->st_ino;
}

enum pl_status
pl_path_check(struct pl_ctx *ctx, const char *path, uid_t *owner)
{
	struct stat st;

	*owner = (uid_t)-1;
	if (lstat(path, &st) != 0) {
		if (errno == ENOENT)
			return PL_E_NOT_FOUND;
		pl_fail(ctx, PL_ERR_DATABASE_UNREACHABLE, "database %s: %s", path, strerror(errno));
		return pl_target(ctx, path);
	}
	if (is_system_file(path, &st))
		return refuse(ctx, path, "it is the system database; name it System");
	if (S_ISLNK(st.st_mode))
		return refuse(ctx, path, "it is a symbolic link");
	if (!S_ISREG(st.st_mode)) {
		pl_fail(ctx, PL_ERR_DATABASE_FOREIGN, "%s is not a file", path);
		return pl_target(ctx, path);
	}
	if (st.st_uid != ctx->caller.uid)
		return refuse(ctx, path, "it belongs to somebody else");
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return refuse(ctx, path, "others can write to it");
	if (st.st_nlink != 1)
		return refuse(ctx, path, "it has several names (hard links)");
	if (st.st_size == 0) {
		pl_fail(ctx, PL_ERR_DATABASE_EMPTY, "database %s is an empty file", path);
		pl_target(ctx, path);
		return pl_hint(ctx, "put back a backup, or remove the file and begin with"
		    " enable-elevated-access-control");
	}
	*owner = st.st_uid;
	return PL_OK;
}
