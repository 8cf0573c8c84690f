/* start.c - what the process begins with: descriptors, environment, caller, database */

#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/place.h"
#include "pamlite/store.h"
#include "pamlite/text.h"

/*
 * A closed standard descriptor would be given to the next file that is opened,
 * and messages would be written into the database. The stand-ins fail when used.
 * A limit on file sizes is an error to report, not a death in mid-transaction.
 */
void
pl_start_descriptors(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

static bool without_environment;

void
pl_start_without_environment(void)
{
	without_environment = true;
}

const char *
pl_start_variable(const char *name)
{
	const char *value = without_environment ? NULL : getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

bool
pl_start_is_system(const struct pl_session *s)
{
	const char *path = s->common.database;

	if (path == NULL)
		path = pl_start_variable("PAMLITE_DATABASE");
	return path == NULL || pl_ascii_casecmp(path, "System") == 0;
}

enum pl_status
pl_start_check_principal(struct pl_session *s)
{
	if (pl_start_variable("PAMLITE_PRINCIPAL") == NULL)
		return PL_OK;
	(void)pl_fail(&s->ctx, PL_ERR_PRINCIPAL_REFUSED, "PAMLITE_PRINCIPAL does not count on the system database.");
	return pl_hint(&s->ctx, "unset PAMLITE_PRINCIPAL, or name a private database with -Database");
}

/* Could a database be made there? */
static bool
can_begin(const char *path)
{
	char copy[PATH_MAX];

	(void)snprintf(copy, sizeof copy, "%s", path);
	return access(dirname(copy), W_OK | X_OK) == 0;
}

/*
 * The checks of a command that would make the database need one, and -WhatIf may
 * not leave one there: so they are made on one that lives as long as they do.
 */
static enum pl_status
open_rehearsal(struct pl_session *s)
{
	const char *place = pl_start_variable("TMPDIR");
	enum pl_status st;
	char *path;

	if (asprintf(&s->rehearsal, "%s/pam-lite.XXXXXX", place != NULL ? place : "/tmp") < 0) {
		s->rehearsal = NULL;
		return pl_fail_memory(&s->ctx);
	}
	if (mkdtemp(s->rehearsal) == NULL) {
		st = pl_fail(&s->ctx, PL_ERR_OS_ERROR, "no directory can be made for a temporary database: %s",
		    strerror(errno));
		free(s->rehearsal);
		s->rehearsal = NULL;
		return st;
	}
	if (asprintf(&path, "%s/pam-lite.db", s->rehearsal) < 0)
		return pl_fail_memory(&s->ctx);
	st = pl_store_open(&s->ctx, path, PL_STORE_CREATE);
	free(path);
	return st;
}

static void
remove_rehearsal(struct pl_session *s)
{
	static const char *const names[] = { "pam-lite.db", "pam-lite.db.lock", "pam-lite.db-journal" };
	int dir = open(s->rehearsal, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t i;

	for (i = 0; dir >= 0 && i < sizeof names / sizeof names[0]; i++)
		(void)unlinkat(dir, names[i], 0);
	if (dir >= 0)
		close(dir);
	(void)rmdir(s->rehearsal);
	free(s->rehearsal);
	s->rehearsal = NULL;
}

enum pl_status
pl_start_database(struct pl_session *s)
{
	const char *path = s->common.database, *principal = pl_start_variable("PAMLITE_PRINCIPAL");
	enum pl_presence presence = PL_STORE_THERE;
	enum pl_status st;
	bool creator;

	if (path == NULL)
		path = pl_start_variable("PAMLITE_DATABASE");
	st = pl_caller_read(&s->ctx, &s->ctx.caller);
	if (st == PL_OK && principal != NULL)
		st = pl_caller_assert(&s->ctx, &s->ctx.caller, principal);
	if (st != PL_OK)
		return st;
	/* Only the owner under his own name makes a database, and -WhatIf writes nothing at all. */
	creator = (s->command->needs & PL_NEED_STORE_CREATE) && !s->ctx.caller.asserted;
	if (s->command->needs & PL_REPLACES_STORE)
		presence = PL_STORE_ANY;
	else if (creator && !s->ctx.what_if)
		presence = PL_STORE_CREATE;
	st = pl_store_open(&s->ctx, path, presence);
	if (creator && s->ctx.what_if && s->ctx.failure.error == PL_ERR_DATABASE_MISSING && can_begin(path))
		st = open_rehearsal(s);
	return st;
}

enum pl_status
pl_start_nothing(struct pl_session *s)
{
	(void)s;
	return PL_OK;
}

static const struct pl_slot *
file_slot(const struct pl_session *s, enum pl_param_type type)
{
	size_t i;

	for (i = 0; i < s->binding.own; i++)
		if (s->binding.slots[i].given && s->binding.slots[i].param->type == type)
			return &s->binding.slots[i];
	return NULL;
}

static bool
is_switched_on(const struct pl_session *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->binding.own; i++)
		if (strcmp(s->binding.slots[i].param->name, name) == 0)
			return s->binding.slots[i].given && (s->args == NULL ||
			    *(const bool *)(const void *)((const char *)s->args + s->binding.slots[i].param->offset));
	return false;
}

static bool
has_parameter(const struct pl_session *s, const char *name)
{
	const struct pl_param *p = s->command->params;

	while (p != NULL && p->name != NULL && strcmp(p->name, name) != 0)
		p++;
	return p != NULL && p->name != NULL;
}

static enum pl_status
advise(struct pl_session *s, enum pl_status st)
{
	if (st == PL_OK || s->ctx.failure.error != PL_ERR_FILE_EXISTS)
		return st;
	return pl_hint(&s->ctx, has_parameter(s, "Append") ? "-Force replaces it, -Append continues it" :
	    "-Force replaces it");
}

static enum pl_status
open_input(struct pl_session *s, const char *path)
{
	s->ctx.input_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (s->ctx.input_fd >= 0)
		return PL_OK;
	/* Of the process, not of the file. */
	if (errno == EMFILE || errno == ENFILE)
		return pl_fail(&s->ctx, PL_ERR_OS_ERROR, "a file cannot be opened: %s", strerror(errno));
	(void)pl_fail(&s->ctx, PL_ERR_INPUT_FAILED, "%s cannot be read: %s", path, strerror(errno));
	return pl_target(&s->ctx, path);
}

static bool
is_same_file(const char *path, const char *other)
{
	struct stat one, two;

	return other != NULL && stat(path, &one) == 0 && stat(other, &two) == 0 && one.st_dev == two.st_dev &&
	    one.st_ino == two.st_ino;
}

/* Put there by -Force, it would be all that is left of the database. */
static enum pl_status
check_not_database(struct pl_session *s, const char *path)
{
	const char *private = s->common.database;

	if (private == NULL)
		private = pl_start_variable("PAMLITE_DATABASE");
	if (!is_same_file(path, private) && !is_same_file(path, PL_SYSTEM_DATABASE))
		return PL_OK;
	(void)pl_fail(&s->ctx, PL_ERR_CANNOT_CONVERT, "the file '%s' is the database itself", path);
	return pl_target(&s->ctx, path);
}

enum pl_status
pl_start_files(struct pl_session *s)
{
	const struct pl_slot *in = file_slot(s, PL_PARAM_IN_PATH), *out = file_slot(s, PL_PARAM_OUT_PATH);
	enum pl_file_mode mode = PL_FILE_NEW;
	enum pl_status st = PL_OK;

	if (is_switched_on(s, "Append"))
		mode = PL_FILE_APPEND;
	else if (s->common.force && !is_switched_on(s, "NoClobber"))
		mode = PL_FILE_REPLACE;
	if (in != NULL)
		st = open_input(s, in->text);
	if (st == PL_OK && out != NULL)
		st = check_not_database(s, out->text);
	if (st == PL_OK && out != NULL)
		st = advise(s, pl_file_open(&s->ctx, out->text, mode, &s->file));
	if (st == PL_OK && out != NULL)
		s->ctx.file = &s->file;
	/* A collector is another account, and reads it the moment that it is in place. */
	if (s->ctx.file != NULL && s->format == PL_FORMAT_PROMETHEUS)
		(void)fchmod(s->file.fd, 0644);
	return st;
}

enum pl_status
pl_start_files_end(struct pl_session *s, bool keep)
{
	if (s->ctx.input_fd >= 0)
		close(s->ctx.input_fd);
	s->ctx.input_fd = -1;
	if (s->ctx.file == NULL)
		return PL_OK;
	s->ctx.file = NULL;
	return advise(s, pl_file_close(&s->ctx, &s->file, keep));
}

void
pl_start_end(struct pl_session *s)
{
	pl_store_close(&s->ctx);
	if (s->rehearsal != NULL)
		remove_rehearsal(s);
}
