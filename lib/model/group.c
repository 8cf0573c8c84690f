/* group.c - approver groups and their members */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/group.h"

#include "pamlite/list.h"
#include "pamlite/name.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/text.h"
#include "pamlite/uuid.h"

/* What a Unix group counts as where approvers are counted: somebody, however many are asked. */
#define UNIX_GROUP_COUNT 1000000

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) PL_COLUMN(struct pl_group, NAME, TYPE, member, SQL, FLAGS, HELP)

static const struct pl_column columns[] = {
	COL("Name", TEXT, name, "g.name", PL_COL_TABLE, "name of the group"),
	COL("MailAddress", TEXT, mail, "g.mail", PL_COL_TABLE,
	    "where its mails go; null for mails to its members one by one"),
	COL("Member", LIST, members, "(SELECT group_concat(member || char(10), '') FROM"
	    " (SELECT member FROM group_member WHERE group_id = g.id ORDER BY member))", PL_COL_TABLE,
	    "accounts in it, beside those of the Unix group"),
	COL("UnixGroup", TEXT, unix_group, "g.unix_group", 0,
	    "group of the host whose members belong to it; null without"),
	COL("Description", TEXT, description, "g.description", 0, "what it is for; null without"),
	COL("Identity", TEXT, identity, "g.id", PL_COL_ID | PL_COL_EXACT, "id of the group, a UUID"),
	COL("DateCreatedUtc", TIME, created_at, "g.created_at", PL_COL_INDEXED, "when it was made"),
	COL("DateUpdatedUtc", TIME, updated_at, "g.updated_at", 0, "when it was changed last"),
	{ 0 }
};

const struct pl_noun pl_group_noun = {
	.name = "ApproverGroup",
	.columns = columns,
	.row_size = sizeof(struct pl_group),
	.from = "approver_group g",
	.visible = ":all OR g.id IN (SELECT value FROM json_each(:groups))",
	.newest = "DateCreatedUtc",
};

/* "" if no group has that id, name or mail address. */
static enum pl_status
lookup(struct pl_ctx *ctx, const char *name, char id[PL_ID_LEN + 1])
{
	struct pl_stmt q;

	id[0] = '\0';
	pl_stmt_open(&q, ctx, "SELECT id FROM approver_group WHERE name = :name OR mail = :name OR id = :name"
	    " ORDER BY name <> :name LIMIT 1");
	pl_stmt_bind_text(&q, ":name", name);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL)
		snprintf(id, PL_ID_LEN + 1, "%s", pl_stmt_text(&q, 0));
	return pl_stmt_close(&q);
}

enum pl_status
pl_group_resolve(struct pl_ctx *ctx, const char *name, char id[PL_ID_LEN + 1])
{
	enum pl_status st = lookup(ctx, name, id);

	if (st != PL_OK || id[0] != '\0')
		return st;
	pl_fail(ctx, PL_ERR_GROUP_NOT_FOUND, "approver group '%s' does not exist, or you may not see it", name);
	pl_target(ctx, name);
	return pl_hint(ctx, "administrators make one with: new-elevated-access-approver-group %s -Member alice,bob",
	    name);
}

static enum pl_status
insert(struct pl_ctx *ctx, const char *id, const char *name, const char *mail, const struct pl_group_spec *spec)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "INSERT INTO approver_group (id, name, mail, unix_group, description, created_at, updated_at)"
	    " VALUES (:id, :name, :mail, :unix_group, :description, :now, :now)");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":name", name);
	pl_stmt_bind_text(&q, ":mail", mail);
	pl_stmt_bind_text(&q, ":unix_group", spec != NULL ? spec->unix_group : NULL);
	pl_stmt_bind_text(&q, ":description", spec != NULL ? spec->description : NULL);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

