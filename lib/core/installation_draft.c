/* installation_draft.c - looking at an installation: a finding while it is made, and what every file is asked */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/installation.h"
#include "pamlite/place.h"
#include "pamlite/text.h"
#include "pamlite/trusted.h"

#include "core/installation_internal.h"

#define INSTALL_AGAIN "install pam-lite again"

/* What means nothing but itself to a shell. */
#define PLAIN "/._-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

void
pl_draft_begin(struct pl_draft *d, const char *check, const char *object, const char *expected)
{
	*d = (struct pl_draft){ .check = check, .object = object, .expected = expected };
	pl_buf_init(&d->found);
	pl_buf_init(&d->advice);
}

__attribute__((format(printf, 3, 0))) static void
add(struct pl_buf *b, const char *between, const char *fmt, va_list ap)
{
	if (b->len > 0)
		pl_buf_text(b, between);
	pl_buf_vprintf(b, fmt, ap);
}

void
pl_draft_found(struct pl_draft *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(&d->found, ", ", fmt, ap);
	va_end(ap);
}

void
pl_draft_fault(struct pl_draft *d, enum pl_grade grade, const char *fmt, ...)
{
	va_list ap;

	if (grade > d->grade)
		d->grade = grade;
	va_start(ap, fmt);
	add(&d->advice, "; ", fmt, ap);
	va_end(ap);
}

void
pl_draft_unseen(struct pl_draft *d)
{
	if (errno == EACCES || errno == EPERM) {
		pl_draft_found(d, "not visible to this account");
		pl_draft_fault(d, PL_GRADE_WARNING, "run it as root");
	} else {
		pl_draft_found(d, "cannot be read: %s", strerror(errno));
		pl_draft_fault(d, PL_GRADE_WARNING, "find out why");
	}
}

/* Names of files can hold anything; every value that is printed is one line. */
static char *
line_of(const char *text)
{
	struct pl_buf b;

	if (pl_text_is_line(text, strlen(text)))
		return strdup(text);
	pl_buf_init(&b);
	pl_text_escape(&b, text, strlen(text));
	return pl_buf_take(&b);
}

void
pl_draft_end(struct pl_survey *s, struct pl_draft *d)
{
	static const char *const results[] = {
		[PL_GRADE_OK] = PL_FINDING_OK,
		[PL_GRADE_WARNING] = PL_FINDING_WARNING,
		[PL_GRADE_WRONG] = PL_FINDING_WRONG,
	};
	struct pl_finding row = {
		.check = strdup(d->check), .result = strdup(results[d->grade]), .object = line_of(d->object),
		.found = line_of(d->found.text), .expected = strdup(d->expected),
		.advice = d->advice.len > 0 ? line_of(d->advice.text) : NULL
	};

	s->checks++;
	s->wrong += d->grade == PL_GRADE_WRONG;
	if (s->status == PL_OK && (row.check == NULL || row.result == NULL || row.object == NULL || row.found == NULL ||
	    row.expected == NULL || (row.advice == NULL) != (d->advice.len == 0) || pl_buf_failed(&d->found) ||
	    pl_buf_failed(&d->advice)))
		s->status = pl_fail_memory(s->ctx);
	if (s->status == PL_OK)
		s->status = s->take(s->arg, &row);
	pl_row_clear(&pl_finding_noun, &row);
	pl_draft_clear(d);
}

void
pl_draft_clear(struct pl_draft *d)
{
	pl_buf_clear(&d->found);
	pl_buf_clear(&d->advice);
}

/*
 * Advice is made to be typed by root, and an intruder can have chosen the name of a
 * file: a command line about it, quoted so that it is one word and nothing else.
 */
static void
advise_on_file(struct pl_draft *d, const char *command)
{
	const char *p;

	pl_draft_fault(d, PL_GRADE_WRONG, "%s ", command);
	if (d->object[strspn(d->object, PLAIN)] == '\0') {
		pl_buf_text(&d->advice, d->object);
		return;
	}
	pl_buf_char(&d->advice, '\'');
	for (p = d->object; *p != '\0'; p++)
		if (*p == '\'')
			pl_buf_text(&d->advice, "'\\''");
		else
			pl_buf_char(&d->advice, *p);
	pl_buf_char(&d->advice, '\'');
}

static const char *
type_name(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG: return "a file";
	case S_IFDIR: return "a directory";
	case S_IFLNK: return "a symbolic link";
	default: return "a special file";
	}
}

/* "root", "pamlite" or the number. */
static void
name_owner(const struct pl_survey *s, bool is_ours, unsigned long id, struct pl_buf *out)
{
	if (id == 0)
		pl_buf_text(out, "root");
	else if (s->has_account && is_ours)
		pl_buf_text(out, PL_SERVICE_ACCOUNT);
	else
		pl_buf_printf(out, "%lu", id);
}

static bool
has_owner(const struct pl_survey *s, const struct pl_expected *e, const struct stat *st)
{
	/* Without the account nobody can say; that it is missing is a finding of its own. */
	const bool user = e->users && !s->has_account ? true : st->st_uid == (e->users ? s->uid : 0);
	const bool group = e->groups && !s->has_account ? true : st->st_gid == (e->groups ? s->gid : 0);

	return user && group;
}

