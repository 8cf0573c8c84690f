/* args.c - argument structs: filled from what was given, and freed */

#include "bind.h"

#include <stdlib.h>

bool
pl_param_owns_text(const struct pl_param *p)
{
	switch (p->type) {
	case PL_PARAM_STRING:
	case PL_PARAM_REASON:
	case PL_PARAM_ACCOUNT:
	case PL_PARAM_TASK:
	case PL_PARAM_ENUM:
	case PL_PARAM_LIST:
	case PL_PARAM_ENUM_LIST:
	case PL_PARAM_MAP:
	case PL_PARAM_OUT_PATH:
	case PL_PARAM_IN_PATH:
		return true;
	default:
		return false;
	}
}

static void
free_member(const struct pl_param *p, void *args)
{
	char **member = (char **)(void *)((char *)args + p->offset);

	if (pl_param_owns_text(p)) {
		free(*member);
		*member = NULL;
	}
}

/* Several parameters may share a member (Duration and DurationHours); only one of them is given. */
static enum pl_status
fill(struct pl_ctx *ctx, const struct pl_binding *b, size_t from, size_t to, void *args)
{
	enum pl_status st = PL_OK;

	for (; from < to && st == PL_OK; from++)
		if (b->slots[from].given)
			st = pl_convert(ctx, b->slots[from].param, b->slots[from].text, args);
	return st;
}

static const struct pl_slot *
given_as(const struct pl_binding *b, enum pl_param_type type)
{
	size_t i;

	for (i = 0; i < b->own; i++)
		if (b->slots[i].given && b->slots[i].param->type == type)
			return &b->slots[i];
	return NULL;
}

/* A period that ends before it begins holds nothing, which would look like an answer. */
static enum pl_status
check_period(struct pl_ctx *ctx, const struct pl_binding *b, const void *args)
{
	const struct pl_slot *from = given_as(b, PL_PARAM_DATE), *to = given_as(b, PL_PARAM_END_DATE);
	const char *base = args;

	if (from == NULL || to == NULL || *(const int64_t *)(const void *)(base + from->param->offset) <=
	    *(const int64_t *)(const void *)(base + to->param->offset))
		return PL_OK;
	return pl_fail(ctx, PL_ERR_CANNOT_CONVERT, "-%s %s lies before -%s %s", to->param->name, to->text,
	    from->param->name, from->text);
}

enum pl_status
pl_args_new(struct pl_ctx *ctx, const struct pl_binding *b, void **out)
{
	enum pl_status st;

	*out = calloc(1, b->command->args_size + 1);
	if (*out == NULL)
		return pl_fail_memory(ctx);
	st = fill(ctx, b, 0, b->own, *out);
	if (st == PL_OK)
		st = check_period(ctx, b, *out);
	if (st != PL_OK) {
		pl_args_free(b->command, *out);
		*out = NULL;
	}
	return st;
}

void
pl_args_free(const struct pl_command *command, void *args)
{
	const struct pl_param *p;

	if (args == NULL)
		return;
	for (p = command->params; p != NULL && p->name != NULL; p++)
		free_member(p, args);
	free(args);
}

enum pl_status
pl_common_fill(struct pl_ctx *ctx, const struct pl_binding *b, struct pl_common *out)
{
	*out = (struct pl_common){ 0 };
	return fill(ctx, b, b->own, b->count, out);
}

void
pl_common_clear(struct pl_common *common)
{
	const struct pl_common_param *c;

	for (c = pl_common_params; c->param.name != NULL; c++)
		free_member(&c->param, common);
}
