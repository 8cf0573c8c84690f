/* words.c - a command line as one phase hands it to the next: exact names, and the text as it was bound */

#include "words.h"

#include <stdlib.h>
#include <string.h>

void
pl_words_add_word(struct pl_words *w, const char *word, size_t len)
{
	char **more = realloc(w->v, (w->count + 2) * sizeof *more);

	if (more != NULL) {
		w->v = more;
		more[w->count] = strndup(word, len);
		more[w->count + 1] = NULL;
	}
	if (more == NULL || more[w->count] == NULL)
		w->failed = true;
	else
		w->count++;
}

void
pl_words_add(struct pl_words *w, const char *name, const char *text)
{
	struct pl_buf word;

	pl_buf_init(&word);
	pl_buf_text(&word, name);
	if (text != NULL) {
		pl_buf_char(&word, '=');
		pl_buf_text(&word, text);
	}
	if (pl_buf_failed(&word))
		w->failed = true;
	else
		pl_words_add_word(w, word.text, word.len);
	pl_buf_clear(&word);
}

void
pl_words_clear(struct pl_words *w)
{
	size_t i;

	for (i = 0; i < w->count; i++)
		free(w->v[i]);
	free(w->v);
	*w = (struct pl_words){ 0 };
}

bool
pl_param_is_file(const struct pl_param *p)
{
	return p->type == PL_PARAM_OUT_PATH || p->type == PL_PARAM_IN_PATH;
}

static struct pl_slot *
find_slot(const struct pl_binding *b, const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		if (strlen(b->slots[i].param->name) == len && memcmp(b->slots[i].param->name, word, len) == 0)
			return &b->slots[i];
	return NULL;
}

enum pl_status
pl_words_bind(struct pl_ctx *ctx, struct pl_binding *b, const struct pl_words *w)
{
	char shown[PL_SHOWN_SIZE];
	size_t i;

	for (i = 0; i < w->count; i++) {
		const char *word = w->v[i];
		const size_t len = strcspn(word, "=");
		struct pl_slot *slot = find_slot(b, word, len);

		if (slot == NULL)
			return pl_fail(ctx, PL_ERR_PARAMETER_NOT_FOUND,
			    "A parameter cannot be found that matches '%s'.", pl_show(word, shown));
		if (slot->given)
			return pl_fail(ctx, PL_ERR_ALREADY_BOUND, "Parameter '%s' is specified more than once.",
			    slot->param->name);
		/* A switch may stand alone, and a file, which comes as a descriptor. */
		if (word[len] != '=' && !pl_param_is_switch(slot->param) && !pl_param_is_file(slot->param))
			return pl_fail(ctx, PL_ERR_MISSING_ARGUMENT, "Missing an argument for parameter '%s'.",
			    slot->param->name);
		slot->given = true;
		if (word[len] == '=' && (slot->text = strdup(word + len + 1)) == NULL)
			return pl_fail_memory(ctx);
	}
	return pl_bind_check_sets(ctx, b);
}
