/* health_internal.h - the parts of the checks of monitoring */
#ifndef PAMLITE_MODEL_HEALTH_INTERNAL_H
#define PAMLITE_MODEL_HEALTH_INTERNAL_H

#include "pamlite/health.h"

/* health_host.c. Inside an operation: what root has kept of runs, and whether the rows have it by now. */
enum pl_status pl_health_look_at_notes(struct pl_ctx *ctx, struct pl_health_report *report);
/* With nothing locked: file systems, and the traces of the maintenance. */
void pl_health_look_at_host(struct pl_ctx *ctx, struct pl_health_report *report);

#endif
