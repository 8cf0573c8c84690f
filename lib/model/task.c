/* task.c - registering tasks, roles and role groups */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/task.h"

#include "pamlite/list.h"
#include "pamlite/name.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"

#include "model/sql.h"
#include "model/task_internal.h"

const char *const pl_task_types[] = { "Task", "Role", "RoleGroup", NULL };

#define COL(NAME, TYPE, member, SQL, FLAGS, HELP) PL_COLUMN(struct pl_task, NAME, TYPE, member, SQL, FLAGS, HELP)

static const struct pl_column columns[] = {
	COL("Name", TEXT, name, "t.name", PL_COL_TABLE | PL_COL_ID | PL_COL_INDEXED,
	    "name of the task, role or role group, as Scope\\Name"),
	COL("Type", TEXT, type, "t.type", PL_COL_TABLE, "Task, Role or RoleGroup"),
	COL("Path", TEXT, path, "t.path", PL_COL_TABLE, "the program, without symbolic links; null unless a Task"),
	COL("ArgumentList", LIST, arguments, "t.arguments", PL_COL_TABLE,
	    "its arguments, with {name} for parameters"),
	COL("Parameter", MAP, parameters, "t.parameters", 0, "names and types of its parameters; null without"),
	COL("RunAs", TEXT, run_as, "t.run_as", PL_COL_TABLE, "the account as which it runs; null unless a Task"),
	COL("WorkingDirectory", TEXT, working_directory, "t.working_directory", 0,
	    "directory that it begins in; null for the root directory"),
	COL("Environment", LIST, environment, "t.environment", 0, "NAME=value that it gets beside the fixed ones"),
	COL("Sha256", TEXT, sha256, "t.sha256", 0, "SHA-256 that the program must have; null for any"),
	COL("Member", LIST, members, "(SELECT group_concat(member || char(10), '') FROM"
	    " (SELECT member FROM task_member WHERE task = t.name ORDER BY position))", 0,
	    "a role's tasks, or a role group's roles"),
	COL("Policy", TEXT, policy,
	    "(SELECT p.id FROM policy p WHERE p.access = t.name AND " SQL_POLICY_VISIBLE ")", 0,
	    "id of its approval policy; null without, and for who may not see it"),
	COL("Version", TEXT, version, "substr(t.digest, 1, 16)", 0, "changes with what runs"),
	COL("Description", TEXT, description, "t.description", 0, "what it is for; null without"),
	COL("DateCreatedUtc", TIME, created_at, "t.created_at", PL_COL_INDEXED, "when it was registered"),
	COL("DateUpdatedUtc", TIME, updated_at, "t.updated_at", 0, "when it was changed last"),
	{ 0 }
};

const struct pl_noun pl_task_noun = {
	.name = "Task",
	.columns = columns,
	.row_size = sizeof(struct pl_task),
	.from = "task t",
	.visible = ":all OR EXISTS (SELECT 1 FROM policy p WHERE p.access IN " SQL_COVERING("t.name")
	    " AND " SQL_POLICY_VISIBLE ")",
	.newest = "DateCreatedUtc",
};

static enum pl_status
not_found(struct pl_ctx *ctx, const char *name)
{
	pl_fail(ctx, PL_ERR_TASK_NOT_FOUND, "task '%s' is not registered, or you may not see it", name);
	pl_target(ctx, name);
	return pl_hint(ctx, "get-elevated-access-task lists those that you may see");
}

static enum pl_status
invalid(struct pl_ctx *ctx, const char *name, const char *why)
{
	pl_fail(ctx, PL_ERR_TASK_INVALID, "'%s': %s", name, why);
	return pl_target(ctx, name);
}

