/* access.c - may this caller run this task with these parameters now? */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/access.h"

#include "pamlite/list.h"
#include "pamlite/operation.h"
#include "pamlite/query.h"
#include "pamlite/statement.h"
#include "pamlite/system_account.h"
#include "pamlite/typed.h"

#include "model/sql.h"
#include "model/task_internal.h"

/* A task is seen through a policy that covers it, or a grant of one's own that did. */
#define SQL_TASK_SEEN \
	"SELECT (SELECT digest FROM task WHERE name = :task)," \
	" EXISTS (SELECT 1 FROM policy p WHERE p.access IN " SQL_COVERING(":task") " AND " SQL_POLICY_VISIBLE ")," \
	" EXISTS (SELECT 1 FROM authorization a WHERE a.access IN " SQL_COVERING(":task") " AND " SQL_HELD_BY_ME ")," \
	" EXISTS (SELECT 1 FROM policy p WHERE p.access IN " SQL_COVERING(":task") ")," \
	" :all, (SELECT type FROM task WHERE name = :task)"

/* What is known of the task before any grant is looked at. */
struct scene {
	bool registered, has_policy, system_account;
	const char *declared;        /* of a registered task; borrowed */
	const char *given;           /* map of the parameters; NULL = none given; borrowed */
	struct pl_buf named;         /* what `given` borrows where values came without names */
};

void
pl_access_answer_clear(struct pl_access_answer *a)
{
	pl_row_clear(&pl_task_noun, &a->task);
	free(a->parameters);
	a->parameters = NULL;
}

static enum pl_status
not_found(struct pl_ctx *ctx, const char *task)
{
	pl_fail(ctx, PL_ERR_TASK_NOT_FOUND, "task '%s' does not exist, or you may not see it", task);
	return pl_target(ctx, task);
}

static enum pl_status
look_at_task(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_access_answer *out, struct scene *s)
{
	bool seen = false;
	struct pl_stmt q;
	enum pl_status st;

	st = pl_system_account_covers_caller(ctx, false, &s->system_account);
	if (st != PL_OK)
		return st;
	pl_stmt_open(&q, ctx, SQL_TASK_SEEN);
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":task", ask->task);
	if (pl_stmt_step(&q)) {
		s->registered = pl_stmt_text(&q, 0) != NULL;
		s->has_policy = pl_stmt_bool(&q, 3);
		seen = pl_stmt_bool(&q, 1) || pl_stmt_bool(&q, 2) ||
		    ((s->registered || s->has_policy) && (pl_stmt_bool(&q, 4) || s->system_account));
		/* A role is not run; its tasks are. */
		if (pl_stmt_text(&q, 5) != NULL && strcmp(pl_stmt_text(&q, 5), "Task") != 0)
			seen = false;
		if (s->registered)
			snprintf(out->definition, sizeof(out->definition), "%s", pl_stmt_text(&q, 0));
	}
	if (pl_stmt_close(&q) != PL_OK)
		return q.status;
	if (!seen)
		return not_found(ctx, ask->task);
	if (s->registered) {
		st = pl_find_any(ctx, &pl_task_noun, ask->task, &out->task);
		s->declared = out->task.parameters != NULL ? out->task.parameters : "";
	}
	out->registered = s->registered;
	return st;
}

/* Values without names fill the declared parameters in their order. */
static enum pl_status
name_values(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct scene *s)
{
	enum pl_status st = PL_OK;
	struct pl_buf why;

	s->given = ask->parameters;
	if (ask->values == NULL)
		return PL_OK;
	pl_buf_init(&why);
	if (!pl_typed_name_values(s->declared, ask->parameters, ask->values, &s->named, &why)) {
		pl_fail(ctx, PL_ERR_PARAMETER_INVALID, "'%s': %s", ask->task, why.text);
		st = pl_target(ctx, ask->task);
	} else if (pl_buf_failed(&s->named)) {
		st = pl_fail_memory(ctx);
	}
	pl_buf_clear(&why);
	s->given = s->named.text;
	return st;
}

/* Check and order what was given; without a registration any names and values pass. */
static enum pl_status
bind(struct pl_ctx *ctx, const struct pl_access_ask *ask, const struct scene *s, const char *values, char **out)
{
	struct pl_buf bound, why;

	*out = NULL;
	pl_buf_init(&bound);
	pl_buf_init(&why);
	if (!pl_typed_bind(s->declared, values, true, &bound, &why)) {
		pl_fail(ctx, PL_ERR_PARAMETER_INVALID, "'%s': %s", ask->task, why.text);
		pl_target(ctx, ask->task);
		pl_buf_clear(&bound);
		pl_buf_clear(&why);
		return PL_E_USAGE;
	}
	pl_buf_clear(&why);
	*out = pl_buf_take(&bound);
	return *out != NULL ? PL_OK : pl_fail_memory(ctx);
}

/*
 * Grants of the caller that cover the task and could still be live, the first
 * to end first; then what is over, the newest first, for the reason why not.
 */
