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
#include <unistd.h>

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

const char *
pl_start_variable(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

static enum pl_status
refuse_system(struct pl_session *s, const char *principal)
{
	if (principal != NULL) {
		(void)pl_fail(&s->ctx, PL_ERR_PRINCIPAL_REFUSED,
		    "PAMLITE_PRINCIPAL does not count on the system database.");
		return pl_hint(&s->ctx, "unset PAMLITE_PRINCIPAL, or name a private database with -Database");
	}
	(void)pl_fail(&s->ctx, PL_ERR_NOT_INSTALLED, "This release has no system database.");
	return pl_hint(&s->ctx, "name a private database with -Database or PAMLITE_DATABASE");
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
	st = pl_store_open(&s->ctx, path, true);
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
	enum pl_status st;
	bool creator;

	if (path == NULL)
		path = pl_start_variable("PAMLITE_DATABASE");
	if (path == NULL || pl_ascii_casecmp(path, "System") == 0)
		return refuse_system(s, principal);
	st = pl_caller_read(&s->ctx, &s->ctx.caller);
	if (st == PL_OK && principal != NULL)
		st = pl_caller_assert(&s->ctx, &s->ctx.caller, principal);
	if (st != PL_OK)
		return st;
	/* Only the owner under his own name makes a database, and -WhatIf writes nothing at all. */
	creator = (s->command->needs & PL_NEED_STORE_CREATE) && !s->ctx.caller.asserted;
	st = pl_store_open(&s->ctx, path, creator && !s->ctx.what_if);
	if (creator && s->ctx.what_if && s->ctx.failure.error == PL_ERR_DATABASE_MISSING && can_begin(path))
		st = open_rehearsal(s);
	return st;
}

void
pl_start_end(struct pl_session *s)
{
	pl_store_close(&s->ctx);
	if (s->rehearsal != NULL)
		remove_rehearsal(s);
}
