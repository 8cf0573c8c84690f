/* witness.h - comparing the audit log with what others keep of it */
#ifndef PAMLITE_WITNESS_H
#define PAMLITE_WITNESS_H

#include <stdint.h>

#include "pamlite/audit_check.h"
#include "pamlite/context.h"
#include "pamlite/health.h"

/*
 * After pl_audit_verify() from `start` on: compare the log of the system database with the anchor, and any with
 * the file that ctx->input_fd is open on, if `path`, its name for the user, is not NULL. The file is an export
 * (JSON Lines), a copy of the anchor, or what a log daemon or journalctl has written, in any order; what in the last
 * two is not about the log of this host is passed over. An export is nothing but whole records, each of which must fit
 * its own hash and fields, too; check->detail counts those that it lacks between its first and its last.
 *
 * What they say of records before `start` does not count. The lowest sequence that differs, or that the log lacks,
 * makes *check invalid, unless that is so from a lower one; check->detail says who says so, or how far all agree.
 *
 * PL_E_IO (InputFailed)     the anchor or the file cannot be read; an anchor that is not root's alone
 * PL_E_DATA (InvalidJson)   a line that begins like an object is none
 * PL_E_DATA (InvalidInputObject)   a broken record of an export, or one among lines of another form; evidence;
 *                                  a file in which nothing is about the log
 */
enum pl_status pl_witness_check(struct pl_ctx *ctx, int64_t start, const char *path, struct pl_audit_check *check);

/*
 * For monitoring: the anchor of the system database, of whose pairs the newest alone is compared, which costs the same
 * however long it is. On a private database nothing is said.
 *
 * PL_E_DENIED (AuditorRequired)
 */
enum pl_status pl_witness_look(struct pl_ctx *ctx, struct pl_health_report *report);

/*
 * For a check that says that the log is not whole: fail with it. Of the system database's somebody has to hear, whoever
 * looked and wherever his output goes: that goes to syslog (LOG_CRIT) too.
 *
 * PL_E_IO (AuditLogBroken)
 */
enum pl_status pl_witness_alarm(struct pl_ctx *ctx, const struct pl_audit_check *check);

#endif
