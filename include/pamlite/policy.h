/* policy.h - approval policies: who may have an access, who approves, within which limits */
#ifndef PAMLITE_POLICY_H
#define PAMLITE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/choice.h"
#include "pamlite/context.h"
#include "pamlite/row.h"

/* Manual and Auto; ends with NULL. */
extern const char *const pl_approval_types[];

struct pl_policy {
	char *identity, *type, *access, *approval_type, *approver_group;
	int64_t max_duration_s, min_approvals;
	char *eligible_group;
	int64_t max_uses;
	bool require_ticket, bind_parameters, record_session, terminate_on_end;
	char *description, *version, *created_by;
	int64_t created_at, updated_at;
};
extern const struct pl_noun pl_policy_noun;

struct pl_policy_spec {
	char *identity;                   /* Set, Remove: id or access */
	char *task, *role, *role_group;   /* New: one of them */
	char *approval_type;
	char *approver_group, *eligible_group, *description;   /* "" clears */
	int64_t max_duration_s, min_approvals, max_uses;       /* 0 = not given; PL_CLEARED */
	enum pl_choice require_ticket, bind_parameters, record_session, terminate_on_end;
};

/*
 * PL_E_DENIED (AdministratorRequired)
 * PL_E_EXISTS (PolicyExists)           at most one for an access
 * PL_E_NOT_FOUND (PolicyNotFound, ApproverGroupNotFound)
 * PL_E_USAGE (PolicyInvalid, NothingToChange)
 */
enum pl_status pl_policy_create(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct pl_policy *out);
enum pl_status pl_policy_change(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct pl_policy *out);

/*
 * With it its pending requests are canceled and its live grants revoked, each
 * with its record. *out is what was removed.
 */
enum pl_status pl_policy_remove(struct pl_ctx *ctx, const struct pl_policy_spec *spec, struct pl_policy *out);

struct pl_policy_filter {
	char *identity, *task, *approval_type;   /* id; access or pattern; type; NULL = any */
};
enum pl_status pl_policy_list(struct pl_ctx *ctx, const struct pl_policy_filter *filter, pl_row_fn *each, void *arg);

/*
 * Inside an operation: the policy of an access, if the caller may see it.
 * PL_E_NOT_FOUND (PolicyNotFound)
 */
enum pl_status pl_policy_of_access(struct pl_ctx *ctx, const char *access, struct pl_policy *out);

#endif
