/* system_account.c - accounts excluded from the control, with reason and end */

#include <stdlib.h>
#include <string.h>

#include "pamlite/system_account.h"

#include "pamlite/chain.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"

#include "model/chore.h"

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) \
	PL_COLUMN(struct pl_system_account, NAME, TYPE, member, SQL, FLAGS, HELP)

static const struct pl_column columns[] = {
	COL("Identity", TEXT, identity, "s.name", PL_COL_TABLE | PL_COL_ID | PL_COL_ACCOUNT, "name of the account"),
	COL("Reason", TEXT, reason, "s.reason", PL_COL_TABLE, "why it is excluded"),
	COL("ExpiresUtc", TIME, expires_at, "s.expires_at", PL_COL_TABLE, "when the exclusion ends; null for never"),
	COL("LastUsedUtc", TIME, last_used_at, "s.last_used_at", PL_COL_TABLE,
	    "when it last ran a task; null if never"),
	COL("AddedBy", TEXT, added_by, "s.added_by", PL_COL_ACCOUNT, "who excluded it"),
	COL("DateCreatedUtc", TIME, created_at, "s.created_at", PL_COL_INDEXED, "when it was excluded"),
	{ 0 }
};

const struct pl_noun pl_system_account_noun = {
	.name = "SystemAccount",
	.columns = columns,
	.row_size = sizeof(struct pl_system_account),
	.from = "system_account s",
	.visible = ":all OR s.name IN (:me, coalesce(:me_long, :me))",
	.newest = "DateCreatedUtc",
};

/* An ended exclusion gives way to a new one. */
static enum pl_status
insert(struct pl_ctx *ctx, const char *name, const char *reason, int64_t expires_at, bool *added)
{
	char short_name[PL_ACCOUNT_MAX + 1];
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "INSERT INTO system_account (name, reason, expires_at, added_by, created_at)"
	    " VALUES (:name, :reason, :expires_at, :me, :now)"
	    " ON CONFLICT (name) DO UPDATE SET reason = excluded.reason, expires_at = excluded.expires_at,"
	    " added_by = excluded.added_by, created_at = excluded.created_at"
	    " WHERE system_account.expires_at <= excluded.created_at");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":name", pl_principal_short(ctx, name, short_name));
	pl_stmt_bind_text(&q, ":reason", reason);
	pl_stmt_bind_int(&q, ":expires_at", expires_at);
	*added = pl_stmt_run(&q) > 0;
	return pl_stmt_close(&q);
}

enum pl_status
pl_system_account_ensure(struct pl_ctx *ctx, const char *name, const char *reason)
{
	bool added;

	return insert(ctx, name, reason, PL_NULL, &added);
}

static enum pl_status
add(struct pl_ctx *ctx, const struct pl_system_account_spec *spec, struct pl_system_account *out)
{
	char short_name[PL_ACCOUNT_MAX + 1];
	struct pl_record *r = pl_op_record(ctx);
	enum pl_status st;
	bool added;

	pl_record_text(r, "Reason", spec->reason);
	pl_record_time(r, "ExpiresUtc", spec->expires_at > 0 ? spec->expires_at : PL_NULL);
	st = pl_require_configure(ctx);
	if (st != PL_OK)
		return st;
	if (spec->expires_at > 0 && spec->expires_at <= ctx->clock.now)
		return pl_fail(ctx, PL_ERR_TIME_PAST, "the end of the exclusion lies in the past");
	st = insert(ctx, spec->identity, spec->reason, spec->expires_at > 0 ? spec->expires_at : PL_NULL, &added);
	if (st != PL_OK)
		return st;
	if (!added) {
		pl_fail(ctx, PL_ERR_SYSTEM_ACCOUNT_EXISTS, "'%s' is a system account already", spec->identity);
		return pl_target(ctx, spec->identity);
	}
	return pl_find_any(ctx, &pl_system_account_noun, pl_principal_short(ctx, spec->identity, short_name), out);
}

enum pl_status
pl_system_account_add(struct pl_ctx *ctx, const struct pl_system_account_spec *spec, struct pl_system_account *out)
{
	enum pl_status st;

	pl_row_init(&pl_system_account_noun, out);
	st = pl_op_begin(ctx, "Add-ElevatedAccessSystemAccount", PL_RECORD_CONFIGURATION, spec->identity);
	return st == PL_OK ? pl_op_end(ctx, add(ctx, spec, out)) : st;
}

