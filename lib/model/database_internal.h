/* database_internal.h - what making a backup and restoring one share */
#ifndef PAMLITE_MODEL_DATABASE_INTERNAL_H
#define PAMLITE_MODEL_DATABASE_INTERNAL_H

#include "pamlite/audit_check.h"
#include "pamlite/store.h"

/* What is wrong with the file that ctx->store is, and with its rows; not the chain. */
enum pl_status pl_database_look(struct pl_ctx *ctx, const char *operation, bool full, pl_fault_fn *each, void *arg);

/* Look through all of it. The caller clears *chain, whatever the status. PL_E_IO (DatabaseDamaged, AuditLogBroken) */
enum pl_status pl_database_require_sound(struct pl_ctx *ctx, const char *operation, struct pl_audit_check *chain);

#endif
