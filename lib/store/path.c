/* path.c - which files may be a private database: the caller's own, out of everybody else's reach */

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "pamlite/place.h"

#include "store/internal.h"

/* What lies in the system's directory is the installer's work, not the caller's choice. */
static enum pl_status
refuse_system(struct pl_ctx *ctx, const char *path, const char *why)
{
	pl_fail(ctx, PL_ERR_NOT_INSTALLED, "the installation is wrong: %s: %s", path, why);
	pl_target(ctx, path);
	return pl_hint(ctx, "as root, test-elevated-access-installation says what to do");
}

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
pl_path_system(struct pl_ctx *ctx, struct pl_store *s)
{
	struct stat dir;

	s->path = strdup(PL_SYSTEM_DATABASE);
	if (s->path == NULL)
		return pl_fail_memory(ctx);
	if (lstat(PL_STATE_DIR, &dir) != 0 || !S_ISDIR(dir.st_mode)) {
		pl_fail(ctx, PL_ERR_NOT_INSTALLED, "there is no system database: %s: %s", PL_STATE_DIR,
		    strerror(errno));
		return pl_target(ctx, PL_STATE_DIR);
	}
	if (dir.st_uid != s->keeper || dir.st_uid == 0)
		return refuse_system(ctx, PL_STATE_DIR, "it does not belong to the account that this process runs as");
	if ((dir.st_mode & 07777) != 02700)
		return refuse_system(ctx, PL_STATE_DIR, "its mode is not 2700");
	return PL_OK;
}

enum pl_status
pl_path_resolve(struct pl_ctx *ctx, const char *path, struct pl_store *s)
{
	char dir[PATH_MAX], real[PATH_MAX];
	const char *slash = strrchr(path, '/');
	const char *base = slash != NULL ? slash + 1 : path;
	size_t dir_len = slash != NULL ? (size_t)(slash - path) : 0;
	enum pl_status st;

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
	if (asprintf(&s->path, "%s/%s", strcmp(real, "/") == 0 ? "" : real, base) < 0) {
		s->path = NULL;
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

/* Why a file cannot be the database; NULL if it can, as far as its owner and mode are concerned. */
static const char *
unfit(const struct pl_store *s, const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return "it is a symbolic link";
	if (S_ISREG(st->st_mode) && st->st_uid != s->keeper)
		return "it belongs to somebody else";
	if (S_ISREG(st->st_mode) && (st->st_mode & (s->system ? 077 : S_IWGRP | S_IWOTH)) != 0)
		return s->system ? "others can read or write it" : "others can write to it";
	if (S_ISREG(st->st_mode) && st->st_nlink != 1)
		return "it has several names (hard links)";
	return NULL;
}

enum pl_status
pl_path_check(struct pl_ctx *ctx, const struct pl_store *s)
{
	const char *path = s->path, *why;
	struct stat st;

	if (lstat(path, &st) != 0) {
		if (errno == ENOENT)
			return PL_E_NOT_FOUND;
		pl_fail(ctx, PL_ERR_DATABASE_UNREACHABLE, "database %s: %s", path, strerror(errno));
		return pl_target(ctx, path);
	}
	if (!s->system && is_system_file(path, &st))
		return refuse(ctx, path, "it is the system database; name it System");
	why = unfit(s, &st);
	if (why != NULL)
		return s->system ? refuse_system(ctx, path, why) : refuse(ctx, path, why);
	if (!S_ISREG(st.st_mode)) {
		pl_fail(ctx, PL_ERR_DATABASE_FOREIGN, "%s is not a file", path);
		return pl_target(ctx, path);
	}
	if (st.st_size == 0) {
		pl_fail(ctx, PL_ERR_DATABASE_EMPTY, "database %s is an empty file", path);
		pl_target(ctx, path);
		return s->system ? pl_hint(ctx, "put back a backup") : pl_hint(ctx, "put back a backup, or remove the"
		    " file and begin with enable-elevated-access-control");
	}
	return PL_OK;
}
