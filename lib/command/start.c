/* start.c - what the process begins with: descriptors, environment, caller, database */

#include "session.h"

#include <fcntl.h>
#include <signal.h>
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

enum pl_status
pl_start_database(struct pl_session *s)
{
	const char *path = s->common.database, *principal = pl_start_variable("PAMLITE_PRINCIPAL");
	enum pl_status st;
	bool create;

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
	create = (s->command->needs & PL_NEED_STORE_CREATE) && !s->ctx.caller.asserted && !s->ctx.what_if;
	return pl_store_open(&s->ctx, path, create);
}
