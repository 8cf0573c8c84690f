/* task_definition.c - the definition of a task before root writes it down */

#include "task_definition.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/list.h"
#include "pamlite/run.h"

#include "command/front.h"

/* The parts by the names of their parameters. */
static const struct part {
	const char *name;
	size_t given, offset;
} parts[] = {
#define PART(NAME, member) { NAME, offsetof(struct pl_task_spec, member), offsetof(struct pl_definition, member) }
	PART("Path", path), PART("ArgumentList", arguments), PART("Parameter", parameters), PART("RunAs", run_as),
	PART("WorkingDirectory", working_directory), PART("Environment", environment), PART("Sha256", sha256),
#undef PART
};

static const size_t part_count = sizeof parts / sizeof parts[0];

static const char *
value_of(const struct pl_definition *def, const struct part *p)
{
	return *(const char *const *)(const void *)((const char *)def + p->offset);
}

void
pl_task_merge(const struct pl_task_spec *spec, const struct pl_definition *base, struct pl_definition *out)
{
	size_t i;

	*out = base != NULL ? *base : (struct pl_definition){ .name = spec->name };
	if (spec->path != NULL)
		out->called = NULL;
	for (i = 0; i < part_count; i++) {
		const char *given = *(char *const *)(const void *)((const char *)spec + parts[i].given);

		if (given != NULL)
			*(const char **)(void *)((char *)out + parts[i].offset) = given[0] != '\0' ? given : NULL;
	}
	if (out->run_as == NULL)
		out->run_as = "root";
}

static enum pl_status
invalid(struct pl_ctx *ctx, const char *name, const char *why)
{
	(void)pl_fail(ctx, PL_ERR_TASK_INVALID, "task '%s': %s", name, why);
	return pl_target(ctx, name);
}

/* What a run would be told is here a definition that cannot be. */
static enum pl_status
invalid_so(struct pl_ctx *ctx, const char *name)
{
	const struct pl_failure was = ctx->failure;

	return invalid(ctx, name, was.message);
}

static enum pl_status
check_form(struct pl_ctx *ctx, const struct pl_definition *def)
{
	enum pl_status st = PL_OK;
	struct pl_buf why;

	if (def->path == NULL)
		return invalid(ctx, def->name, "a task needs -Path");
	pl_buf_init(&why);
	if (!pl_definition_check(def, &why))
		st = invalid(ctx, def->name, why.text);
	pl_buf_clear(&why);
	return st;
}

/*
 * Links are followed here, once and by root, and never again: what a link leads to can change after the
 * approval, and a directory on its way may be somebody else's.
 */
static enum pl_status
resolve(struct pl_ctx *ctx, struct pl_task_settled *t)
{
	struct pl_buf why;

	t->path = realpath(t->definition.path, NULL);
	if (t->path == NULL && errno == ENOMEM)
		return pl_fail_memory(ctx);
	if (t->path == NULL) {
		pl_buf_init(&why);
		pl_buf_printf(&why, "the program %s: %s", t->definition.path, strerror(errno));
		(void)invalid(ctx, t->definition.name, why.text);
		pl_buf_clear(&why);
		return ctx->failure.status;
	}
	/* Programs that are several look at what they are called: reboot is a link to systemctl. */
	t->definition.called = strcmp(t->definition.path, t->path) != 0 ? t->definition.path : NULL;
	t->definition.path = t->path;
	return check_form(ctx, &t->definition);
}

static enum pl_status
check_program(struct pl_ctx *ctx, const struct pl_definition *def)
{
	struct pl_failure was;
	struct pl_program program;
	enum pl_status st = pl_program_open_trusted(ctx, def->path, def->sha256, &program);

	pl_program_clear(&program);
	switch (st == PL_OK ? PL_ERR_NONE : ctx->failure.error) {
	case PL_ERR_PROGRAM_MISSING:
	case PL_ERR_PROGRAM_REFUSED:
		return invalid_so(ctx, def->name);
	case PL_ERR_RUN_FAILED:
		was = ctx->failure;
		return pl_fail(ctx, PL_ERR_OS_ERROR, "%s", was.message);
	default:
		return st;
	}
}

static enum pl_status
check_account(struct pl_ctx *ctx, const struct pl_definition *def)
{
	struct pl_run_account account;
	enum pl_status st = pl_run_account_find(ctx, def->run_as, &account);

	pl_run_account_clear(&account);
	return st != PL_OK && ctx->failure.error == PL_ERR_RUN_AS_MISSING ? invalid_so(ctx, def->name) : st;
}

