/* task.h - registered tasks, roles and role groups */
#ifndef PAMLITE_TASK_H
#define PAMLITE_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/choice.h"
#include "pamlite/context.h"
#include "pamlite/digest.h"
#include "pamlite/row.h"

/* Task, Role and RoleGroup; ends with NULL. */
extern const char *const pl_task_types[];

struct pl_task {
	char *name, *type, *path, *arguments, *parameters, *run_as, *working_directory, *environment, *sha256, *members;
	char *policy, *version, *description;
	int64_t created_at, updated_at;
};
extern const struct pl_noun pl_task_noun;

struct pl_task_spec {
	char *name;                       /* canonical Scope\Name */
	char *type;                       /* Register; NULL = Task */
	char *path, *arguments, *parameters, *run_as, *working_directory, *environment, *sha256;   /* "" clears */
	char *members;                    /* of a role: tasks; of a role group: roles */
	char *description;
};

/*
 * A task's Version is the beginning of the digest of its definition; a role's
 * covers its member list and the digests of its members, and follows them.
 * Grants are bound to the digest, so a change needs a new approval.
 *
 * PL_E_DENIED (AdministratorRequired)
 * PL_E_EXISTS (TaskExists)                   Register
 * PL_E_NOT_FOUND (TaskNotFound)              Set, Unregister
 * PL_E_USAGE (TaskDefinitionInvalid, RunAsRefused, NothingToChange)
 */
enum pl_status pl_task_register(struct pl_ctx *ctx, const struct pl_task_spec *spec, struct pl_task *out);
enum pl_status pl_task_change(struct pl_ctx *ctx, const struct pl_task_spec *spec, struct pl_task *out);
enum pl_status pl_task_unregister(struct pl_ctx *ctx, const struct pl_task_spec *spec, struct pl_task *out);

struct pl_task_filter {
	char *name;          /* name or pattern; NULL = all */
	char *type;
	bool mine;           /* only what the caller may run now */
};
enum pl_status pl_task_list(struct pl_ctx *ctx, const struct pl_task_filter *filter, pl_row_fn *each, void *arg);

/*
 * Inside an operation: the digest of what is registered under that name, for
 * the grant; "" if nothing is.
 */
enum pl_status pl_task_digest(struct pl_ctx *ctx, const char *name, char out[PL_DIGEST_LEN + 1]);

#endif
