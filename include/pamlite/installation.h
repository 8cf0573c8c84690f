/* installation.h - is pam-lite installed so that its promises hold, and if not, what is to be done? */
#ifndef PAMLITE_INSTALLATION_H
#define PAMLITE_INSTALLATION_H

#include "pamlite/context.h"
#include "pamlite/row.h"

/* The values of pl_finding.result. A promise is broken (Wrong), or weaker than it could be or not known (Warning). */
#define PL_FINDING_OK "Ok"
#define PL_FINDING_WARNING "Warning"
#define PL_FINDING_WRONG "Wrong"

/* What one check found. */
struct pl_finding {
	char *check;
	char *result;
	char *object;      /* the path, setting or process that it is about */
	char *found;
	char *expected;
	char *advice;      /* what to do, a command line where there is one; NULL if there is nothing to do */
};
extern const struct pl_noun pl_finding_noun;

/*
 * Look at the system installation: programs, account, database, task files, log, kernel, and the process
 * that asks. Anybody may; what the caller may not look at is a Warning that says so. Nothing is changed
 * and the database file is not opened; its lock is tried for 2 s at most. Each finding, good or
 * bad, goes to `take`; what that returns other than PL_OK ends it.
 *
 * PL_E_CONFIG (InstallationWrong)  at least one finding was Wrong
 */
enum pl_status pl_installation_check(struct pl_ctx *ctx, pl_row_fn *take, void *arg);

#endif
