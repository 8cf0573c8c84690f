/* caller.c - who calls: what the kernel and the user database say */

#include "pamlite/caller.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/context.h"
#include "pamlite/list.h"
#include "pamlite/process.h"

enum {
	ENTRY_SIZE = 4096,
	ENTRY_SIZE_MAX = 4 << 20,    /* a group of some hundred thousand members */
	PROC_SIZE = 1024,
	MAJOR_TTY = 4, MAJOR_PTS_FIRST = 136, MAJOR_PTS_LAST = 143,
};

/* One question to the user database; the answer's strings lie in `memory`. */
struct lookup {
	const char *name;      /* NULL = by uid */
	uid_t uid;
	bool group;
	struct passwd *passwd;
	struct group *gr;
	struct passwd passwd_entry;
	struct group group_entry;
	char *memory;
};

static int
ask(struct lookup *l, char *memory, size_t size)
{
	if (l->group)
		return getgrnam_r(l->name, &l->group_entry, memory, size, &l->gr);
	if (l->name != NULL)
		return getpwnam_r(l->name, &l->passwd_entry, memory, size, &l->passwd);
	return getpwuid_r(l->uid, &l->passwd_entry, memory, size, &l->passwd);
}

/* Is there such an entry? If not, errno is 0 when that is the answer. The caller frees l->memory. */
static bool
look_up(struct lookup *l)
{
	char *memory = NULL, *more;
	int error = ERANGE;

	for (size_t size = ENTRY_SIZE; error == ERANGE && size <= ENTRY_SIZE_MAX; size *= 2) {
		more = realloc(memory, size);
		if (more == NULL) {
			error = ENOMEM;
			break;
		}
		memory = more;
		error = ask(l, memory, size);
	}
	l->memory = memory;
	/* Name services say "not found" in any of these ways too: getpwnam(3). */
	if (error == ENOENT || error == ESRCH || error == EBADF || error == EPERM)
		error = 0;
	errno = error;
	return error == 0 && (l->group ? l->gr != NULL : l->passwd != NULL);
}

/* A small file below /proc as text. */
static bool
read_proc(const char *path, char out[PROC_SIZE])
{
	ssize_t n;
	int fd, error;

	out[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, out, PROC_SIZE - 1);
	error = errno;
	close(fd);
	errno = error;
	out[n > 0 ? n : 0] = '\0';
	return n >= 0;
}

/*
 * A login uid adds refusals, so not being able to read it must not be taken for
 * "unset": a caller without free descriptors would have shed his. A kernel
 * without audit has no such file.
 */
static bool
read_login_uid(uint32_t *out)
{
	char text[PROC_SIZE];

	*out = PL_LOGIN_UNSET;
	if (!read_proc("/proc/self/loginuid", text))
		return errno == ENOENT;
	if (pl_process_login(text, out))
		return true;
	errno = EINVAL;
	return false;
}

/* "pts/3" from a device number; "" if it is of no kind that we know. */
static void
name_terminal(uint32_t device, char out[PL_TERMINAL_MAX + 1])
{
	uint32_t major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);

	out[0] = '\0';
	if (major >= MAJOR_PTS_FIRST && major <= MAJOR_PTS_LAST)
		snprintf(out, PL_TERMINAL_MAX + 1, "pts/%u", minor + (major - MAJOR_PTS_FIRST) * 256);
	else if (major == MAJOR_TTY && minor < 64)
		snprintf(out, PL_TERMINAL_MAX + 1, "tty%u", minor);
	else if (major == MAJOR_TTY)
		snprintf(out, PL_TERMINAL_MAX + 1, "ttyS%u", minor - 64);
}

void
pl_terminal_parse(const char *stat, char out[PL_TERMINAL_MAX + 1])
{
	name_terminal(pl_process_terminal(stat), out);
}

static enum pl_status
read_account(struct pl_ctx *ctx, struct pl_caller *out)
{
	struct lookup l = { .uid = out->uid };
	enum pl_status st = PL_OK;
	size_t len;

	if (look_up(&l) && pl_text_is_account(l.passwd->pw_name)) {
		len = strlen(l.passwd->pw_name);
		memcpy(out->account, l.passwd->pw_name, len + 1);
		memcpy(out->name, l.passwd->pw_name, len + 1);
	} else if (errno == 0) {
		st = pl_fail(ctx, PL_ERR_UNKNOWN_CALLER, "user id %lu has no account", (unsigned long)out->uid);
	} else {
		st = pl_fail(ctx, PL_ERR_OS_ERROR, "the account of user id %lu cannot be looked up: %s",
		    (unsigned long)out->uid, strerror(errno));
	}
	free(l.memory);
	return st;
}