/* What a name is already held to be by roles that list it and by its policy. */
static enum pl_status
check_type(struct pl_ctx *ctx, const char *name, const char *type)
{
	const char *expected = NULL;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx,
	    "SELECT CASE c.type WHEN 'Role' THEN 'Task' ELSE 'Role' END FROM task_member m JOIN task c ON c.name ="
	    " m.task WHERE m.member = :name UNION ALL SELECT type FROM policy WHERE access = :name");
	pl_stmt_bind_text(&q, ":name", name);
	while (pl_stmt_step(&q)) {
		expected = pl_stmt_text(&q, 0);
		if (expected != NULL && strcmp(expected, type) != 0) {
			pl_fail(ctx, PL_ERR_TASK_INVALID, "'%s' cannot be a %s: a policy or a role uses it as a %s",
			    name, type, expected);
			pl_stmt_fail(&q, pl_target(ctx, name));
		}
	}
	return pl_stmt_close(&q);
}

/* A role lists tasks, a role group roles; what is not registered yet may become either. */
static enum pl_status
check_member(struct pl_ctx *ctx, const struct pl_task *t, const char *member)
{
	const char *wanted = strcmp(t->type, "Role") == 0 ? "Task" : "Role";
	struct pl_stmt q;
	bool fits = true;

	pl_stmt_open(&q, ctx, "SELECT type FROM task WHERE name = :name");
	pl_stmt_bind_text(&q, ":name", member);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL)
		fits = strcmp(pl_stmt_text(&q, 0), wanted) == 0;
	if (pl_stmt_close(&q) != PL_OK || fits)
		return q.status;
	pl_fail(ctx, PL_ERR_TASK_INVALID, "'%s' cannot list '%s', which is not a %s", t->name, member, wanted);
	return pl_target(ctx, member);
}

static enum pl_status
insert_member(struct pl_ctx *ctx, const struct pl_task *t, const char *member, int position)
{
	char name[PL_TASK_NAME_MAX + 1];
	struct pl_stmt q;
	enum pl_status st;

	if (!pl_task_name_parse(member, name))
		return invalid(ctx, member, "a member is named Scope\\Name");
	st = check_member(ctx, t, name);
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx,
	    "INSERT OR IGNORE INTO task_member (task, member, position) VALUES (:task, :member, :position)");
	pl_stmt_bind_text(&q, ":task", t->name);
	pl_stmt_bind_text(&q, ":member", name);
	pl_stmt_bind_int(&q, ":position", position);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

static enum pl_status
store_members(struct pl_ctx *ctx, const struct pl_task *t)
{
	const char *at = t->members;
	struct pl_item it;
	struct pl_stmt q;
	enum pl_status st;
	int position = 0;
	char *member;

	pl_stmt_open(&q, ctx, "DELETE FROM task_member WHERE task = :task");
	pl_stmt_bind_text(&q, ":task", t->name);
	pl_stmt_run(&q);
	st = pl_stmt_close(&q);
	while (st == PL_OK && pl_list_next(&at, &it)) {
		member = pl_item_dup(&it);
		st = member != NULL ? insert_member(ctx, t, member, position++) : pl_fail_memory(ctx);
		free(member);
	}
	return st;
}

static enum pl_status
store_task(struct pl_ctx *ctx, const struct pl_task *t)
{
	struct pl_stmt q;
	enum pl_status st;

	/* The digest is known when the members are stored. */
	pl_stmt_open(&q, ctx,
	    "INSERT INTO task (name, type, path, called, arguments, parameters, run_as, working_directory, environment,"
	    " sha256, description, digest, created_at, updated_at)"
	    " VALUES (:name, :type, :path, :called, :arguments, :parameters, :run_as, :directory, :environment,"
	    " :sha256, :description, printf('%064d', 0), :now, :now)"
	    " ON CONFLICT (name) DO UPDATE SET path = excluded.path, called = excluded.called,"
	    " arguments = excluded.arguments, parameters = excluded.parameters, run_as = excluded.run_as,"
	    " working_directory = excluded.working_directory, environment = excluded.environment,"
	    " sha256 = excluded.sha256, description = excluded.description, updated_at = excluded.updated_at");
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":name", t->name);
	pl_stmt_bind_text(&q, ":type", t->type);
	pl_stmt_bind_text(&q, ":path", t->path);
	pl_stmt_bind_text(&q, ":called", pl_store_is_system(ctx) ? ctx->called : NULL);
	pl_stmt_bind_text(&q, ":arguments", t->arguments);
	pl_stmt_bind_text(&q, ":parameters", t->parameters);
	pl_stmt_bind_text(&q, ":run_as", t->run_as);
	pl_stmt_bind_text(&q, ":directory", t->working_directory);
	pl_stmt_bind_text(&q, ":environment", t->environment);
	pl_stmt_bind_text(&q, ":sha256", t->sha256);
	pl_stmt_bind_text(&q, ":description", t->description);
	pl_stmt_run(&q);
	st = pl_stmt_close(&q);
	if (st == PL_OK)
		st = store_members(ctx, t);
	if (st == PL_OK)
		st = pl_task_store_digest(ctx, t);
	return st == PL_OK ? pl_task_refresh_containers(ctx, t->name) : st;
}

