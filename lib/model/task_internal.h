/* task_internal.h - what the files about tasks share */
#ifndef PAMLITE_MODEL_TASK_INTERNAL_H
#define PAMLITE_MODEL_TASK_INTERNAL_H

#include "pamlite/task.h"

/* Inside an operation: check the definition and store its digest. PL_E_USAGE (TaskDefinitionInvalid) */
enum pl_status pl_task_store_digest(struct pl_ctx *ctx, const struct pl_task *t);

/* Inside an operation: a task changed, so the digests of the roles that list it and of their groups follow. */
enum pl_status pl_task_refresh_containers(struct pl_ctx *ctx, const char *name);

/*
 * Inside an operation: is the row that which its digest was made of? Whoever writes the database by other means
 * could show approvers one thing and have another run.
 */
enum pl_status pl_task_is_whole(struct pl_ctx *ctx, const struct pl_task *t, bool *out);

#endif
