/* account.c - the account that a task runs as on the system database */

#include "pamlite/run.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY_SIZE = 4096, ENTRY_MAX = 1 << 20, GROUPS = 32, GROUPS_MAX = 65536 };

static enum pl_status
fail_missing(struct pl_ctx *ctx, const char *name)
{
	pl_fail(ctx, PL_ERR_RUN_AS_MISSING, "there is no account %s to run as", name);
	return pl_target(ctx, name);
}

/* 0, or the error number; *found is NULL where there is no such account. The caller frees *text. */
static int
read_entry(const char *name, struct passwd *entry, struct passwd **found, char **text)
{
	size_t size;
	char *more;
	int error;

	*found = NULL;
	*text = NULL;
	for (size = ENTRY_SIZE; size <= ENTRY_MAX; size *= 2) {
		more = realloc(*text, size);
		if (more == NULL)
			return ENOMEM;
		*text = more;
		error = getpwnam_r(name, entry, *text, size, found);
		if (error != ERANGE)
			return error;
	}
	return ERANGE;
}

/* Its groups are read now: a list from some login of long ago may name groups that it has left. */
static enum pl_status
find_groups(struct pl_ctx *ctx, struct pl_run_account *a)
{
	int size = GROUPS, count;
	gid_t *more;

	for (; size <= GROUPS_MAX; size *= 2) {
		more = reallocarray(a->groups, (size_t)size, sizeof(*more));
		if (more == NULL)
			return pl_fail_memory(ctx);
		a->groups = more;
		count = size;
		if (getgrouplist(a->name, a->gid, a->groups, &count) >= 0) {
			a->group_count = (size_t)count;
			return PL_OK;
		}
	}
	return pl_fail(ctx, PL_ERR_RUN_FAILED, "the account %s is in too many groups", a->name);
}

static enum pl_status
fill(struct pl_ctx *ctx, const struct passwd *entry, struct pl_run_account *out)
{
	bool has_home = entry->pw_dir != NULL && entry->pw_dir[0] != '\0';
	bool has_shell = entry->pw_shell != NULL && entry->pw_shell[0] != '\0';

	/* To setresuid() these mean "leave it as it is", and it is root's (CVE-2019-14287). */
	if (entry->pw_uid == (uid_t)-1 || entry->pw_gid == (gid_t)-1)
		return fail_missing(ctx, entry->pw_name);
	/* Half an account: whoever gets that group id next would share what the task makes. */
	if (getgrgid(entry->pw_gid) == NULL)
		return fail_missing(ctx, entry->pw_name);
	out->uid = entry->pw_uid;
	out->gid = entry->pw_gid;
	out->name = strdup(entry->pw_name);
	out->home = strdup(has_home ? entry->pw_dir : "/");
	out->shell = strdup(has_shell ? entry->pw_shell : "/bin/sh");
	if (out->name == NULL || out->home == NULL || out->shell == NULL)
		return pl_fail_memory(ctx);
	return find_groups(ctx, out);
}

enum pl_status
pl_run_account_find(struct pl_ctx *ctx, const char *name, struct pl_run_account *out)
{
	struct passwd entry, *found;
	enum pl_status st;
	char *text;
	int error;

	*out = (struct pl_run_account){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
	error = read_entry(name, &entry, &found, &text);
	if (found != NULL)
		st = fill(ctx, found, out);
	else if (error == 0 || error == ENOENT || error == ESRCH)
		st = fail_missing(ctx, name);
	else if (error == ENOMEM)
		st = pl_fail_memory(ctx);
	else
		st = pl_fail(ctx, PL_ERR_RUN_FAILED, "the account %s cannot be looked up: %s", name, strerror(error));
	free(text);
	if (st != PL_OK)
		pl_run_account_clear(out);
	return st;
}

void
pl_run_account_clear(struct pl_run_account *a)
{
	if (a == NULL)
		return;
	free(a->groups);
	free(a->name);
	free(a->home);
	free(a->shell);
	*a = (struct pl_run_account){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
}