static enum pl_status
remove_account(struct pl_ctx *ctx, const struct pl_system_account_spec *spec, struct pl_system_account *out)
{
	char short_name[PL_ACCOUNT_MAX + 1];
	const char *name = pl_principal_short(ctx, spec->identity, short_name);
	struct pl_record *r = pl_op_record(ctx);
	struct pl_stmt q;
	enum pl_status st;

	pl_record_text(r, "Reason", spec->reason);
	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = pl_find_any(ctx, &pl_system_account_noun, name, out);
	if (st == PL_E_NOT_FOUND) {
		pl_fail(ctx, PL_ERR_SYSTEM_ACCOUNT_NOT_FOUND, "'%s' is not a system account", spec->identity);
		return pl_target(ctx, spec->identity);
	}
	if (st != PL_OK)
		return st;
	pl_record_text(r, "ExclusionReason", out->reason);
	pl_record_time(r, "ExpiresUtc", out->expires_at);
	pl_stmt_open(&q, ctx, "DELETE FROM system_account WHERE name = :name");
	pl_stmt_bind_text(&q, ":name", name);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

enum pl_status
pl_system_account_remove(struct pl_ctx *ctx, const struct pl_system_account_spec *spec, struct pl_system_account *out)
{
	enum pl_status st;

	pl_row_init(&pl_system_account_noun, out);
	st = pl_op_begin(ctx, "Remove-ElevatedAccessSystemAccount", PL_RECORD_CONFIGURATION, spec->identity);
	return st == PL_OK ? pl_op_end(ctx, remove_account(ctx, spec, out)) : st;
}

/* Ended is ended: the row would come to life again if the clock went back. */
static enum pl_status
end_exclusion(struct pl_ctx *ctx, const struct pl_chore_object *object, bool *done)
{
	struct pl_system_account account;
	struct pl_record r;
	struct pl_stmt q;
	enum pl_status st;

	pl_record_init(&r, pl_chore_exclusion.operation, PL_RECORD_MAINTENANCE, object->id);
	st = pl_find_any(ctx, &pl_system_account_noun, object->id, &account);
	if (st == PL_OK) {
		pl_record_text(&r, "Cause", pl_op_record(ctx)->operation);
		pl_record_text(&r, "ExclusionReason", account.reason);
		pl_record_time(&r, "ExpiresUtc", account.expires_at);
		pl_stmt_open(&q, ctx, "DELETE FROM system_account WHERE name = :name AND expires_at <= :now");
		pl_op_offer_facts(&q);
		pl_stmt_bind_text(&q, ":name", object->id);
		*done = pl_stmt_run(&q) == 1;
		st = pl_stmt_close(&q);
	}
	if (*done)
		st = pl_audit_append(ctx, &r);
	pl_row_clear(&pl_system_account_noun, &account);
	pl_record_clear(&r);
	return st;
}

const struct pl_chore pl_chore_exclusion = {
	.operation = "Remove-ElevatedAccessSystemAccount",
	.sql = "SELECT name, 0 FROM system_account WHERE expires_at <= :now AND name > :id ORDER BY name LIMIT :page",
	.act = end_exclusion,
};

enum pl_status
pl_system_account_list(struct pl_ctx *ctx, const struct pl_system_account_filter *filter, pl_row_fn *each, void *arg)
{
	static const char *const names[] = { "Identity", NULL };
	const struct pl_named named = { &pl_system_account_noun, names, filter->identity,
		PL_ERR_SYSTEM_ACCOUNT_NOT_FOUND };
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_system_account_noun);
	pl_query_name(&q, names, filter->identity);
	return pl_query_get(&q, "Get-ElevatedAccessSystemAccount", &named, each, arg);
}

enum pl_status
pl_system_account_covers_caller(struct pl_ctx *ctx, bool use, bool *out)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT 1 FROM system_account WHERE name IN (:me, coalesce(:me_long, :me))"
	    " AND (expires_at IS NULL OR expires_at > :now)");
	pl_op_offer_facts(&q);
	*out = pl_stmt_step(&q);
	if (pl_stmt_close(&q) != PL_OK || !*out || !use)
		return q.status;
	pl_stmt_open(&q, ctx,
	    "UPDATE system_account SET last_used_at = :now WHERE name IN (:me, coalesce(:me_long, :me))");
	pl_op_offer_facts(&q);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}
