/* operation.c - the frame of every operation: lock, begin, the caller's rights, and the facts that statements use */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/operation.h"

#include "pamlite/store.h"
#include "pamlite/text.h"

#include "model/operation_internal.h"
#include "model/sql.h"

const char *
pl_principal_short(const struct pl_ctx *ctx, const char *name, char out[PL_ACCOUNT_MAX + 1])
{
	const char *domain = ctx->operation->rights.domain;
	const char *at = strrchr(name, '@');

	if (at == NULL || at == name || domain[0] == '\0' || pl_ascii_casecmp(at + 1, domain) != 0 ||
	    (size_t)(at - name) > PL_ACCOUNT_MAX)
		return name;
	memcpy(out, name, (size_t)(at - name));
	out[at - name] = '\0';
	return out;
}

/* The ids of the groups whose member list has the caller, and of those whose Unix group has him. */
static enum pl_status
load_groups(struct pl_ctx *ctx, struct pl_rights *rights)
{
	struct pl_buf ids;
	struct pl_stmt q;

	if (rights->groups != NULL)
		return PL_OK;
	pl_buf_init(&ids);
	pl_stmt_open(&q, ctx,
	    "SELECT group_id, NULL FROM group_member WHERE " SQL_IS_MY_NAME("member")
	    " UNION ALL SELECT id, unix_group FROM approver_group WHERE unix_group IS NOT NULL");
	pl_op_offer_facts(&q);
	while (pl_stmt_step(&q)) {
		const char *id = pl_stmt_text(&q, 0);
		const char *unix_group = pl_stmt_text(&q, 1);

		if (id == NULL || (unix_group != NULL && !pl_unix_group_has(unix_group, rights->me)))
			continue;
		pl_buf_printf(&ids, "%s\"%s\"", ids.len == 0 ? "[" : ",", id);
	}
	pl_buf_text(&ids, ids.len == 0 ? "[]" : "]");
	if (pl_stmt_close(&q) != PL_OK) {
		pl_buf_clear(&ids);
		return q.status;
	}
	rights->groups = pl_buf_take(&ids);
	return rights->groups != NULL ? PL_OK : pl_fail_memory(ctx);
}

/*
 * On a private database its owner is the administrator, while no other name is
 * asserted: under an asserted name the uid counts for nothing.
 */
static bool
owns_database(const struct pl_ctx *ctx)
{
	return !ctx->caller.asserted && pl_store_owner(ctx) == ctx->caller.uid;
}

/*
 * On the system database the account that owns it, started without the gate, behind which a mail program that is
 * set-gid cannot work; root is none. On a private one its owner, whose uid counts for nothing under an asserted name.
 */
static bool
is_service(const struct pl_ctx *ctx)
{
	uid_t account = pl_store_is_system(ctx) ? geteuid() : pl_store_owner(ctx);

	return !ctx->caller.asserted && ctx->caller.uid == account && ctx->front_fd <= 0;
}

static enum pl_status
load_rights(struct pl_ctx *ctx, struct pl_rights *rights)
{
	const char *management, *audit, *domain;
	char short_name[PL_ACCOUNT_MAX + 1];
	struct pl_stmt q;
	enum pl_status st = PL_OK;

	snprintf(rights->me, sizeof(rights->me), "%s", ctx->caller.name);
	pl_stmt_open(&q, ctx, "SELECT enabled, domain, management_group, audit_group FROM control");
	if (pl_stmt_step(&q)) {
		rights->enabled = pl_stmt_bool(&q, 0);
		domain = pl_stmt_text(&q, 1);
		if (domain != NULL) {
			snprintf(rights->domain, sizeof(rights->domain), "%s", domain);
			snprintf(rights->me, sizeof(rights->me), "%s",
			    pl_principal_short(ctx, ctx->caller.name, short_name));
			if (strpbrk(rights->me, "@\\") == NULL)
				snprintf(rights->me_long, sizeof(rights->me_long), "%s@%s", rights->me, rights->domain);
		}
		management = pl_stmt_text(&q, 2);
		audit = pl_stmt_text(&q, 3);
		rights->configure = owns_database(ctx);
		if (!rights->configure && (management != NULL || audit != NULL))
			st = load_groups(ctx, rights);
		if (st == PL_OK && !rights->configure)
			rights->configure = management != NULL && strstr(rights->groups, management) != NULL;
		rights->service = is_service(ctx);
		rights->see_all = rights->configure ||
		    (st == PL_OK && audit != NULL && strstr(rights->groups, audit) != NULL);
	}
	pl_stmt_fail(&q, st);
	return pl_stmt_close(&q);
}

void
pl_op_free(struct pl_ctx *ctx)
{
	struct pl_operation *op = ctx->operation;

	ctx->operation = op->whole;
	ctx->principal = op->whole != NULL ? op->whole->rights.me : NULL;
	pl_record_clear(&op->record);
	free(op->rights.groups);
	free(op);
}

static void
begin_part(struct pl_operation *op)
{
	op->rights.configure |= op->whole->rights.configure;
	op->rights.see_all |= op->whole->rights.see_all;
}