/* The text as it will be read: what the reader would refuse is not written. */
static enum pl_status
compose(struct pl_ctx *ctx, struct pl_task_settled *t)
{
	const char *name = t->definition.name;
	struct pl_task_file read;
	enum pl_status st = PL_OK;
	struct pl_buf why;

	pl_definition_format(&t->definition, &t->text);
	if (pl_buf_failed(&t->text))
		return pl_fail_memory(ctx);
	pl_buf_init(&why);
	pl_buf_text(&why, "its definition cannot be kept: ");
	if (!pl_task_file_parse(t->text.text, t->text.len, &read, &why))
		st = invalid(ctx, name, why.text);
	else if (!pl_task_file_name(name, read.digest, t->file))
		st = invalid(ctx, name, "its name is too long for the name of its file");
	else
		memcpy(t->digest, read.digest, sizeof t->digest);
	pl_task_file_clear(&read);
	pl_buf_clear(&why);
	return st;
}

enum pl_status
pl_task_settle(struct pl_ctx *ctx, const struct pl_task_spec *spec, const struct pl_definition *base,
    struct pl_task_settled *out)
{
	enum pl_status st;

	*out = (struct pl_task_settled){ 0 };
	pl_buf_init(&out->text);
	pl_task_merge(spec, base, &out->definition);
	st = check_form(ctx, &out->definition);
	if (st == PL_OK && spec->path != NULL)
		st = resolve(ctx, out);
	if (st == PL_OK)
		st = check_program(ctx, &out->definition);
	if (st == PL_OK)
		st = check_account(ctx, &out->definition);
	return st == PL_OK ? compose(ctx, out) : st;
}

void
pl_task_settled_clear(struct pl_task_settled *t)
{
	if (t == NULL)
		return;
	free(t->path);
	pl_buf_clear(&t->text);
	*t = (struct pl_task_settled){ 0 };
	pl_buf_init(&t->text);
}

static bool
is_part(const char *name)
{
	size_t i;

	for (i = 0; i < part_count; i++)
		if (strcmp(name, parts[i].name) == 0)
			return true;
	return false;
}

/* A parameter that can be cleared is told empty; one that a new task lacks is left out. */
static bool
is_clearable(const struct pl_session *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->binding.own; i++)
		if (strcmp(s->binding.slots[i].param->name, name) == 0)
			return (s->binding.slots[i].param->flags & PL_CLEARABLE) != 0;
	return false;
}

static void
add_definition(const struct pl_session *s, const struct pl_task_settled *t, struct pl_words *out)
{
	size_t i;

	for (i = 0; i < part_count; i++) {
		const char *value = value_of(&t->definition, &parts[i]);

		if (value != NULL && value[0] != '\0')
			pl_words_add(out, parts[i].name, value);
		else if (is_clearable(s, parts[i].name))
			pl_words_add(out, parts[i].name, "");
	}
	pl_words_add(out, "--definition", t->digest);
	if (t->definition.called != NULL)
		pl_words_add(out, "--called", t->definition.called);
}

/* Is the word for one of those that are told otherwise? */
static bool
is_replaced(const struct pl_session *s, const struct pl_task_telling *t, const char *word)
{
	const struct pl_item it = { word, strcspn(word, "=") };
	size_t i;

	for (i = 0; i < s->binding.own; i++)
		if (pl_item_is(&it, s->binding.slots[i].param->name))
			return true;
	return pl_item_is(&it, "InputObject") || pl_item_is(&it, "WhatIf") ||
	    (t->format != NULL && pl_item_is(&it, "OutputFormat"));
}

void
pl_task_words(const struct pl_session *s, const struct pl_task_telling *t, struct pl_words *out)
{
	struct pl_words all = { 0 };
	size_t i;

	*out = (struct pl_words){ 0 };
	pl_words_add(out, "Name", t->settled != NULL ? t->settled->definition.name : t->spec->name);
	for (i = 0; i < s->binding.own; i++) {
		const struct pl_slot *slot = &s->binding.slots[i];

		if (slot->given && strcmp(slot->param->name, "Name") != 0 &&
		    (t->settled == NULL || !is_part(slot->param->name)))
			pl_words_add(out, slot->param->name, slot->text);
	}
	if (t->settled != NULL)
		add_definition(s, t->settled, out);
	pl_front_words(s, &all);
	for (i = 0; i < all.count; i++)
		if (!is_replaced(s, t, all.v[i]))
			pl_words_add_word(out, all.v[i], strlen(all.v[i]));
	if (t->what_if)
		pl_words_add(out, "WhatIf", NULL);
	if (t->format != NULL)
		pl_words_add(out, "OutputFormat", t->format);
	if (all.failed)
		out->failed = true;
	pl_words_clear(&all);
}