/* Take over what was given: NULL leaves, "" clears. */
static enum pl_status
take(struct pl_ctx *ctx, char **member, const char *given)
{
	if (given == NULL)
		return PL_OK;
	free(*member);
	*member = given[0] != '\0' ? strdup(given) : NULL;
	return given[0] != '\0' && *member == NULL ? pl_fail_memory(ctx) : PL_OK;
}

static enum pl_status
merge(struct pl_ctx *ctx, struct pl_task *t, const struct pl_task_spec *spec)
{
	const struct {
		char **member;
		const char *given;
	} fields[] = {
		{ &t->path, spec->path }, { &t->arguments, spec->arguments }, { &t->parameters, spec->parameters },
		{ &t->run_as, spec->run_as }, { &t->working_directory, spec->working_directory },
		{ &t->environment, spec->environment }, { &t->sha256, spec->sha256 }, { &t->members, spec->members },
		{ &t->description, spec->description },
	};
	enum pl_status st = PL_OK;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]) && st == PL_OK; i++)
		st = take(ctx, fields[i].member, fields[i].given);
	if (st == PL_OK && strcmp(t->type, "Task") == 0 && t->run_as == NULL)
		st = take(ctx, &t->run_as, pl_store_is_system(ctx) ? "root" : ctx->caller.account);
	return st;
}

/* The parts that a type has. On a private database tasks run as the caller himself. */
static enum pl_status
check_parts(struct pl_ctx *ctx, const struct pl_task *t)
{
	bool task = strcmp(t->type, "Task") == 0;

	if (!task && (t->path != NULL || t->arguments != NULL || t->parameters != NULL || t->run_as != NULL ||
	    t->working_directory != NULL || t->environment != NULL || t->sha256 != NULL))
		return invalid(ctx, t->name, "a role has members and nothing to run");
	if (!task && pl_list_count(t->members) == 0)
		return invalid(ctx, t->name, "a role needs -Member");
	if (task && t->members != NULL)
		return invalid(ctx, t->name, "only a Role or RoleGroup has members");
	if (task && t->path == NULL)
		return invalid(ctx, t->name, "a task needs -Path");
	if (task && !pl_store_is_system(ctx) && strcmp(t->run_as, ctx->caller.account) != 0) {
		pl_fail(ctx, PL_ERR_RUN_AS_REFUSED, "on a private database tasks run as %s, not as %s",
		    ctx->caller.account, t->run_as);
		return pl_target(ctx, t->run_as);
	}
	return PL_OK;
}

static void
record_task(struct pl_record *r, const struct pl_task *t)
{
	pl_record_text(r, "Type", t->type);
	pl_record_text(r, "Path", t->path);
	pl_record_list(r, "ArgumentList", t->arguments);
	pl_record_map(r, "Parameter", t->parameters);
	pl_record_text(r, "RunAs", t->run_as);
	pl_record_text(r, "WorkingDirectory", t->working_directory);
	pl_record_list(r, "Environment", t->environment);
	pl_record_text(r, "Sha256", t->sha256);
	pl_record_list(r, "Member", t->members);
	pl_record_text(r, "Description", t->description);
}