#define SQL_GRANTS \
	"SELECT a.id, a.request_id, a.end_at, a.bound, coalesce(a.parameters, ''), coalesce(a.definition, '')," \
	" coalesce((SELECT digest FROM task WHERE name = a.access), ''), a.revoked_at IS NOT NULL, " SQL_USES_LEFT "," \
	" a.start_at <= :now, " SQL_NOT_OVER ", coalesce(p.terminate_on_end, 0), coalesce(p.record_session, 0)," \
	" a.start_at, " SQL_AS_RECORDED \
	" FROM authorization a LEFT JOIN policy p ON p.id = a.policy_id" \
	" WHERE " SQL_HELD_BY_ME " AND a.access IN " SQL_COVERING(":task") \
	" AND (:request IS NULL OR :request IN (a.id, a.request_id))"
#define SQL_GRANTS_LIVE SQL_GRANTS " AND a.end_at > :now ORDER BY a.end_at, a.id"
#define SQL_GRANTS_OVER SQL_GRANTS " AND a.end_at <= :now ORDER BY a.end_at DESC, a.id LIMIT 1"

/* A search through the grants: the first that fits is taken, the others are looked at for ambiguity. */
struct search {
	const struct pl_access_ask *ask;
	const struct scene *scene;
	struct pl_access_answer *out;
	char *bound;             /* the parameters of the first usable grant that binds any */
	bool ambiguous;          /* another one binds others */
	struct pl_buf choices;   /* their requests, for the question which one is meant */
	struct pl_failure unfit; /* why given parameters fit no grant that does not bind them */
};

static bool
is_unchanged(struct pl_stmt *q)
{
	const char *granted = pl_stmt_text(q, 5), *current = pl_stmt_text(q, 6);

	return granted != NULL && current != NULL && strcmp(granted, current) == 0;
}

/* Why a grant does not serve; NULL if it does, as far as parameters are left aside. */
static const char *
unusable(struct pl_stmt *q)
{
	if (pl_stmt_bool(q, 7))
		return "Revoked";
	if (!pl_stmt_bool(q, 10))
		return "Expired";
	if (!pl_stmt_bool(q, 8))
		return "UsesExhausted";
	/* Its window has not begun; or nobody has approved what it says. */
	if (!pl_stmt_bool(q, 9) || !pl_stmt_bool(q, 14))
		return "NotAuthorized";
	return is_unchanged(q) ? NULL : "TaskChanged";
}

static enum pl_status
take(struct search *s, struct pl_stmt *q, char *parameters)
{
	struct pl_access_answer *a = s->out;

	free(a->parameters);
	a->parameters = parameters;
	a->allowed = true;
	a->why = "Authorization";
	a->begins_at = PL_NULL;
	snprintf(a->authorization, sizeof(a->authorization), "%s", pl_stmt_text(q, 0));
	snprintf(a->request, sizeof(a->request), "%s", pl_stmt_text(q, 1));
	a->end_at = pl_stmt_int(q, 2);
	a->terminate_on_end = pl_stmt_bool(q, 11);
	a->record_session = pl_stmt_bool(q, 12);
	return q->status;
}

/* Without parameters, usable grants that bind different ones leave open which is meant. */
static enum pl_status
remember_bound(struct search *s, struct pl_stmt *q, const char *approved)
{
	pl_buf_printf(&s->choices, "%s%s", s->choices.len > 0 ? ", " : "", pl_stmt_text(q, 1));
	if (s->bound != NULL) {
		s->ambiguous = s->ambiguous || strcmp(s->bound, approved) != 0;
		return PL_OK;
	}
	s->bound = strdup(approved);
	return s->bound != NULL ? PL_OK : pl_fail_memory(q->ctx);
}

/* A usable grant: do the parameters fit? Where one binds none, bad ones only leave it to another. */
static enum pl_status
consider(struct search *s, struct pl_stmt *q)
{
	const char *approved = pl_stmt_text(q, 4), *given = s->scene->given;
	bool bound = pl_stmt_bool(q, 3);
	char *parameters;
	enum pl_status st = PL_OK;

	if (approved == NULL)
		return q->status;
	if (bound)
		st = remember_bound(s, q, approved);
	if (st != PL_OK || s->out->allowed)
		return st;
	st = bind(q->ctx, s->ask, s->scene, given == NULL && bound ? approved : given, &parameters);
	if (st == PL_E_USAGE && given == NULL && !bound) {
		s->unfit = q->ctx->failure;
		return PL_OK;
	}
	if (st != PL_OK)
		return st;
	if (bound && strcmp(parameters, approved) != 0) {
		free(parameters);
		s->out->why = "ParametersDiffer";
		s->out->begins_at = PL_NULL;
		return PL_OK;
	}
	return take(s, q, parameters);
}