static enum pl_status
op_begin(struct pl_ctx *ctx, const char *operation, enum pl_record_type type, const char *target, bool writes)
{
	struct pl_operation *op;
	enum pl_status st;

	pl_ctx_forgive(ctx);
	op = calloc(1, sizeof(*op));
	if (op == NULL)
		return pl_fail_memory(ctx);
	op->whole = ctx->operation;
	op->writes = writes;
	pl_record_init(&op->record, operation, type, target);
	pl_text_copy(op->target, sizeof(op->target), target);
	ctx->operation = op;
	st = op->whole == NULL ? pl_txn_begin(ctx, writes ? PL_TXN_WRITE : PL_TXN_READ) : PL_OK;
	if (st == PL_OK) {
		st = load_rights(ctx, &op->rights);
		ctx->principal = op->rights.me;
		if (st != PL_OK && op->whole == NULL)
			pl_txn_rollback(ctx);
		else if (op->whole != NULL)
			begin_part(op);
	}
	if (st != PL_OK)
		pl_op_free(ctx);
	return st;
}

enum pl_status
pl_op_begin(struct pl_ctx *ctx, const char *operation, enum pl_record_type type, const char *target)
{
	return op_begin(ctx, operation, type, target, true);
}

enum pl_status
pl_op_begin_read(struct pl_ctx *ctx, const char *operation, const char *target)
{
	return op_begin(ctx, operation, PL_RECORD_REFUSAL, target, false);
}

void
pl_op_keep(struct pl_ctx *ctx)
{
	ctx->operation->keeps = true;
}

void
pl_op_nothing_done(struct pl_ctx *ctx)
{
	ctx->operation->writes = false;
}

void
pl_op_unrecorded(struct pl_ctx *ctx)
{
	ctx->operation->unrecorded = true;
}

struct pl_record *
pl_op_record(struct pl_ctx *ctx)
{
	return &ctx->operation->record;
}

const struct pl_rights *
pl_op_rights(const struct pl_ctx *ctx)
{
	return &ctx->operation->rights;
}

static const char *
or_null(const char *s)
{
	return s != NULL && s[0] != '\0' ? s : NULL;
}

void
pl_op_offer_facts(struct pl_stmt *q)
{
	const struct pl_ctx *ctx = q->ctx;
	const struct pl_rights *rights = &ctx->operation->rights;

	pl_stmt_offer_int(q, ":now", ctx->clock.now);
	pl_stmt_offer_text(q, ":boot_id", ctx->clock.boot_id);
	pl_stmt_offer_int(q, ":boot_time", ctx->clock.boot_time_ms);
	pl_stmt_offer_text(q, ":me", rights->me);
	pl_stmt_offer_text(q, ":me_long", or_null(rights->me_long));
	pl_stmt_offer_int(q, ":uid", (int64_t)ctx->caller.uid);
	pl_stmt_offer_int(q, ":login_uid", ctx->caller.login_uid == PL_LOGIN_UNSET ? PL_NULL : ctx->caller.login_uid);
	pl_stmt_offer_int(q, ":asserted", ctx->caller.asserted);
	pl_stmt_offer_int(q, ":all", rights->see_all);
	/* Asked of the user database only by who needs it: a watched run looks twice a second. */
	if (pl_stmt_takes(q, ":groups")) {
		pl_stmt_fail(q, load_groups(q->ctx, &q->ctx->operation->rights));
		pl_stmt_offer_text(q, ":groups", rights->groups);
	}
	pl_stmt_offer_text(q, ":domain", or_null(rights->domain));
}

enum pl_status
pl_require_configure(struct pl_ctx *ctx)
{
	if (ctx->operation->rights.configure)
		return PL_OK;
	pl_fail(ctx, PL_ERR_ADMINISTRATOR_REQUIRED, "%s may not configure elevated access", ctx->caller.name);
	return pl_hint(ctx, "members of the management group, root and the owner of a private database may");
}

enum pl_status
pl_require_service(struct pl_ctx *ctx)
{
	if (is_service(ctx))
		return PL_OK;
	pl_fail(ctx, PL_ERR_ADMINISTRATOR_REQUIRED, "%s may not do what the service does", ctx->caller.name);
	return pl_hint(ctx, "on the system database its unit does it; a private one's owner may");
}

enum pl_status
pl_require_see_all(struct pl_ctx *ctx)
{
	if (ctx->operation->rights.see_all)
		return PL_OK;
	pl_fail(ctx, PL_ERR_AUDITOR_REQUIRED, "%s may not see this", ctx->caller.name);
	return pl_hint(ctx,
	    "members of the management and the audit group, root and the owner of a private database may");
}

enum pl_status
pl_require_enabled(struct pl_ctx *ctx)
{
	if (ctx->operation->rights.enabled)
		return PL_OK;
	pl_fail(ctx, PL_ERR_NOT_ENABLED, "elevated access control is not enabled");
	return pl_hint(ctx, "an administrator enables it with: enable-elevated-access-control -AdminGroup GROUP");
}
