/* evidence_file.h - evidence of one request as a file: writing it, and checking it without a database */
#ifndef PAMLITE_EVIDENCE_FILE_H
#define PAMLITE_EVIDENCE_FILE_H

#include <stdbool.h>

#include "pamlite/audit_check.h"
#include "pamlite/context.h"

struct pl_evidence_spec {
	char *request;
	char *path;
	bool no_clobber;
};

/*
 * Write the evidence of a request into ctx->file: up to the first head that the anchor has behind the last record about
 * it, else up to the present head.
 *
 * PL_E_NOT_FOUND (RequestNotFound); PL_E_DENIED (AuditorRequired)
 * PL_E_EXISTS (FileExists)   the file holds that of another request: one file, one request
 * PL_E_IO (OutputFailed, DatabaseDamaged)
 */
enum pl_status pl_evidence_export(struct pl_ctx *ctx, const struct pl_evidence_spec *spec);

/*
 * Does what is to be read there begin as an evidence file: an object, behind any number of blanks, whose first property
 * is one of evidence? Nothing is read away. Of a pipe that begins too slowly (10 s) or with too many blanks it says no,
 * and so of an object that has others before: pl_witness_check() refuses evidence, whichever way it comes.
 */
bool pl_evidence_is_file(int fd);

/*
 * Check the file at ctx->input_fd, which `path` names to the user, by itself: every hash, and that all that stands
 * outside of the records is what they say. PL_OK also for one that is not so: see check->valid. Whoever makes up a
 * whole chain makes up its head too: check->detail says which head to look up. Needs no database, and takes any input:
 * memory is bounded. The caller clears *check, whatever the status.
 *
 * PL_E_DATA (InvalidJson, InvalidInputObject)   it is no evidence file, or of another version, or too large
 * PL_E_IO (InputFailed)
 */
enum pl_status pl_evidence_check(struct pl_ctx *ctx, const char *path, struct pl_audit_check *check);

#endif
