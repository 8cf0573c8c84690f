/* object.c - an object from a pipe to the parameters that take it */

#include "input.h"

#include <stdlib.h>
#include <string.h>

#include "pamlite/json.h"

/* Printed objects call an identity by other names than the parameter; the first that has a value counts. */
static const struct {
	const char *param, *property;
} also_bind[] = {
	{ "RequestId", "RequestIdentity" },
	{ "RequestId", "Identity" },
	{ "RequestVersion", "Version" },
};

/* What a value from argv would be told with 64 is bad data when it comes from a stream. */
static enum pl_status
as_input_fault(struct pl_ctx *ctx, enum pl_status st)
{
	struct pl_failure was;

	if (st != PL_E_USAGE)
		return st;
	was = ctx->failure;
	(void)pl_fail(ctx, PL_ERR_INVALID_INPUT, "%s", was.message);
	return pl_hint(ctx, "%s", was.hint);
}

static const struct pl_json_member *
with_value(const struct pl_json_object *o, const char *name)
{
	const struct pl_json_member *m = pl_json_member_find(o, name);

	return m != NULL && m->kind != PL_JSON_NULL ? m : NULL;
}

static const struct pl_json_member *
find_alias(const struct pl_json_object *o, const char *aliases)
{
	const struct pl_json_member *m = NULL;
	const char *word;
	char name[64];
	size_t len;

	while (m == NULL && (word = pl_alias_next(&aliases, &len)) != NULL) {
		if (len >= sizeof name)
			continue;
		memcpy(name, word, len);
		name[len] = '\0';
		m = with_value(o, name);
	}
	return m;
}

static const struct pl_json_member *
find_member(const struct pl_json_object *o, const struct pl_param *p)
{
	const struct pl_json_member *m = with_value(o, p->name);
	size_t i;

	for (i = 0; m == NULL && i < sizeof also_bind / sizeof also_bind[0]; i++)
		if (strcmp(also_bind[i].param, p->name) == 0)
			m = with_value(o, also_bind[i].property);
	return m != NULL ? m : find_alias(o, p->alias);
}

/* A text is one element where a list is wanted; nothing else changes its kind. */
static enum pl_status
bind_member(struct pl_ctx *ctx, const struct pl_param *p, const struct pl_json_member *m, void *args)
{
	const enum pl_json_kind wanted = p->type == PL_PARAM_MAP ? PL_JSON_MAP : PL_JSON_LIST;
	struct pl_buf list;
	enum pl_status st;

	if (m->kind == PL_JSON_TEXT && !pl_param_is_list(p))
		return pl_convert(ctx, p, m->value, args);
	if (m->kind == wanted && pl_param_is_list(p))
		return pl_convert(ctx, p, m->value, args);
	if (m->kind != PL_JSON_TEXT)
		return pl_fail(ctx, PL_ERR_INVALID_INPUT, "the object's value for parameter '%s' is not of its type",
		    p->name);
	if (strchr(m->value, '\n') != NULL)
		return pl_fail(ctx, PL_ERR_INVALID_INPUT, "the object's value for parameter '%s' is not one line",
		    p->name);
	pl_buf_init(&list);
	pl_list_add(&list, m->value);
	st = pl_buf_failed(&list) ? pl_fail_memory(ctx) : pl_convert(ctx, p, list.text, args);
	pl_buf_clear(&list);
	return st;
}

static enum pl_status
fail_without(struct pl_ctx *ctx, const struct pl_param *p)
{
	return pl_fail(ctx, PL_ERR_INVALID_INPUT, "the object has no value for parameter '%s'", p->name);
}

enum pl_status
pl_object_bind(struct pl_ctx *ctx, const struct pl_binding *b, const struct pl_input_item *item, void *args)
{
	const struct pl_slot *target = pl_bind_pipe_target(b);
	const struct pl_json_member *m;
	struct pl_json_object object;
	enum pl_status st;
	size_t i;

	st = pl_json_parse_object(ctx, item->text, item->len, &object);
	for (i = 0; i < b->own && st == PL_OK; i++) {
		const struct pl_param *p = b->slots[i].param;

		if (!(p->flags & PL_PIPE) || pl_bind_is_covered(b, p))
			continue;
		m = find_member(&object, p);
		if (m != NULL)
			st = bind_member(ctx, p, m, args);
		else if (p == target->param)
			st = fail_without(ctx, p);
	}
	pl_json_object_clear(&object);
	return as_input_fault(ctx, st);
}

enum pl_status
pl_value_bind(struct pl_ctx *ctx, const struct pl_binding *b, const char *value, void *args)
{
	const struct pl_param *p = pl_bind_pipe_target(b)->param;
	struct pl_json_member text = { .kind = PL_JSON_TEXT };
	enum pl_status st;

	if (pl_bind_is_covered(b, p))
		return PL_OK;
	text.value = strdup(value);
	if (text.value == NULL)
		return pl_fail_memory(ctx);
	st = bind_member(ctx, p, &text, args);
	free(text.value);
	return as_input_fault(ctx, st);
}
