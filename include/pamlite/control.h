/* control.h - elevated access control itself: on or off, and its settings */
#ifndef PAMLITE_CONTROL_H
#define PAMLITE_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/choice.h"
#include "pamlite/context.h"
#include "pamlite/row.h"

struct pl_control {
	bool enabled;
	char *admin_group, *system_accounts, *management_group, *audit_group, *domain;
	int64_t request_lifetime_s, default_duration_s;
	bool require_comment;
	char *notify_command;
	int64_t max_recording_bytes, recording_retention_days, policy_count, updated_at;
};
extern const struct pl_noun pl_control_noun;

struct pl_control_spec {
	char *admin_group;               /* id, name or mail address */
	char *system_accounts;           /* Enable: list; adds, never removes */
	char *reason;                    /* Disable */
	char *management_group, *audit_group, *domain, *notify_command;   /* "" clears */
	int64_t request_lifetime_s, default_duration_s;                   /* 0 = as it is */
	int64_t max_recording_bytes, recording_retention_days;            /* 0 = as it is; PL_CLEARED */
	enum pl_choice require_comment;
};

/*
 * Switch on. A group that does not exist is made, empty, so that a new database
 * can begin with this. Grants that a Disable revoked stay revoked. Repeating it
 * changes the group and adds accounts.
 *
 * PL_E_DENIED (AdministratorRequired)
 */
enum pl_status pl_control_enable(struct pl_ctx *ctx, const struct pl_control_spec *spec, struct pl_control *out);

/*
 * Switch off: live grants are revoked, each with its record; policies, groups
 * and pending requests stay; nothing can be requested, decided or run.
 *
 * PL_E_UNAVAILABLE (ElevatedAccessNotEnabled)  it is off
 */
enum pl_status pl_control_disable(struct pl_ctx *ctx, const struct pl_control_spec *spec, struct pl_control *out);

/*
 * PL_E_USAGE (NothingToChange), PL_E_NOT_FOUND (ApproverGroupNotFound)
 * PL_E_DENIED (RootRequired)  notify_command or recording_retention_days on the system database, by somebody else than
 *                             root
 */
enum pl_status pl_control_change(struct pl_ctx *ctx, const struct pl_control_spec *spec, struct pl_control *out);

/* PL_E_DENIED (AuditorRequired) */
enum pl_status pl_control_get(struct pl_ctx *ctx, struct pl_control *out);

#endif
