/* maintenance.h - what the clock has decided is written down, and what nobody tidies up is tidied up */
#ifndef PAMLITE_MAINTENANCE_H
#define PAMLITE_MAINTENANCE_H

#include <stdint.h>

#include "pamlite/audit_check.h"
#include "pamlite/context.h"
#include "pamlite/row.h"

/* What was done; with -WhatIf: what would be. */
struct pl_maintenance {
	int64_t expired;             /* requests whose expiry was written down, with a message to the requestor */
	int64_t notified;            /* requests whose approvers were told that they will expire unanswered */
	int64_t marked_unknown;      /* runs without an end whose process is gone; of some root has kept the end */
	int64_t exclusions_ended;    /* system accounts past their date */
	int64_t recordings_pruned;   /* system database: runs whose recording root has removed in due time */
	int64_t recordings_missing;  /* system database: those that somebody else has removed before */
	int64_t chain_checked;       /* records of the newest part of the chain */
};
extern const struct pl_noun pl_maintenance_noun;

/* What pl_store_claim() knows it as. */
#define PL_MAINTENANCE_WORK "maintenance"

/*
 * Do all of it, each kind in transactions of at most a hundred objects, each object with its record. May be
 * repeated at any time: what is done is not done again, and where there is nothing to do nothing is written. The notes
 * that it leaves are for when it is over: who does not read them must not keep others from it. For the service and
 * those who may configure.
 *
 * On the system database a recording that is gone before its time is told once, as a warning here and in syslog: the
 * run does not name it any more then.
 *
 * At the end the newest part of the chain is walked: *chain, as pl_audit_verify() leaves it, so that PL_OK says nothing
 * of it. The caller clears it, whatever the status.
 *
 * PL_E_DENIED (AdministratorRequired)
 * PL_E_STATE (MaintenanceRunning)     another process is at it; nothing was done
 */
enum pl_status pl_maintain(struct pl_ctx *ctx, struct pl_maintenance *out, struct pl_audit_check *chain);

#endif