/* The name of a group made for a mail address is its local part, where that is free. */
enum pl_status
pl_group_resolve_or_make(struct pl_ctx *ctx, const char *name, char id[PL_ID_LEN + 1])
{
	char local[PL_TARGET_MAX + 1], taken[PL_ID_LEN + 1];
	bool mail = pl_text_is_mail_address(name);
	enum pl_status st;

	st = lookup(ctx, name, id);
	if (st != PL_OK || id[0] != '\0')
		return st;
	snprintf(local, sizeof(local), "%.*s", mail ? (int)strcspn(name, "@") : (int)strlen(name), name);
	st = lookup(ctx, local, taken);
	if (st != PL_OK)
		return st;
	pl_uuid_make(id);
	st = insert(ctx, id, taken[0] == '\0' ? local : name, mail ? name : NULL, NULL);
	if (st == PL_OK) {
		pl_record_text(pl_op_record(ctx), "CreatedApproverGroup", id);
		pl_note(ctx, PL_NOTE_WARNING,
		    "approver group '%s' did not exist and was made without members; add them with:"
		    " set-elevated-access-approver-group %s -AddMember NAME", name, name);
	}
	return st;
}

enum pl_status
pl_group_has(struct pl_ctx *ctx, const char *id, const char *principal, bool *out)
{
	struct pl_stmt q;

	*out = false;
	pl_stmt_open(&q, ctx,
	    "SELECT EXISTS (SELECT 1 FROM group_member WHERE group_id = :id AND"
	    " member IN (:who, :who || coalesce('@' || :domain, ''))), unix_group FROM approver_group WHERE id = :id");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":who", principal);
	if (pl_stmt_step(&q))
		*out = pl_stmt_bool(&q, 0) ||
		    (pl_stmt_text(&q, 1) != NULL && pl_unix_group_has(pl_stmt_text(&q, 1), principal));
	return pl_stmt_close(&q);
}

enum pl_status
pl_group_others(struct pl_ctx *ctx, const char *id, const char *principal, int64_t most, int64_t *out)
{
	struct pl_stmt q;

	*out = 0;
	pl_stmt_open(&q, ctx,
	    "SELECT (SELECT count(*) FROM (SELECT 1 FROM group_member WHERE group_id = :id AND"
	    " member NOT IN (:who, :who || coalesce('@' || :domain, '')) LIMIT :most)), unix_group"
	    " FROM approver_group WHERE id = :id");
	pl_op_offer_facts(&q);
	pl_stmt_bind_int(&q, ":most", most);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":who", principal);
	if (pl_stmt_step(&q))
		*out = pl_stmt_int(&q, 0) +
		    (pl_stmt_text(&q, 1) != NULL && pl_unix_group_exists(pl_stmt_text(&q, 1)) ? UNIX_GROUP_COUNT : 0);
	return pl_stmt_close(&q);
}

/* A name may not be another group's id, name or mail address: then it would mean both. */
static enum pl_status
check_free(struct pl_ctx *ctx, const char *name, const char *own_id)
{
	char id[PL_ID_LEN + 1];
	enum pl_status st;

	if (name == NULL || name[0] == '\0')
		return PL_OK;
	st = lookup(ctx, name, id);
	if (st != PL_OK || id[0] == '\0' || (own_id != NULL && strcmp(id, own_id) == 0))
		return st;
	pl_fail(ctx, PL_ERR_GROUP_EXISTS, "an approver group '%s' exists already", name);
	return pl_target(ctx, id);
}

static enum pl_status
check_fields(struct pl_ctx *ctx, const struct pl_group_spec *spec)
{
	if (spec->mail != NULL && spec->mail[0] != '\0' && !pl_text_is_mail_address(spec->mail)) {
		pl_fail(ctx, PL_ERR_CANNOT_CONVERT, "'%s' is not a mail address of the form name@domain", spec->mail);
		return pl_target(ctx, spec->mail);
	}
	if (spec->unix_group != NULL && spec->unix_group[0] != '\0' && !pl_unix_group_exists(spec->unix_group)) {
		pl_fail(ctx, PL_ERR_UNIX_GROUP_NOT_FOUND, "this host has no Unix group '%s'", spec->unix_group);
		return pl_target(ctx, spec->unix_group);
	}
	return PL_OK;
}

