/* bind.c - argv to parameters with their text: named words, arrays, positions, what stands after -- */

#include "bind.h"

#include <stdlib.h>
#include <string.h>

#include "pamlite/text.h"

/* The words of a command line while they are being read. */
struct words {
	struct pl_ctx *ctx;
	struct pl_binding *b;
	char *const *argv;
	int argc, at;
	const char **loose;           /* words that belong to no named parameter, borrowed */
	size_t loose_count;
	const struct pl_slot *bare;   /* the switch directly before this word, without a value */
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
pl_bind_is_parameter(const char *word)
{
	if (word[0] != '-')
		return false;
	return is_letter(word[1]) || word[1] == '-' || (word[1] == '?' && (word[2] == '\0' || word[2] == ':'));
}

/* The next word if it is a value. */
static const char *
next_value(struct words *w)
{
	if (w->at >= w->argc || pl_bind_is_parameter(w->argv[w->at]))
		return NULL;
	return w->argv[w->at++];
}

static enum pl_status
fail_missing_argument(struct words *w, const struct pl_param *p)
{
	(void)pl_fail(w->ctx, PL_ERR_MISSING_ARGUMENT, "Missing an argument for parameter '%s'.", p->name);
	if (w->at < w->argc)
		return pl_hint(w->ctx, "a value that begins with a dash is written -%s:-value", p->name);
	return PL_E_USAGE;
}

/* -Confirm: is what -Confirm:$false looks like after the shell, and so is -Confirm:$true. */
static enum pl_status
fail_empty(struct words *w, const struct pl_param *p)
{
	(void)pl_fail(w->ctx, PL_ERR_EMPTY_VALUE, "The value after the colon of parameter '%s' is empty.", p->name);
	if (pl_param_is_switch(p))
		return pl_hint(w->ctx, "write -%s:false or -%s:true; the shell expands $false and $true to nothing",
		    p->name, p->name);
	if (p->flags & PL_CLEARABLE)
		return pl_hint(w->ctx, "-%s '' clears it", p->name);
	return PL_E_USAGE;
}

static enum pl_status
check_hash_table(struct words *w, const struct pl_param *p, const char *word)
{
	if (strncmp(word, "@{", 2) != 0)
		return PL_OK;
	(void)pl_fail(w->ctx, PL_ERR_NOT_SUPPORTED_HERE,
	    "The value of parameter '%s' is a hash table, which a shell cuts.", p->name);
	return pl_hint(w->ctx, "use the parameters whose names begin with Add and Remove, or a list a,b");
}

static enum pl_status
keep_text(struct words *w, struct pl_slot *slot, const char *text)
{
	slot->text = strdup(text);
	return slot->text != NULL ? PL_OK : pl_fail_memory(w->ctx);
}

/* The words may have ended here because somebody is still typing them. */
static void
note_open(struct words *w, const struct pl_slot *slot)
{
	if (w->at >= w->argc)
		w->b->open = slot;
}

static enum pl_status
take_one(struct words *w, struct pl_slot *slot, const char *inline_value)
{
	const char *word = inline_value != NULL ? inline_value : next_value(w);
	enum pl_status st;

	if (word == NULL) {
		note_open(w, slot);
		return fail_missing_argument(w, slot->param);
	}
	st = check_hash_table(w, slot->param, word);
	return st != PL_OK ? st : keep_text(w, slot, word);
}

/* Append one word of an array; an empty word is an empty element. */
static enum pl_status
add_word(struct words *w, const struct pl_param *p, const char *word, struct pl_buf *list, bool *continues)
{
	enum pl_status st = check_hash_table(w, p, word);

	*continues = false;
	if (st != PL_OK)
		return st;
	if (word[0] != '\0')
		return pl_array_word(w->ctx, p, word, list, continues);
	pl_buf_char(list, '\n');
	return PL_OK;
}

/* After a colon one word, and what its last comma asks for; else all words up to the next parameter. */
static enum pl_status
take_list(struct words *w, struct pl_slot *slot, const char *inline_value)
{
	const char *word = inline_value != NULL ? inline_value : next_value(w), *first = word;
	struct pl_buf list;
	enum pl_status st = PL_OK;
	bool continues = false;
	size_t n = 0;

	pl_buf_init(&list);
	while (word != NULL && st == PL_OK) {
		st = add_word(w, slot->param, word, &list, &continues);
		n++;
		word = continues || inline_value == NULL ? next_value(w) : NULL;
	}
	if (continues || inline_value == NULL)
		note_open(w, slot);
	if (st == PL_OK && (n == 0 || continues))
		st = fail_missing_argument(w, slot->param);
	if (st == PL_OK && n == 1 && first[0] == '\0')
		pl_buf_reset(&list);
	if (st == PL_OK) {
		slot->text = pl_buf_take(&list);
		if (slot->text == NULL)
			st = pl_fail_memory(w->ctx);
	}
	pl_buf_clear(&list);
	return st;
}

static enum pl_status
take_named(struct words *w, const char *word)
{
	const char *name = word + strspn(word, "-"), *separator = strpbrk(name, ":=");
	const char *inline_value = separator != NULL ? separator + 1 : NULL;
	struct pl_slot *slot;
	enum pl_status st;

	w->bare = NULL;
	st = pl_bind_find(w->ctx, w->b, name, separator != NULL ? (size_t)(separator - name) : strlen(name), &slot);
	if (st != PL_OK)
		return st;
	if (slot->given)
		return pl_fail(w->ctx, PL_ERR_ALREADY_BOUND,
		    "Cannot bind parameter because parameter '%s' is specified more than once. To provide multiple "
		    "values to parameters that can accept multiple values, use the array syntax: -%s a,b",
		    slot->param->name, slot->param->name);
	slot->given = true;
	if (inline_value != NULL && inline_value[0] == '\0')
		return fail_empty(w, slot->param);
	if (pl_param_is_list(slot->param))
		return take_list(w, slot, inline_value);
	if (!pl_param_is_switch(slot->param))
		return take_one(w, slot, inline_value);
	if (inline_value != NULL)
		return keep_text(w, slot, inline_value);
	w->bare = slot;
	return PL_OK;
}

static enum pl_status
fail_positional(struct words *w, const char *word)
{
	char shown[PL_SHOWN_SIZE];

	return pl_fail(w->ctx, PL_ERR_POSITIONAL_NOT_FOUND,
	    "A positional parameter cannot be found that accepts argument '%s'.", pl_show(word, shown));
}

/* "-Confirm false": the word would silently become a name, and the switch be on. */
static bool
is_truth_value(const char *word)
{
	word += word[0] == '$';
	return pl_ascii_casecmp(word, "true") == 0 || pl_ascii_casecmp(word, "false") == 0;
}

static enum pl_status
take_loose(struct words *w, const char *word)
{
	const struct pl_slot *bare = w->bare;

	w->bare = NULL;
	if (bare != NULL && is_truth_value(word)) {
		(void)fail_positional(w, word);
		return pl_hint(w->ctx, "the value of a switch follows a colon: -%s:false", bare->param->name);
	}
	w->loose[w->loose_count++] = word;
	return PL_OK;
}

struct pl_slot *
pl_bind_rest(struct pl_binding *b, unsigned flag)
{
	size_t i;

	for (i = 0; i < b->own; i++)
		if (b->slots[i].param->flags & flag)
			return &b->slots[i];
	return NULL;
}

/* Words after -- are values as they stand, whatever they look like. */
static enum pl_status
take_rest_values(struct words *w, struct pl_slot *slot)
{
	struct pl_buf list;

	pl_buf_init(&list);
	for (; w->at < w->argc; w->at++) {
		const char *word = w->argv[w->at];

		if (!pl_text_is_line(word, strlen(word))) {
			pl_buf_clear(&list);
			return pl_fail(w->ctx, PL_ERR_INVALID_TEXT, "A word after -- is not one line of UTF-8 text.");
		}
		pl_buf_text(&list, word);
		pl_buf_char(&list, '\n');
	}
	slot->given = list.len > 0;
	slot->text = pl_buf_take(&list);
	return slot->text != NULL ? PL_OK : pl_fail_memory(w->ctx);
}

static enum pl_status
take_after_dashes(struct words *w)
{
	struct pl_slot *slot = pl_bind_rest(w->b, PL_REST_VALUES);

	w->b->dashed = true;
	if (slot != NULL)
		return take_rest_values(w, slot);
	while (w->at < w->argc)
		w->loose[w->loose_count++] = w->argv[w->at++];
	return PL_OK;
}

struct pl_slot *
pl_bind_position(struct pl_binding *b)
{
	struct pl_slot *best = NULL;
	size_t i;

	for (i = 0; i < b->own; i++) {
		struct pl_slot *slot = &b->slots[i];

		if (slot->param->position > 0 && !slot->given &&
		    (best == NULL || slot->param->position < best->param->position))
			best = slot;
	}
	return best;
}

static enum pl_status
append_rest(struct words *w, struct pl_slot *slot, const char *word)
{
	struct pl_buf list;
	enum pl_status st;
	bool continues;

	pl_buf_init(&list);
	pl_buf_text(&list, slot->text);
	st = pl_array_word(w->ctx, slot->param, word, &list, &continues);
	if (st == PL_OK && continues)
		st = fail_missing_argument(w, slot->param);
	if (st == PL_OK) {
		free(slot->text);
		slot->text = pl_buf_take(&list);
		slot->given = true;
		if (slot->text == NULL)
			st = pl_fail_memory(w->ctx);
	}
	pl_buf_clear(&list);
	return st;
}

static enum pl_status
place(struct words *w, const char *word)
{
	struct pl_slot *slot = pl_bind_position(w->b);
	enum pl_status st;
	bool continues;

	if (slot != NULL && !pl_param_is_list(slot->param)) {
		slot->given = true;
		st = check_hash_table(w, slot->param, word);
		return st != PL_OK ? st : keep_text(w, slot, word);
	}
	if (slot != NULL) {
		struct pl_buf list;

		pl_buf_init(&list);
		slot->given = true;
		st = add_word(w, slot->param, word, &list, &continues);
		if (st == PL_OK && (slot->text = pl_buf_take(&list)) == NULL)
			st = pl_fail_memory(w->ctx);
		pl_buf_clear(&list);
		return st;
	}
	slot = pl_bind_rest(w->b, PL_REST);
	if (slot != NULL && strchr(word, '=') != NULL)
		return append_rest(w, slot, word);
	return fail_positional(w, word);
}

/* Keep the first failure: what follows may be its consequence. */
static void
note_first(struct pl_ctx *ctx, struct pl_failure *first, enum pl_status st)
{
	if (st != PL_OK && first->status == PL_OK)
		*first = ctx->failure;
}

enum pl_status
pl_bind_argv(struct pl_ctx *ctx, struct pl_binding *b, int argc, char *const argv[])
{
	struct words w = { .ctx = ctx, .b = b, .argv = argv, .argc = argc, .at = 1 };
	struct pl_failure first = { .status = PL_OK };
	size_t i;

	w.loose = calloc((size_t)argc + 1, sizeof *w.loose);
	if (w.loose == NULL)
		return pl_fail_memory(ctx);
	while (w.at < argc) {
		const char *word = argv[w.at++];

		if (strcmp(word, "--") == 0)
			note_first(ctx, &first, take_after_dashes(&w));
		else if (pl_bind_is_parameter(word))
			note_first(ctx, &first, take_named(&w, word));
		else
			note_first(ctx, &first, take_loose(&w, word));
	}
	for (i = 0; i < w.loose_count; i++)
		note_first(ctx, &first, place(&w, w.loose[i]));
	free(w.loose);
	if (first.status == PL_OK)
		return pl_bind_check_sets(ctx, b);
	ctx->failure = first;
	return first.status;
}
