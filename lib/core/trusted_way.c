/* trusted_way.c - where a path with links leads, if nobody but root can bend it */

#include "pamlite/trusted.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINKS_MAX = 40 };

/* How far it has come, by a way without links, and what is still before it. */
struct way {
	char at[PATH_MAX], text[PATH_MAX];
	const char *rest;          /* of the text */
	int links;
};

static bool
fail(int error)
{
	errno = error;
	return false;
}

static bool
distrust(struct pl_buf *why, const char *path, const char *wrong)
{
	pl_buf_printf(why, "%s %s", path, wrong);
	return fail(EPERM);
}

/* Take the next component off what is before us; false at the end, or with ENAMETOOLONG. */
static bool
next_component(struct way *w, char name[NAME_MAX + 1])
{
	size_t skip = strspn(w->rest, "/"), len = strcspn(w->rest + skip, "/");

	errno = len > NAME_MAX ? ENAMETOOLONG : 0;
	if (len == 0 || len > NAME_MAX)
		return false;
	memcpy(name, w->rest + skip, len);
	name[len] = '\0';
	w->rest += skip + len;
	return true;
}

static void
go_up(struct way *w)
{
	char *slash = strrchr(w->at, '/');

	if (slash != NULL)
		*slash = '\0';
}

/* A link that is root's in a directory that is root's: go on where it leads. */
static bool
follow(struct way *w)
{
	char target[PATH_MAX], all[PATH_MAX];
	ssize_t len = readlink(w->at, target, sizeof(target) - 1);
	int n;

	if (len < 0)
		return false;
	target[len] = '\0';
	n = snprintf(all, sizeof(all), "%s%s", target, w->rest);
	if (n < 0 || (size_t)n >= sizeof(all))
		return fail(ENAMETOOLONG);
	if (++w->links > LINKS_MAX)
		return fail(ELOOP);
	memcpy(w->text, all, (size_t)n + 1);
	w->rest = w->text;
	if (target[0] == '/')
		w->at[0] = '\0';
	else
		go_up(w);
	return true;
}

static bool
check(const char *path, const struct stat *st, struct pl_buf *why)
{
	if (st->st_uid != 0)
		return distrust(why, path, "does not belong to root");
	if (!S_ISLNK(st->st_mode) && (st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return distrust(why, path, "can be written by others than root");
	return true;
}

/* Everything above was looked at before, so that only root can have changed what this name is by now. */
static bool
step(struct way *w, const char *name, struct pl_buf *why)
{
	size_t len = strlen(w->at);
	struct stat st;
	int n;

	if (strcmp(name, ".") == 0)
		return true;
	if (strcmp(name, "..") == 0) {
		go_up(w);
		return true;
	}
	n = snprintf(w->at + len, sizeof(w->at) - len, "/%s", name);
	if (n < 0 || (size_t)n >= sizeof(w->at) - len)
		return fail(ENAMETOOLONG);
	if (lstat(w->at, &st) != 0 || !check(w->at, &st, why))
		return false;
	if (S_ISLNK(st.st_mode))
		return follow(w);
	return S_ISDIR(st.st_mode) || S_ISREG(st.st_mode) || distrust(why, w->at, "is no regular file");
}

bool
pl_trusted_way(const char *path, char out[PATH_MAX], struct pl_buf *why)
{
	struct way w = { .rest = w.text };
	char name[NAME_MAX + 1];
	struct stat st;

	out[0] = '\0';
	if (path[0] != '/')
		return distrust(why, path, "is not absolute");
	if (strlen(path) >= sizeof(w.text))
		return fail(ENAMETOOLONG);
	memcpy(w.text, path, strlen(path) + 1);
	if (stat("/", &st) != 0 || !check("/", &st, why))
		return false;
	while (next_component(&w, name))
		if (!step(&w, name, why))
			return false;
	if (errno != 0)
		return false;
	memcpy(out, w.at, strlen(w.at) + 1);
	return true;
}
