/* configuration_internal.h - what the files about importing a configuration share */
#ifndef PAMLITE_MODEL_CONFIGURATION_INTERNAL_H
#define PAMLITE_MODEL_CONFIGURATION_INTERNAL_H

#include "pamlite/configuration.h"

/* What an object of the document is compared with: `before` NULL = it is new, `after` NULL = it goes. */
struct pl_configuration_pair {
	enum pl_section section;
	const void *before, *after;
};

/* What is done about it, in the order in which it is told: what somebody loses first. */
enum pl_change_action { PL_CHANGE_REMOVE, PL_CHANGE_CHANGE, PL_CHANGE_ADD, PL_CHANGE_ACTIONS };
extern const char *const pl_change_action_names[PL_CHANGE_ACTIONS];
enum pl_change_action pl_configuration_action(const struct pl_configuration_pair *pair);

/* Inside an operation: bring names into the forms that are stored, and fill in who runs a task. */
enum pl_status pl_configuration_settle(struct pl_ctx *ctx, struct pl_configuration *doc);

/* Append what is different; *differs tells whether anything is. */
enum pl_status pl_configuration_differ(struct pl_ctx *ctx, const struct pl_configuration_pair *pair,
    struct pl_configuration_changes *out, bool *differs);

/* Inside an operation: do it, by the operation of the command that people would type. */
enum pl_status pl_configuration_apply(struct pl_ctx *ctx, const struct pl_configuration_pair *pair);

#endif