static void
read_host(struct pl_caller *out)
{
	if (gethostname(out->host, sizeof(out->host) - 1) != 0 || !pl_text_is_line(out->host, strlen(out->host)))
		out->host[0] = '\0';
}

enum pl_status
pl_caller_read(struct pl_ctx *ctx, struct pl_caller *out)
{
	char stat[PROC_SIZE];

	memset(out, 0, sizeof(*out));
	out->uid = getuid();
	out->login_uid = PL_LOGIN_UNSET;
	out->pid = getpid();
	if (!read_login_uid(&out->login_uid))
		return pl_fail(ctx, PL_ERR_OS_ERROR, "the login uid cannot be read: %s", strerror(errno));
	if (read_proc("/proc/self/stat", stat))
		pl_terminal_parse(stat, out->terminal);
	read_host(out);
	return read_account(ctx, out);
}

enum pl_status
pl_caller_parse(struct pl_ctx *ctx, const char *text, struct pl_caller *out)
{
	int64_t numbers[4] = { 0 };
	const char *at = text;
	size_t i, len;

	memset(out, 0, sizeof(*out));
	out->uid = (uid_t)-1;
	out->login_uid = PL_LOGIN_UNSET;
	for (i = 0; i < 4; i++, at += len + (i < 4 && at[len] == ',')) {
		len = strcspn(at, ",");
		if (!pl_text_parse_int(at, len, &numbers[i]) || numbers[i] > (i < 3 ? UINT32_MAX : INT32_MAX))
			return pl_fail(ctx, PL_ERR_INVALID_TEXT, "the caller cannot be '%s'", text);
	}
	if (at[0] != '\0')
		return pl_fail(ctx, PL_ERR_INVALID_TEXT, "the caller cannot be '%s'", text);
	out->uid = (uid_t)numbers[0];
	out->login_uid = (uint32_t)numbers[1];
	name_terminal((uint32_t)numbers[2], out->terminal);
	out->pid = (pid_t)numbers[3];
	read_host(out);
	return read_account(ctx, out);
}

enum pl_status
pl_caller_assert(struct pl_ctx *ctx, struct pl_caller *caller, const char *name)
{
	if (!pl_text_is_account(name))
		return pl_fail(ctx, PL_ERR_INVALID_TEXT, "'%s' cannot be the name of an account",
		    name != NULL ? name : "");
	memmove(caller->name, name, strlen(name) + 1);
	caller->asserted = strcmp(caller->name, caller->account) != 0;
	return PL_OK;
}

bool
pl_unix_group_has(const char *group, const char *name)
{
	struct lookup g = { .name = group, .group = true }, p = { .name = name };
	bool has = false;

	if (look_up(&g)) {
		for (char **member = g.gr->gr_mem; *member != NULL && !has; member++)
			has = strcmp(*member, name) == 0;
		if (!has)
			has = look_up(&p) && p.passwd->pw_gid == g.gr->gr_gid;
	}
	free(g.memory);
	free(p.memory);
	return has;
}

bool
pl_unix_group_exists(const char *group)
{
	struct lookup g = { .name = group, .group = true };
	bool exists = look_up(&g);

	free(g.memory);
	return exists;
}

void
pl_unix_group_list(const char *group, struct pl_buf *list)
{
	struct lookup g = { .name = group, .group = true };
	struct passwd *p;

	if (look_up(&g)) {
		for (char **member = g.gr->gr_mem; *member != NULL; member++)
			if (pl_text_is_account(*member) && !pl_list_has(list->text, *member))
				pl_list_add(list, *member);
		setpwent();
		while ((p = getpwent()) != NULL)
			if (p->pw_gid == g.gr->gr_gid && pl_text_is_account(p->pw_name) &&
			    !pl_list_has(list->text, p->pw_name))
				pl_list_add(list, p->pw_name);
		endpwent();
	}
	free(g.memory);
}