/* Is it a program, which root keeps a file of, rather than a role, which is rows alone? */
static bool
is_roots(const struct pl_ctx *ctx, const struct pl_task *t)
{
	return pl_store_is_system(ctx) && t->type != NULL && strcmp(t->type, "Task") == 0;
}

/*
 * On the system database root keeps what runs in a file of its own: the command that root types writes it,
 * and its digest is the one that is recorded here. A manager who is not root changes who may, not what runs.
 */
static enum pl_status
require_root(struct pl_ctx *ctx, const struct pl_task *t)
{
	if (!is_roots(ctx, t) || ctx->caller.uid == 0)
		return PL_OK;
	pl_fail(ctx, PL_ERR_ROOT_REQUIRED, "what runs on this host is registered, changed and unregistered by root");
	pl_target(ctx, t->name);
	return pl_hint(ctx, "type it as root; policies, groups and roles need no root");
}

static enum pl_status
check_definition(struct pl_ctx *ctx, const struct pl_task *t, const char *digest)
{
	if (!is_roots(ctx, t))
		return PL_OK;
	if (ctx->definition != NULL && strcmp(ctx->definition, digest) == 0)
		return PL_OK;
	return invalid(ctx, t->name, "the definition is not the one that root has written");
}

/* Check, store and read back; `t` becomes the stored row. */
static enum pl_status
put(struct pl_ctx *ctx, struct pl_task *t, const struct pl_task_spec *spec)
{
	char digest[PL_DIGEST_LEN + 1], *name;
	enum pl_status st;

	st = require_root(ctx, t);
	if (st == PL_OK)
		st = merge(ctx, t, spec);
	record_task(pl_op_record(ctx), t);
	if (st == PL_OK)
		st = check_parts(ctx, t);
	if (st == PL_OK)
		st = check_type(ctx, t->name, t->type);
	if (st == PL_OK)
		st = store_task(ctx, t);
	if (st == PL_OK)
		st = pl_task_digest(ctx, t->name, digest);
	if (st == PL_OK)
		st = check_definition(ctx, t, digest);
	if (st != PL_OK)
		return st;
	pl_record_text(pl_op_record(ctx), "Digest", digest);
	name = strdup(t->name);
	pl_row_clear(&pl_task_noun, t);
	st = name != NULL ? pl_find_any(ctx, &pl_task_noun, name, t) : pl_fail_memory(ctx);
	free(name);
	return st;
}

static enum pl_status
register_task(struct pl_ctx *ctx, const struct pl_task_spec *spec, struct pl_task *out)
{
	char digest[PL_DIGEST_LEN + 1];
	enum pl_status st;

	st = pl_require_configure(ctx);
	if (st == PL_OK)
		st = pl_task_digest(ctx, spec->name, digest);
	if (st != PL_OK)
		return st;
	if (digest[0] != '\0') {
		pl_fail(ctx, PL_ERR_TASK_EXISTS, "task '%s' is registered already", spec->name);
		pl_target(ctx, spec->name);
		return pl_hint(ctx, "change it with: set-elevated-access-task '%s' ...", spec->name);
	}
	st = take(ctx, &out->name, spec->name);
	if (st == PL_OK)
		st = take(ctx, &out->type, spec->type != NULL ? spec->type : "Task");
	return st == PL_OK ? put(ctx, out, spec) : st;
}

static void
warn_missing_program(struct pl_ctx *ctx, const char *path)
{
	if (path != NULL && path[0] == '/' && access(path, X_OK) != 0)
		pl_note(ctx, PL_NOTE_WARNING, "there is no program at %s now", path);
}