/* Of several reasons the first that says more than "not now". */
static void
note_reason(struct pl_access_answer *a, struct pl_stmt *q, const char *why)
{
	bool later = strcmp(why, "NotAuthorized") == 0;

	if (a->allowed || (a->why != NULL && strcmp(a->why, "NotAuthorized") != 0))
		return;
	a->why = why;
	if (!later)
		a->begins_at = PL_NULL;
	else if (is_unchanged(q) && pl_stmt_bool(q, 14) &&
	    (a->begins_at == PL_NULL || pl_stmt_int(q, 13) < a->begins_at))
		a->begins_at = pl_stmt_int(q, 13);
}

static enum pl_status
search_grants(struct pl_ctx *ctx, struct search *s, const char *sql)
{
	enum pl_status st = PL_OK;
	const char *why;
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, sql);
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":task", s->ask->task);
	pl_stmt_bind_text(&q, ":request", s->ask->request);
	while (st == PL_OK && pl_stmt_step(&q)) {
		why = unusable(&q);
		if (why == NULL)
			st = consider(s, &q);
		else
			note_reason(s->out, &q, why);
	}
	pl_stmt_fail(&q, st);
	return pl_stmt_close(&q);
}

static enum pl_status
check_unambiguous(struct pl_ctx *ctx, const struct search *s)
{
	if (!s->out->allowed && s->out->why == NULL && s->unfit.error != PL_ERR_NONE) {
		ctx->failure = s->unfit;
		return ctx->failure.status;
	}
	if (!s->out->allowed || !s->ambiguous || s->scene->given != NULL || s->ask->request != NULL)
		return PL_OK;
	pl_fail(ctx, PL_ERR_SEVERAL_GRANTS, "grants with different parameters cover '%s': requests %s", s->ask->task,
	    s->choices.text);
	pl_target(ctx, s->ask->task);
	return pl_hint(ctx, "say which one with -RequestId, or give the parameters");
}

static enum pl_status
decide_by_grants(struct pl_ctx *ctx, const struct pl_access_ask *ask, const struct scene *scene,
    struct pl_access_answer *out)
{
	struct search s = { .ask = ask, .scene = scene, .out = out };
	enum pl_status st;

	pl_buf_init(&s.choices);
	st = search_grants(ctx, &s, SQL_GRANTS_LIVE);
	if (st == PL_OK)
		st = check_unambiguous(ctx, &s);
	if (st == PL_OK && out->why == NULL)
		st = search_grants(ctx, &s, SQL_GRANTS_OVER);
	if (st == PL_OK && out->why == NULL)
		out->why = scene->has_policy ? "NotAuthorized" : "NoPolicy";
	pl_buf_clear(&s.choices);
	free(s.bound);
	return st;
}

static enum pl_status
decide(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct scene *scene, struct pl_access_answer *out)
{
	enum pl_status st = look_at_task(ctx, ask, out, scene);
	bool whole = true;

	if (st != PL_OK)
		return st;
	if (!pl_op_rights(ctx)->enabled) {
		out->why = "NotEnabled";
		return PL_OK;
	}
	if (scene->registered)
		st = pl_task_is_whole(ctx, &out->task, &whole);
	if (st != PL_OK || !whole) {
		out->why = "TaskChanged";
		return st;
	}
	st = name_values(ctx, ask, scene);
	if (st != PL_OK || !scene->system_account)
		return st == PL_OK ? decide_by_grants(ctx, ask, scene, out) : st;
	out->why = "SystemAccount";
	st = bind(ctx, ask, scene, scene->given, &out->parameters);
	out->allowed = st == PL_OK;
	return st;
}

enum pl_status
pl_access_decide(struct pl_ctx *ctx, const struct pl_access_ask *ask, struct pl_access_answer *out)
{
	struct scene scene = { 0 };
	enum pl_status st;

	memset(out, 0, sizeof(*out));
	out->end_at = PL_NULL;
	out->begins_at = PL_NULL;
	pl_row_init(&pl_task_noun, &out->task);
	pl_buf_init(&scene.named);
	st = decide(ctx, ask, &scene, out);
	pl_buf_clear(&scene.named);
	return st;
}

enum pl_status
pl_access_consume(struct pl_ctx *ctx, const struct pl_access_answer *a)
{
	struct pl_stmt q;
	bool covered;

	if (a->authorization[0] == '\0')
		return pl_system_account_covers_caller(ctx, true, &covered);
	pl_stmt_open(&q, ctx, "UPDATE authorization AS a SET use_count = a.use_count + 1, last_used_at = :now,"
	    " updated_at = :now WHERE a.id = :id AND " SQL_LIVE);
	pl_op_offer_facts(&q);
	pl_stmt_bind_text(&q, ":id", a->authorization);
	if (pl_stmt_run(&q) != 1 && q.status == PL_OK)
		pl_stmt_fail(&q, pl_fail(ctx, PL_ERR_ELEVATION_REQUIRED, "authorization %s is no longer live",
		    a->authorization));
	return pl_stmt_close(&q);
}
