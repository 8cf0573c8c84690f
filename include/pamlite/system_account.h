/* system_account.h - accounts excluded from the control: exceptional by design */
#ifndef PAMLITE_SYSTEM_ACCOUNT_H
#define PAMLITE_SYSTEM_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/row.h"

struct pl_system_account {
	char *identity, *reason;
	int64_t expires_at, last_used_at;
	char *added_by;
	int64_t created_at;
};
extern const struct pl_noun pl_system_account_noun;

struct pl_system_account_spec {
	char *identity, *reason;
	int64_t expires_at;               /* 0 = no end */
};

/*
 * PL_E_DENIED (AdministratorRequired)
 * PL_E_EXISTS (SystemAccountExists)        Add; an exclusion that has ended is renewed
 * PL_E_NOT_FOUND (SystemAccountNotFound)   Remove
 * PL_E_USAGE (TimePast)               the end lies in the past
 */
enum pl_status pl_system_account_add(struct pl_ctx *ctx, const struct pl_system_account_spec *spec,
    struct pl_system_account *out);
/* *out is what was removed. */
enum pl_status pl_system_account_remove(struct pl_ctx *ctx, const struct pl_system_account_spec *spec,
    struct pl_system_account *out);

struct pl_system_account_filter {
	char *identity;       /* name or pattern; NULL = all */
};
enum pl_status pl_system_account_list(struct pl_ctx *ctx, const struct pl_system_account_filter *filter,
    pl_row_fn *each, void *arg);

/* Inside an operation: exclude `name` without an end, unless it is excluded already. */
enum pl_status pl_system_account_ensure(struct pl_ctx *ctx, const char *name, const char *reason);

/* Inside an operation: is the caller excluded now? Marks the use if `use`. */
enum pl_status pl_system_account_covers_caller(struct pl_ctx *ctx, bool use, bool *out);

#endif
