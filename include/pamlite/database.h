/* database.h - the database as a whole: a backup of it, whether it is sound, and a backup that takes its place */
#ifndef PAMLITE_DATABASE_H
#define PAMLITE_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/audit_check.h"
#include "pamlite/context.h"
#include "pamlite/row.h"

struct pl_database_check {
	char *path;
	bool valid;
	int64_t schema_version;
	char *detail;              /* what is wrong, or how much was found to be right */
};
extern const struct pl_noun pl_database_check_noun;

/*
 * Write a copy of the database, as it is at one moment, to `fd`. Writers go on meanwhile (pl_store_snapshot). Before
 * a byte is written the copy is looked through: the file, what must hold between rows, the chain. For who may
 * configure. Nothing is recorded, so that a database that cannot be written to can be saved.
 *
 * PL_E_DENIED (AdministratorRequired)
 * PL_E_IO (DatabaseDamaged, AuditLogBroken)       there is nothing to be written
 * PL_E_IO (DatabaseInputOutput, OutputFailed)     no room beside the database, or where the copy goes
 */
enum pl_status pl_database_backup(struct pl_ctx *ctx, int fd);

/*
 * Everything that is wrong with the database's file, rows and chain, and with owners and modes, a row each; or one
 * row if nothing is. `full`: indexes too are held against what they are of. `chain` is as pl_audit_verify()
 * leaves it, and what has to be said of it is for the caller, who knows more witnesses; *faults counts the rows of the
 * rest. Looks at a copy, so that nobody waits. For the service and those who may see everything; the caller clears
 * *chain, whatever the status.
 */
enum pl_status pl_database_test(struct pl_ctx *ctx, bool full, struct pl_audit_check *chain, int64_t *faults,
    pl_row_fn *each, void *arg);
/* One more row; `detail` is copied. */
enum pl_status pl_database_tell(struct pl_ctx *ctx, bool valid, const char *detail, pl_row_fn *each, void *arg);

/*
 * Put the backup that ctx->input_fd is open on in the place of the database, which need not be of any use, or be there
 * (PL_STORE_ANY). It is looked through as a backup is when it is made, and brought up to date if it is older. Then,
 * with the lock held: a record in it says where it ended and what is lost; what was to be sent of old is not sent; what
 * was pending is canceled, and what was granted revoked, since nobody can tell what became of it after the backup. What
 * was there is kept beside as PATH.before-restore-TIME.
 *
 * On the system database root's own process has to tell the anchor after that: until then nothing runs.
 *
 * PL_E_DENIED (RootRequired, AdministratorRequired)  not root; not the owner under his own name
 * PL_E_STATE (DatabaseBusy)    another process is restoring
 * PL_E_CONFIG, PL_E_IO         what pl_store_import() and the first transaction on it say; AuditLogBroken
 */
enum pl_status pl_database_restore(struct pl_ctx *ctx, const char *name);

#endif
