/* witness_line.h - a line of what somebody keeps of the audit log, in the forms in which it is kept */
#ifndef PAMLITE_COMMAND_WITNESS_LINE_H
#define PAMLITE_COMMAND_WITNESS_LINE_H

#include "pamlite/audit_check.h"
#include "pamlite/context.h"

enum pl_witness_form { PL_WITNESS_TEXT, PL_WITNESS_EXPORT };

struct pl_witness_line {
	struct pl_audit_witness seen;   /* sequence 0: the line is not about the log */
	enum pl_witness_form form;
	bool elsewhere;                 /* it is about the log of another host, and not about this one */
	const char *fault;              /* constant: what is wrong with the record itself; NULL = nothing */
};

/*
 * One line, ended by NUL: a record of an export, a pair of the anchor, or what syslog was told, as it stands in
 * the files of log daemons (RFC 3164 or 5424) and in what journalctl prints, also with -o json. What syslog was
 * told on a host of another name than ctx->caller.host, whole or up to its first dot, is about another log.
 *
 * PL_E_DATA (InvalidJson, InvalidInputObject)   it begins like an object and is none, or one that neither journalctl
 *                                               nor an export writes: half a record, one with more, evidence
 */
enum pl_status pl_witness_line_read(struct pl_ctx *ctx, const char *text, struct pl_witness_line *out);

/* May whoever reads JSON find an object at the beginning of that line, or of it and the next ones? */
bool pl_witness_may_be_object(const char *text);

#endif
