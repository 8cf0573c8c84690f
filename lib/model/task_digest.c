/* task_digest.c - the digests that grants are bound to: of a task, of a role with its members */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/task_internal.h"

#include "pamlite/definition.h"
#include "pamlite/list.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"

enum { NESTING_MAX = 2 };   /* a task in a role in a role group */

enum pl_status
pl_task_digest(struct pl_ctx *ctx, const char *name, char out[PL_DIGEST_LEN + 1])
{
	struct pl_stmt q;

	out[0] = '\0';
	pl_stmt_open(&q, ctx, "SELECT digest FROM task WHERE name = :name");
	pl_stmt_bind_text(&q, ":name", name);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL)
		snprintf(out, PL_DIGEST_LEN + 1, "%s", pl_stmt_text(&q, 0));
	return pl_stmt_close(&q);
}

/* What a role gives is what its members do, so their digests are part of its own. */
static enum pl_status
role_digest(struct pl_ctx *ctx, const struct pl_task *t, char out[PL_DIGEST_LEN + 1])
{
	struct pl_digest d;
	struct pl_stmt q;

	pl_digest_start(&d);
	pl_digest_text(&d, t->type);
	pl_digest_add(&d, "\n", 1);
	pl_digest_text(&d, t->name);
	pl_digest_add(&d, "\n", 1);
	pl_stmt_open(&q, ctx, "SELECT m.member, x.digest FROM task_member m LEFT JOIN task x ON x.name = m.member"
	    " WHERE m.task = :name ORDER BY m.member");
	pl_stmt_bind_text(&q, ":name", t->name);
	while (pl_stmt_step(&q)) {
		pl_digest_text(&d, pl_stmt_text(&q, 0));
		pl_digest_add(&d, "\n", 1);
		pl_digest_text(&d, pl_stmt_text(&q, 1));
		pl_digest_add(&d, "\n", 1);
	}
	pl_digest_end(&d, out);
	return pl_stmt_close(&q);
}

/* The definition of a row; `called` (to be freed) is no property of the object that people see. */
static enum pl_status
definition_of(struct pl_ctx *ctx, const struct pl_task *t, struct pl_definition *out, char **called)
{
	struct pl_stmt q;

	*called = NULL;
	pl_stmt_open(&q, ctx, "SELECT called FROM task WHERE name = :name");
	pl_stmt_bind_text(&q, ":name", t->name);
	if (pl_stmt_step(&q) && pl_stmt_text(&q, 0) != NULL && (*called = strdup(pl_stmt_text(&q, 0))) == NULL)
		pl_stmt_fail(&q, pl_fail_memory(ctx));
	*out = (struct pl_definition){
		.name = t->name, .path = t->path, .called = *called,
		.arguments = t->arguments, .parameters = t->parameters,
		.run_as = t->run_as, .working_directory = t->working_directory, .environment = t->environment,
		.sha256 = t->sha256,
	};
	if (pl_stmt_close(&q) == PL_OK)
		return PL_OK;
	free(*called);
	*called = NULL;
	return q.status;
}

enum pl_status
pl_task_is_whole(struct pl_ctx *ctx, const struct pl_task *t, bool *out)
{
	char stored[PL_DIGEST_LEN + 1], digest[PL_DIGEST_LEN + 1], *called;
	struct pl_definition def;
	enum pl_status st;

	*out = false;
	st = definition_of(ctx, t, &def, &called);
	if (st == PL_OK)
		st = pl_task_digest(ctx, t->name, stored);
	if (st == PL_OK && def.path != NULL && def.run_as != NULL && !pl_definition_digest(&def, digest))
		st = pl_fail_memory(ctx);
	else if (st == PL_OK)
		*out = def.path != NULL && def.run_as != NULL && strcmp(stored, digest) == 0;
	free(called);
	return st;
}

static enum pl_status
definition_digest(struct pl_ctx *ctx, const struct pl_task *t, char out[PL_DIGEST_LEN + 1])
{
	struct pl_definition def;
	struct pl_buf why;
	char *called;

	out[0] = '\0';
	if (strcmp(t->type, "Task") != 0)
		return role_digest(ctx, t, out);
	if (definition_of(ctx, t, &def, &called) != PL_OK)
		return ctx->failure.status;
	pl_buf_init(&why);
	if (!pl_definition_check(&def, &why)) {
		pl_fail(ctx, PL_ERR_TASK_INVALID, "task '%s': %s", t->name, why.text);
		pl_target(ctx, t->name);
	} else if (!pl_definition_digest(&def, out))
		pl_fail_memory(ctx);
	pl_buf_clear(&why);
	free(called);
	return out[0] != '\0' ? PL_OK : ctx->failure.status;
}

enum pl_status
pl_task_store_digest(struct pl_ctx *ctx, const struct pl_task *t)
{
	char digest[PL_DIGEST_LEN + 1];
	struct pl_stmt q;
	enum pl_status st;

	st = definition_digest(ctx, t, digest);
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx, "UPDATE task SET digest = :digest WHERE name = :name");
	pl_stmt_bind_text(&q, ":digest", digest);
	pl_stmt_bind_text(&q, ":name", t->name);
	pl_stmt_run(&q);
	return pl_stmt_close(&q);
}

/* The names of what lists `name` as a member, as a list. */
static enum pl_status
containers(struct pl_ctx *ctx, const char *name, struct pl_buf *out)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT task FROM task_member WHERE member = :name");
	pl_stmt_bind_text(&q, ":name", name);
	return pl_stmt_close_list(&q, out);
}

/* A member changed: so did every role that lists it, and every group that lists the role. */
static enum pl_status
refresh(struct pl_ctx *ctx, const char *name, int nesting)
{
	struct pl_task role;
	struct pl_item it;
	struct pl_buf list;
	const char *at;
	enum pl_status st;
	char *container;

	pl_buf_init(&list);
	st = containers(ctx, name, &list);
	at = list.text;
	while (st == PL_OK && nesting < NESTING_MAX && pl_list_next(&at, &it)) {
		container = pl_item_dup(&it);
		if (container == NULL) {
			st = pl_fail_memory(ctx);
			break;
		}
		st = pl_find_any(ctx, &pl_task_noun, container, &role);
		if (st == PL_OK)
			st = pl_task_store_digest(ctx, &role);
		if (st == PL_OK)
			st = refresh(ctx, container, nesting + 1);
		pl_row_clear(&pl_task_noun, &role);
		free(container);
	}
	pl_buf_clear(&list);
	return st;
}

enum pl_status
pl_task_refresh_containers(struct pl_ctx *ctx, const char *name)
{
	return refresh(ctx, name, 0);
}
