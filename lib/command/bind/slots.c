/* slots.c - the parameters of one command, and which of them are given, missing or at odds */

#include "bind.h"

#include <stdlib.h>
#include <string.h>

#include "pamlite/text.h"

static size_t
own_count(const struct pl_command *command)
{
	size_t n = 0;

	while (command->params != NULL && command->params[n].name != NULL)
		n++;
	return n;
}

/* A command's own parameter hides a common one of the same name. */
static bool
is_hidden(const struct pl_binding *b, const char *name)
{
	size_t i;

	for (i = 0; i < b->own; i++)
		if (pl_ascii_casecmp(b->slots[i].param->name, name) == 0)
			return true;
	return false;
}

enum pl_status
pl_binding_init(struct pl_ctx *ctx, struct pl_binding *b, const struct pl_command *command)
{
	const struct pl_common_param *c;
	unsigned traits = pl_command_traits(command);
	size_t n = own_count(command), i;

	*b = (struct pl_binding){ .command = command };
	for (c = pl_common_params; c->param.name != NULL; c++)
		n++;
	b->slots = calloc(n + 1, sizeof *b->slots);
	if (b->slots == NULL)
		return pl_fail_memory(ctx);
	b->own = own_count(command);
	for (i = 0; i < b->own; i++)
		b->slots[i].param = &command->params[i];
	b->count = b->own;
	for (c = pl_common_params; c->param.name != NULL; c++)
		if ((traits & c->traits) == c->traits && !is_hidden(b, c->param.name))
			b->slots[b->count++].param = &c->param;
	return PL_OK;
}

void
pl_binding_clear(struct pl_binding *b)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		free(b->slots[i].text);
	free(b->slots);
	*b = (struct pl_binding){ 0 };
}

bool
pl_param_is_list(const struct pl_param *p)
{
	return p->type == PL_PARAM_LIST || p->type == PL_PARAM_ENUM_LIST || p->type == PL_PARAM_MAP;
}

bool
pl_param_is_switch(const struct pl_param *p)
{
	return p->type == PL_PARAM_SWITCH || p->type == PL_PARAM_BOOL;
}

bool
pl_param_is_number(const struct pl_param *p)
{
	return p->type >= PL_PARAM_INT && p->type <= PL_PARAM_END_DATE;
}

bool
pl_param_is_named(const struct pl_param *p)
{
	return !(p->flags & PL_REST_VALUES);
}

/* The given parameters of one set among the slots [from, to), when there are several. */
static enum pl_status
check_set(struct pl_ctx *ctx, const struct pl_binding *b, size_t from, size_t to, int set)
{
	struct pl_buf names;
	size_t n = 0, i;
	enum pl_status st = PL_OK;

	pl_buf_init(&names);
	for (i = from; i < to; i++)
		if (b->slots[i].given && b->slots[i].param->set == set)
			pl_buf_printf(&names, "%s-%s", n++ > 0 ? ", " : "", b->slots[i].param->name);
	if (n > 1) {
		(void)pl_fail(ctx, PL_ERR_PARAMETER_SET,
		    "Parameter set cannot be resolved using the specified named parameters: %s.", names.text);
		st = pl_hint(ctx, "give one of them");
	}
	pl_buf_clear(&names);
	return st;
}

enum pl_status
pl_bind_check_sets(struct pl_ctx *ctx, const struct pl_binding *b)
{
	enum pl_status st = PL_OK;
	size_t i;

	for (i = 0; i < b->count && st == PL_OK; i++) {
		if (!b->slots[i].given || b->slots[i].param->set == 0)
			continue;
		if (i < b->own)
			st = check_set(ctx, b, 0, b->own, b->slots[i].param->set);
		else
			st = check_set(ctx, b, b->own, b->count, b->slots[i].param->set);
	}
	return st;
}

bool
pl_bind_is_covered(const struct pl_binding *b, const struct pl_param *p)
{
	size_t i;

	for (i = 0; i < b->own; i++) {
		const struct pl_param *other = b->slots[i].param;

		if (b->slots[i].given && (other == p || (p->set != 0 && other->set == p->set)))
			return true;
	}
	return false;
}

const struct pl_slot *
pl_bind_pipe_target(const struct pl_binding *b)
{
	const unsigned wanted = PL_REQUIRED | PL_PIPE;
	size_t i;

	for (i = 0; i < b->own; i++)
		if ((b->slots[i].param->flags & wanted) == wanted)
			return &b->slots[i];
	return NULL;
}

static bool
is_first_of_set(const struct pl_binding *b, size_t i)
{
	const struct pl_param *p = b->slots[i].param;
	size_t k;

	for (k = 0; k < i && p->set != 0; k++)
		if (b->slots[k].param->set == p->set && (b->slots[k].param->flags & PL_REQUIRED))
			return false;
	return true;
}

struct pl_slot *
pl_bind_missing(struct pl_binding *b, size_t *i)
{
	while (*i < b->own) {
		struct pl_slot *slot = &b->slots[(*i)++];

		if ((slot->param->flags & PL_REQUIRED) && is_first_of_set(b, *i - 1) &&
		    !pl_bind_is_covered(b, slot->param))
			return slot;
	}
	return NULL;
}

/* "-Task, -Role or -RoleGroup", where a missing parameter has alternatives. */
static void
hint_alternatives(struct pl_ctx *ctx, const struct pl_binding *b, int set)
{
	struct pl_buf names;
	size_t n = 0, i;

	pl_buf_init(&names);
	for (i = 0; i < b->own; i++)
		if (b->slots[i].param->set == set && (b->slots[i].param->flags & PL_REQUIRED))
			pl_buf_printf(&names, "%s-%s", n++ > 0 ? ", " : "", b->slots[i].param->name);
	if (n > 1)
		(void)pl_hint(ctx, "give one of %s", names.text);
	pl_buf_clear(&names);
}

enum pl_status
pl_bind_check_missing(struct pl_ctx *ctx, struct pl_binding *b, const struct pl_slot *except)
{
	const struct pl_slot *slot;
	struct pl_buf names;
	size_t i = 0, n = 0;
	int set = 0;

	pl_buf_init(&names);
	while ((slot = pl_bind_missing(b, &i)) != NULL) {
		if (slot == except)
			continue;
		n++;
		pl_buf_printf(&names, " %s", slot->param->name);
		if (set == 0)
			set = slot->param->set;
	}
	if (n > 0) {
		(void)pl_fail(ctx, PL_ERR_MISSING_MANDATORY,
		    "Cannot process command because of one or more missing mandatory parameters:%s.", names.text);
		if (set != 0)
			hint_alternatives(ctx, b, set);
	}
	pl_buf_clear(&names);
	return n > 0 ? PL_E_USAGE : PL_OK;
}