enum pl_status
pl_task_register(struct pl_ctx *ctx, const struct pl_task_spec *spec, struct pl_task *out)
{
	enum pl_status st;

	pl_row_init(&pl_task_noun, out);
	st = pl_op_begin(ctx, "Register-ElevatedAccessTask", PL_RECORD_CONFIGURATION, spec->name);
	if (st == PL_OK)
		st = pl_op_end(ctx, register_task(ctx, spec, out));
	if (st == PL_OK)
		warn_missing_program(ctx, out->path);
	return st;
}

static enum pl_status
find_existing(struct pl_ctx *ctx, const char *name, struct pl_task *out)
{
	enum pl_status st;

	st = pl_require_configure(ctx);
	if (st != PL_OK)
		return st;
	st = pl_find_any(ctx, &pl_task_noun, name, out);
	return st == PL_E_NOT_FOUND ? not_found(ctx, name) : st;
}

static enum pl_status
change(struct pl_ctx *ctx, const struct pl_task_spec *spec, struct pl_task *out)
{
	enum pl_status st = find_existing(ctx, spec->name, out);

	if (st != PL_OK)
		return st;
	if (spec->path == NULL && spec->arguments == NULL && spec->parameters == NULL && spec->run_as == NULL &&
	    spec->working_directory == NULL && spec->environment == NULL && spec->sha256 == NULL &&
	    spec->members == NULL && spec->description == NULL)
		return pl_fail(ctx, PL_ERR_NOTHING_TO_CHANGE, "nothing to change in task '%s'", spec->name);
	return put(ctx, out, spec);
}

enum pl_status
pl_task_change(struct pl_ctx *ctx, const struct pl_task_spec *spec, struct pl_task *out)
{
	enum pl_status st;

	pl_row_init(&pl_task_noun, out);
	st = pl_op_begin(ctx, "Set-ElevatedAccessTask", PL_RECORD_CONFIGURATION, spec->name);
	if (st == PL_OK)
		st = pl_op_end(ctx, change(ctx, spec, out));
	if (st == PL_OK)
		warn_missing_program(ctx, out->path);
	return st;
}

static enum pl_status
unregister(struct pl_ctx *ctx, const struct pl_task_spec *spec, struct pl_task *out)
{
	struct pl_stmt q;
	enum pl_status st = find_existing(ctx, spec->name, out);

	if (st != PL_OK)
		return st;
	record_task(pl_op_record(ctx), out);
	st = require_root(ctx, out);
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx, "DELETE FROM task WHERE name = :name");
	pl_stmt_bind_text(&q, ":name", out->name);
	pl_stmt_run(&q);
	st = pl_stmt_close(&q);
	return st == PL_OK ? pl_task_refresh_containers(ctx, out->name) : st;
}

enum pl_status
pl_task_unregister(struct pl_ctx *ctx, const struct pl_task_spec *spec, struct pl_task *out)
{
	enum pl_status st;

	pl_row_init(&pl_task_noun, out);
	st = pl_op_begin(ctx, "Unregister-ElevatedAccessTask", PL_RECORD_CONFIGURATION, spec->name);
	return st == PL_OK ? pl_op_end(ctx, unregister(ctx, spec, out)) : st;
}

enum pl_status
pl_task_list(struct pl_ctx *ctx, const struct pl_task_filter *filter, pl_row_fn *each, void *arg)
{
	static const char *const names[] = { "Name", NULL };
	const struct pl_named named = { &pl_task_noun, names, filter->name, PL_ERR_TASK_NOT_FOUND };
	struct pl_query q;

	pl_query_init(&q, ctx, &pl_task_noun);
	pl_query_name(&q, names, filter->name);
	if (filter->type != NULL)
		pl_query_compare(&q, "Type", "=", filter->type);
	if (filter->mine)
		pl_query_where(&q, "EXISTS (SELECT 1 FROM authorization a WHERE " SQL_HELD_BY_ME " AND " SQL_LIVE
		    " AND a.access IN " SQL_COVERING("t.name") ") AND (SELECT enabled FROM control)");
	return pl_query_get(&q, "Get-ElevatedAccessTask", &named, each, arg);
}
