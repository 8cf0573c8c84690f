/* witness_line.h - a line of what somebody keeps of the audit log, in the forms in which it is kept */
#ifndef PAMLITE_COMMAND_WITNESS_LINE_H
#define PAMLITE_COMMAND_WITNESS_LINE_H

#include "pamlite/audit_check.h"
#include "pamlite/context.h"

struct pl_witness_line {
	struct pl_audit_witness seen;   /* sequence 0: the line is not about the log */
	const char *fault;              /* constant: what is wrong with the record itself; NULL = nothing */
};

/*
 * One line, ended by NUL: a record of an export, a pair of the anchor, or what syslog was told, as it stands in
 * the files of log daemons (RFC 3164 or 5424) and in what journalctl prints, also with -o json.
 *
 * PL_E_DATA (InvalidJson, InvalidInputObject)   it begins like an object and is none, or is half a record
 */
enum pl_status pl_witness_line_read(struct pl_ctx *ctx, const char *text, struct pl_witness_line *out);

#endif