static void
describe_file(const struct pl_survey *s, struct pl_draft *d, const struct stat *st)
{
	struct pl_buf owner;

	pl_buf_init(&owner);
	name_owner(s, st->st_uid == s->uid, st->st_uid, &owner);
	pl_buf_char(&owner, ':');
	name_owner(s, st->st_gid == s->gid, st->st_gid, &owner);
	pl_draft_found(d, "%s %04o", owner.text, (unsigned)(st->st_mode & 07777));
	pl_buf_clear(&owner);
}

/*
 * The account may exchange what lies in its directory while root reads the advice: a link there would give it the file
 * that the link names. So no link is followed as root, and the mode is set as the account, which gets no terminal.
 */
#define AS_ACCOUNT "setsid -w setpriv --reuid=" PL_SERVICE_ACCOUNT " --regid=" PL_SERVICE_ACCOUNT \
	" --clear-groups </dev/null >/dev/null 2>&1"

/* A file with power that others could write to is not given back to root: they may have written. */
static void
judge_owner_and_mode(const struct pl_survey *s, struct pl_draft *d, const struct pl_expected *e, const struct stat *st)
{
	const bool owner = has_owner(s, e, st), mode = (st->st_mode & 07777) == e->mode;
	const bool open = st->st_uid != 0 || (st->st_mode & (S_IWGRP | S_IWOTH)) != 0;
	char command[160];

	if (owner && mode)
		return;
	if (e->repair == PL_REPAIR_SETUP) {
		pl_draft_fault(d, PL_GRADE_WRONG, "%s/setup", pl_libexec_dir);
	} else if (e->repair != PL_REPAIR_FILE && open) {
		static const char *const again[] = {
			[PL_REPAIR_INSTALL] = ("others could change it: " INSTALL_AGAIN),
			[PL_REPAIR_REGISTER] = PL_REGISTER_AGAIN,
			[PL_REPAIR_SET] = PL_SET_AGAIN,
		};

		pl_draft_fault(d, PL_GRADE_WRONG, "%s", again[e->repair]);
	} else if (e->users) {
		if (!owner)
			advise_on_file(d, "chown -h " PL_SERVICE_ACCOUNT ":" PL_SERVICE_ACCOUNT);
		(void)snprintf(command, sizeof(command), AS_ACCOUNT " chmod %04o", (unsigned)e->mode);
		advise_on_file(d, command);
	} else {
		/* The mode after the owner, since chown takes setuid bits away. */
		(void)snprintf(command, sizeof(command), "chown root:%s", e->groups ? PL_SERVICE_ACCOUNT : "root");
		advise_on_file(d, command);
		(void)snprintf(command, sizeof(command), "chmod %04o", (unsigned)e->mode);
		advise_on_file(d, command);
	}
}

static void
judge_absent(struct pl_draft *d, const struct pl_expected *e)
{
	pl_draft_found(d, "missing");
	if (e->repair == PL_REPAIR_SETUP)
		pl_draft_fault(d, PL_GRADE_WRONG, "%s/setup", pl_libexec_dir);
	else
		pl_draft_fault(d, PL_GRADE_WRONG, "%s", e->repair == PL_REPAIR_INSTALL ? INSTALL_AGAIN : "look again");
}

bool
pl_draft_look(const struct pl_survey *s, struct pl_draft *d, const struct pl_expected *e, struct stat *st)
{
	memset(st, 0, sizeof(*st));
	if (lstat(d->object, st) != 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			judge_absent(d, e);
		else
			pl_draft_unseen(d);
		return false;
	}
	if ((st->st_mode & S_IFMT) != e->type) {
		pl_draft_found(d, "%s", type_name(st->st_mode));
		pl_draft_fault(d, PL_GRADE_WRONG, "find out who put it there, move it away, and " INSTALL_AGAIN);
		memset(st, 0, sizeof(*st));
		return false;
	}
	describe_file(s, d, st);
	judge_owner_and_mode(s, d, e, st);
	if (e->type == S_IFREG && st->st_nlink != 1) {
		pl_draft_found(d, "%lu names", (unsigned long)st->st_nlink);
		pl_draft_fault(d, PL_GRADE_WRONG, "find out who gave it the others, and remove them");
		advise_on_file(d, "find / -xdev -samefile");
	}
	return true;
}

void
pl_draft_trust(struct pl_draft *d, const char *path, bool directory)
{
	struct pl_buf why;
	int fd;

	pl_buf_init(&why);
	fd = directory ? pl_trusted_open_directory(path, &why) : pl_trusted_open(path, O_PATH, &why);
	if (fd >= 0) {
		close(fd);
	} else if (errno == EPERM && why.len > 0) {
		pl_draft_found(d, "%s", why.text);
		pl_draft_fault(d, PL_GRADE_WRONG,
		    "give every directory above it to root and let nobody else write to it");
	} else {
		pl_draft_unseen(d);
	}
	pl_buf_clear(&why);
}

bool
pl_survey_read(const char *path, struct pl_buf *out)
{
	char part[4096];
	ssize_t n;
	int fd, error;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return false;
	while ((n = read(fd, part, sizeof(part))) > 0)
		pl_buf_bytes(out, part, (size_t)n);
	error = errno;
	close(fd);
	if (out->len > 0 && out->text[out->len - 1] == '\n')
		out->text[--out->len] = '\0';
	errno = n < 0 ? error : ENOMEM;
	return n == 0 && !pl_buf_failed(out);
}
