/* audit_file.h - checking an exported audit log against the database */
#ifndef PAMLITE_AUDIT_FILE_H
#define PAMLITE_AUDIT_FILE_H

#include "pamlite/audit_check.h"
#include "pamlite/context.h"

/*
 * Read an export (JSON Lines) from ctx->input_fd, which `path` names to the user, and check it:
 * every Hash must be that of its PreviousHash and AuditData, and the record of that sequence in
 * the database must have the same. A difference makes *check invalid, with the first sequence.
 *
 * PL_E_IO (InputFailed)     the file cannot be read
 * PL_E_DATA (InvalidJson, InvalidInputObject)   it is not an export
 */
enum pl_status pl_audit_file_check(struct pl_ctx *ctx, const char *path, struct pl_audit_check *check);

#endif