static enum pl_status
change_members(struct pl_ctx *ctx, const char *id, const char *list, const char *sql)
{
	char short_name[PL_ACCOUNT_MAX + 1], *name;
	struct pl_item it;
	struct pl_stmt q;
	enum pl_status st = PL_OK;

	while (st == PL_OK && pl_list_next(&list, &it)) {
		name = pl_item_dup(&it);
		if (name == NULL)
			return pl_fail_memory(ctx);
		if (!pl_text_is_account(name)) {
			pl_fail(ctx, PL_ERR_CANNOT_CONVERT, "'%s' is not an account name", name);
			st = pl_target(ctx, name);
			free(name);
			return st;
		}
		pl_stmt_open(&q, ctx, sql);
		pl_op_offer_facts(&q);
		pl_stmt_bind_text(&q, ":id", id);
		pl_stmt_bind_text(&q, ":member", pl_principal_short(ctx, name, short_name));
		pl_stmt_run(&q);
		st = pl_stmt_close(&q);
		free(name);
	}
	return st;
}

static enum pl_status
add_members(struct pl_ctx *ctx, const char *id, const char *list)
{
	return change_members(ctx, id, list,
	    "INSERT OR IGNORE INTO group_member (group_id, member) VALUES (:id, :member)");
}

static void
record_spec(struct pl_ctx *ctx, const struct pl_group_spec *spec)
{
	struct pl_record *r = pl_op_record(ctx);

	pl_record_text(r, "Name", spec->name);
	pl_record_text(r, "MailAddress", spec->mail);
	pl_record_list(r, "Member", spec->members);
	pl_record_list(r, "AddMember", spec->add_members);
	pl_record_list(r, "RemoveMember", spec->remove_members);
	pl_record_text(r, "UnixGroup", spec->unix_group);
	pl_record_text(r, "Description", spec->description);
}

static enum pl_status
create(struct pl_ctx *ctx, const struct pl_group_spec *spec, struct pl_group *out)
{
	char id[PL_ID_LEN + 1];
	enum pl_status st;

	record_spec(ctx, spec);
	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = check_fields(ctx, spec);
	if (st == PL_OK)
		st = check_free(ctx, spec->name, NULL);
	if (st == PL_OK)
		st = check_free(ctx, spec->mail, NULL);
	if (st != PL_OK)
		return st;
	pl_uuid_make(id);
	pl_record_object(pl_op_record(ctx), id);
	st = insert(ctx, id, spec->name, spec->mail, spec);
	if (st == PL_OK)
		st = add_members(ctx, id, spec->members);
	return st == PL_OK ? pl_find_any(ctx, &pl_group_noun, id, out) : st;
}

enum pl_status
pl_group_create(struct pl_ctx *ctx, const struct pl_group_spec *spec, struct pl_group *out)
{
	enum pl_status st;

	pl_row_init(&pl_group_noun, out);
	st = pl_op_begin(ctx, "New-ElevatedAccessApproverGroup", PL_RECORD_CONFIGURATION, spec->name);
	return st == PL_OK ? pl_op_end(ctx, create(ctx, spec, out)) : st;
}

static enum pl_status
update(struct pl_ctx *ctx, const char *id, const struct pl_group_spec *spec)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "UPDATE approver_group SET mail = nullif(coalesce(:mail, mail), ''),"
	    " unix_group = nullif(coalesce(:unix_group, unix_group), ''),"
	    " description = nullif(coalesce(:description, description), ''), updated_at = :now WHERE id = :id");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_bind_text(&q, ":mail", spec->mail);
	pl_stmt_bind_text(&q, ":unix_group", spec->unix_group);
	pl_stmt_bind_text(&q, ":description", spec->description);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static enum pl_status
