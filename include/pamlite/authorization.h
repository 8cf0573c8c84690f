/* authorization.h - what an approved request gives: from, until, uses, revoked or not */
#ifndef PAMLITE_AUTHORIZATION_H
#define PAMLITE_AUTHORIZATION_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/row.h"
#include "pamlite/uuid.h"

struct pl_authorization {
	char *authorized_by, *type, *access;
	int64_t start_at, end_at;
	bool revoked;
	int64_t revoked_at;
	char *revoked_by, *revocation_comment, *identity;
	int64_t created_at, updated_at;
	char *request, *holder, *parameters;
	bool active;
	int64_t use_count, max_uses, last_used_at;
};
extern const struct pl_noun pl_authorization_noun;

struct pl_authorization_filter {
	char *identity;          /* its own id */
	char *request;           /* the request's id */
	bool mine, active_only;
};
enum pl_status pl_authorization_list(struct pl_ctx *ctx, const struct pl_authorization_filter *filter,
    pl_row_fn *each, void *arg);

struct pl_revocation_spec {
	char *request;           /* the request's id or the authorization's */
	char *comment;
};

/*
 * End a grant now; running tasks under it are ended too.
 *
 * PL_E_NOT_FOUND (AuthorizationNotFound)
 * PL_E_DENIED (NotRevoker)                who neither holds it, nor may decide it, nor configures
 * PL_E_STATE (AuthorizationOver)          revoked already, or past its end
 */
enum pl_status pl_authorization_revoke(struct pl_ctx *ctx, const struct pl_revocation_spec *spec,
    struct pl_authorization *out);

/*
 * The ids of all live grants that the caller may revoke, as a list; the caller
 * of the function frees it. For -All: each is then its own transaction.
 */
enum pl_status pl_authorization_revocable(struct pl_ctx *ctx, char **ids);

/* Inside an operation: make the grant of an approved request; its id is written to `id`. */
enum pl_status pl_authorization_grant(struct pl_ctx *ctx, const char *request, const char *authorized_by,
    char id[PL_ID_LEN + 1]);

/* Inside an operation: revoke every live grant (of one policy, or NULL), each with its record. */
enum pl_status pl_authorization_revoke_live(struct pl_ctx *ctx, const char *policy, const char *comment);

#endif
