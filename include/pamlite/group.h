/* group.h - approver groups: who may decide, manage, audit or be eligible */
#ifndef PAMLITE_GROUP_H
#define PAMLITE_GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/row.h"
#include "pamlite/uuid.h"

struct pl_group {
	char *identity, *name, *mail, *members, *unix_group, *description;
	int64_t created_at, updated_at;
};
extern const struct pl_noun pl_group_noun;

/* Arguments of New, Set and Remove; a group is named by id, name or mail address. */
struct pl_group_spec {
	char *identity;                    /* Set, Remove */
	char *name;                        /* New */
	char *mail, *unix_group, *description;   /* "" clears */
	char *members;                     /* New: list */
	char *add_members, *remove_members;      /* Set: lists */
};

/*
 * Each is one transaction with its audit record; *out is initialised whatever
 * the status and the caller clears it.
 *
 * PL_E_DENIED (AdministratorRequired)
 * PL_E_EXISTS (ApproverGroupExists)     the name or mail address is taken
 * PL_E_NOT_FOUND (ApproverGroupNotFound, UnixGroupNotFound)
 * PL_E_USAGE (NothingToChange, InvalidText)
 */
enum pl_status pl_group_create(struct pl_ctx *ctx, const struct pl_group_spec *spec, struct pl_group *out);
enum pl_status pl_group_change(struct pl_ctx *ctx, const struct pl_group_spec *spec, struct pl_group *out);
/* *out is what was removed. PL_E_STATE (ApproverGroupInUse)  a policy or the control uses it */
enum pl_status pl_group_remove(struct pl_ctx *ctx, const struct pl_group_spec *spec, struct pl_group *out);

struct pl_group_filter {
	char *identity;      /* id, name or mail address; name patterns; NULL = all */
};
enum pl_status pl_group_list(struct pl_ctx *ctx, const struct pl_group_filter *filter, pl_row_fn *each, void *arg);

/*
 * Inside an operation: the id of the group that `name` (id, name or mail
 * address) means.  PL_E_NOT_FOUND (ApproverGroupNotFound)
 */
enum pl_status pl_group_resolve(struct pl_ctx *ctx, const char *name, char id[PL_ID_LEN + 1]);

/*
 * Inside an operation: make a group without members for a name or mail address
 * that no group has, so that a database can begin with Enable.
 */
enum pl_status pl_group_resolve_or_make(struct pl_ctx *ctx, const char *name, char id[PL_ID_LEN + 1]);

/* Inside an operation: is that principal in the group now, by its list or its Unix group? */
enum pl_status pl_group_has(struct pl_ctx *ctx, const char *id, const char *principal, bool *out);

/*
 * Inside an operation: how many others than `principal` could approve, counted up to `most`, however many they
 * are; a Unix group counts as many.
 */
enum pl_status pl_group_others(struct pl_ctx *ctx, const char *id, const char *principal, int64_t most, int64_t *out);

#endif