change(struct pl_ctx *ctx, const struct pl_group_spec *spec, struct pl_group *out)
{
	char id[PL_ID_LEN + 1];
	enum pl_status st;

	record_spec(ctx, spec);
	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = pl_group_resolve(ctx, spec->identity, id);
	if (st != PL_OK)
		return st;
	pl_record_object(pl_op_record(ctx), id);
	if (spec->mail == NULL && spec->unix_group == NULL && spec->description == NULL && spec->add_members == NULL &&
	    spec->remove_members == NULL)
		return pl_fail(ctx, PL_ERR_NOTHING_TO_CHANGE, "nothing to change in approver group '%s'",
		    spec->identity);
	st = check_fields(ctx, spec);
	if (st == PL_OK)
		st = check_free(ctx, spec->mail, id);
	if (st == PL_OK)
		st = update(ctx, id, spec);
	if (st == PL_OK)
		st = change_members(ctx, id, spec->remove_members, "DELETE FROM group_member WHERE group_id = :id AND"
		    " member IN (:member, :member || coalesce('@' || :domain, ''))");
	if (st == PL_OK)
		st = add_members(ctx, id, spec->add_members);
	return st == PL_OK ? pl_find_any(ctx, &pl_group_noun, id, out) : st;
}

enum pl_status
pl_group_change(struct pl_ctx *ctx, const struct pl_group_spec *spec, struct pl_group *out)
{
	enum pl_status st;

	pl_row_init(&pl_group_noun, out);
	st = pl_op_begin(ctx, "Set-ElevatedAccessApproverGroup", PL_RECORD_CONFIGURATION, spec->identity);
	return st == PL_OK ? pl_op_end(ctx, change(ctx, spec, out)) : st;
}

static enum pl_status
check_unused(struct pl_ctx *ctx, const char *id, const char *name)
{
	struct pl_stmt q;
	const char *user = NULL;

	pl_stmt_open(&q, ctx,
	    "SELECT 'the policy for ' || access FROM policy WHERE :id IN (approver_group, eligible_group)"
	    " UNION ALL SELECT 'the control' FROM control WHERE :id IN (admin_group, management_group, audit_group)"
	    " LIMIT 1");
	pl_stmt_bind_text(&q, ":id", id);
	if (pl_stmt_step(&q))
		user = pl_stmt_text(&q, 0);
	if (user != NULL) {
		pl_fail(ctx, PL_ERR_GROUP_IN_USE, "approver group '%s' is used by %s", name, user);
		pl_stmt_fail(&q, pl_target(ctx, id));
	}
	return pl_stmt_close(&q);
}

static enum pl_status
remove_group(struct pl_ctx *ctx, const struct pl_group_spec *spec, struct pl_group *out)
{
	struct pl_record *r = pl_op_record(ctx);
	char id[PL_ID_LEN + 1];
	struct pl_stmt q;
	enum pl_status st;

	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = pl_group_resolve(ctx, spec->identity, id);
	if (st == PL_OK)
		st = pl_find_any(ctx, &pl_group_noun, id, out);
	if (st != PL_OK)
		return st;
	pl_record_object(r, id);
	pl_record_text(r, "Name", out->name);
	pl_record_text(r, "MailAddress", out->mail);
	pl_record_list(r, "Member", out->members);
	pl_record_text(r, "UnixGroup", out->unix_group);
	st = check_unused(ctx, id, spec->identity);
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx, "DELETE FROM approver_group WHERE id = :id");
	pl_stmt_bind_text(&q, ":id", id);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

enum pl_status
pl_group_remove(struct pl_ctx *ctx, const struct pl_group_spec *spec, struct pl_group *out)
{
	enum pl_status st;

	pl_row_init(&pl_group_noun, out);
	st = pl_op_begin(ctx, "Remove-ElevatedAccessApproverGroup", PL_RECORD_CONFIGURATION, spec->identity);
	if (st != PL_OK)
		return st;
	pl_record_text(pl_op_record(ctx), "Identity", spec->identity);
	return pl_op_end(ctx, remove_group(ctx, spec, out));
}

enum pl_status
pl_group_list(struct pl_ctx *ctx, const struct pl_group_filter *filter, pl_row_fn *each, void *arg)
{
	static const char *const names[] = { "Name", "MailAddress", "Identity", NULL };
	const struct pl_named named = { &pl_group_noun, names, filter->identity, PL_ERR_GROUP_NOT_FOUND };
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_group_noun);
	pl_query_name(&q, names, filter->identity);
	return pl_query_get(&q, "Get-ElevatedAccessApproverGroup", &named, each, arg);
}
