/* complete.c - what may stand where a command line is being typed: names, and the values that the table knows */

#include "complete.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/elapsed.h"
#include "pamlite/list.h"
#include "pamlite/text.h"
#include "pamlite/write.h"

enum { PATIENCE_MS = 250, NAME_MAX_LEN = 63 };

/*
 * What was stored by somebody else becomes a word of this user's command line: only what can be seen as it is. A
 * tab or a newline, which none of it can hold, would be read as another line of this program.
 */
static bool
is_honest(const char *text)
{
	const size_t len = strlen(text);
	size_t at = 0, n;
	uint32_t cp;

	for (; at < len; at += n) {
		n = pl_utf8_decode(text + at, len - at, &cp);
		if (n == 0 || pl_char_is_deceptive(cp))
			return false;
	}
	return true;
}

/* Would the binder read it back as this very value? */
static bool
can_be_typed(const struct pl_completion *c, const char *value)
{
	if (pl_param_is_list(c->param))
		return strpbrk(value, ",'") == NULL && value[0] != '@' && value[0] != ' ';
	return value[0] != '@' && (value[0] != '-' || c->kept > 0 || c->binding->dashed);
}

/* The same twice is offered once: several grants may be for the same values. */
static void
print(struct pl_completion *c, const char *kind, const char *value, const char *about)
{
	struct pl_buf word;

	pl_buf_init(&word);
	pl_buf_printf(&word, "\t%.*s%s\t", (int)c->kept, c->word, value);
	if (!pl_buf_failed(&word) && strstr(c->out->text, word.text) == NULL) {
		pl_buf_printf(c->out, "%s%s", kind, word.text);
		pl_text_escape(c->out, about, strlen(about));
		pl_buf_char(c->out, '\n');
	}
	pl_buf_clear(&word);
}

/* Is it one of the elements that the list has? */
static bool
is_given(const struct pl_completion *c, const char *value)
{
	const size_t len = strlen(value);
	const char *at = c->word + c->list_at, *end;

	if (!pl_param_is_list(c->param))
		return false;
	if (c->given != NULL && pl_list_has(c->given, value))
		return true;
	for (; (end = strchr(at, ',')) != NULL && end < c->word + c->kept; at = end + 1)
		if ((size_t)(end - at) == len && strncmp(at, value, len) == 0)
			return true;
	return false;
}

void
pl_complete_offer(struct pl_completion *c, const char *value, const char *about, bool open)
{
	const char *typed = c->word + c->kept;

	if (value[0] == '\0' || pl_ascii_ncasecmp(value, typed, strlen(typed)) != 0)
		return;
	if (is_honest(value) && can_be_typed(c, value) && !is_given(c, value))
		print(c, open ? "part" : "word", value, about != NULL ? about : "");
}

void
pl_complete_ask(struct pl_completion *c, const char *kind, size_t kept)
{
	pl_buf_printf(c->out, "%s\t%.*s\t\n", kind, (int)kept, c->word);
}

/* Is a parameter given, or another of its set? */
static bool
is_excluded(const struct pl_binding *b, size_t i)
{
	const struct pl_param *p = b->slots[i].param;
	const size_t from = i < b->own ? 0 : b->own, to = i < b->own ? b->own : b->count;
	size_t k;

	for (k = from; k < to; k++)
		if (b->slots[k].given && (k == i || (p->set != 0 && b->slots[k].param->set == p->set)))
			return true;
	return false;
}

/* A name in the spelling that was begun. */
static void
print_name(struct pl_completion *c, const char *name, const char *help)
{
	struct pl_buf word;

	pl_buf_init(&word);
	if (strncmp(c->word, "--", 2) == 0) {
		pl_buf_text(&word, "--");
		pl_param_kebab(name, &word);
	} else {
		pl_buf_printf(&word, "-%s", name);
	}
	if (!pl_buf_failed(&word))
		print(c, "word", word.text, help != NULL ? help : "");
	pl_buf_clear(&word);
}

/* The parameter by its name, or by the alias whose name was begun. */
static void
offer_name(struct pl_completion *c, const struct pl_param *p, const char *typed)
{
	const size_t typed_len = strlen(typed);
	const char *at = p->alias, *word;
	char alias[NAME_MAX_LEN + 1];
	size_t len;

	if (pl_ascii_ncasecmp(p->name, typed, typed_len) == 0) {
		print_name(c, p->name, p->help);
		return;
	}
	while ((word = pl_alias_next(&at, &len)) != NULL) {
		if (len < typed_len || len > NAME_MAX_LEN || pl_ascii_ncasecmp(word, typed, typed_len) != 0)
			continue;
		memcpy(alias, word, len);
		alias[len] = '\0';
		print_name(c, alias, p->help);
		return;
	}
}

static void
offer_names(struct pl_completion *c, const char *typed, size_t from, size_t to)
{
	const struct pl_binding *b = c->binding;

	for (; from < to; from++)
		if (pl_param_is_named(b->slots[from].param) && !is_excluded(b, from))
			offer_name(c, b->slots[from].param, typed);
}

static void
complete_name(struct pl_completion *c)
{
	char typed[NAME_MAX_LEN + 1];
	const char *at;
	size_t n = 0;

	for (at = c->word; *at != '\0' && n < NAME_MAX_LEN; at++)
		if (*at != '-')
			typed[n++] = *at;
	typed[n] = '\0';
	if (*at == '\0')
		offer_names(c, typed, 0, c->binding->count);
}

/* Nothing is begun, and there is no value to offer: what is missing, else its own parameters, else the common ones. */
static void
suggest_names(struct pl_completion *c)
{
	struct pl_binding *b = c->binding;
	const struct pl_slot *missing;
	size_t i = 0;

	while ((missing = pl_bind_missing(b, &i)) != NULL)
		print_name(c, missing->param->name, missing->param->help);
	if (c->out->len == 0)
		offer_names(c, "", 0, b->own);
	if (c->out->len == 0)
		offer_names(c, "", b->own, b->count);
}

static void
offer_properties(struct pl_completion *c)
{
	const struct pl_noun *noun = c->binding->command->output;
	const struct pl_column *column;

	for (column = noun != NULL ? noun->columns : NULL; column != NULL && column->name != NULL; column++)
		pl_complete_offer(c, column->name, NULL, false);
}

/* name=TYPE: what a type begins with, once there is a name. */
static void
offer_types(struct pl_completion *c)
{
	static const struct {
		const char *begin, *about;
		bool open;
	} types[] = {
		{ "word", "letters, digits and ._@:+-", false }, { "int:", "MIN..MAX", true },
		{ "choice:", "a|b|c", true }, { "path:/", "a directory that it lies below", true },
		{ "text:", "at most so many bytes", true },
	};
	const char *equals = strchr(c->word + c->kept, '=');
	size_t i;

	if (equals == NULL)
		return;
	c->kept = (size_t)(equals + 1 - c->word);
	for (i = 0; i < sizeof types / sizeof types[0]; i++)
		pl_complete_offer(c, types[i].begin, types[i].about, types[i].open);
}

static void
offer_source(struct pl_completion *c)
{
	switch (c->param->source) {
	case PL_SOURCE_NONE:
		break;
	case PL_SOURCE_FILE:
		pl_complete_ask(c, "files", c->kept);
		break;
	case PL_SOURCE_DIRECTORY:
		pl_complete_ask(c, "directories", c->kept);
		break;
	case PL_SOURCE_USER:
		pl_complete_ask(c, "users", c->kept);
		break;
	case PL_SOURCE_UNIX_GROUP:
		pl_complete_ask(c, "groups", c->kept);
		break;
	case PL_SOURCE_PROPERTY:
		offer_properties(c);
		break;
	case PL_SOURCE_DECLARATION:
		offer_types(c);
		break;
	default:
		pl_complete_live(c);
	}
}

/* What the word may become as a value of the parameter, from its `kept` bytes on. */
static void
complete_value(struct pl_completion *c, const struct pl_slot *slot)
{
	const char *const *value = slot->param->values, *comma;

	c->param = slot->param;
	if (pl_param_is_list(slot->param)) {
		c->given = slot->text;
		c->list_at = c->kept;
		comma = slot->param->flags & PL_REST_VALUES ? NULL : strrchr(c->word + c->kept, ',');
		if (comma != NULL)
			c->kept = (size_t)(comma + 1 - c->word);
	}
	if (pl_param_is_switch(slot->param)) {
		pl_complete_offer(c, "true", NULL, false);
		pl_complete_offer(c, "false", NULL, false);
	} else if (value != NULL) {
		for (; *value != NULL; value++)
			pl_complete_offer(c, *value, NULL, false);
	} else if (slot->param->type == PL_PARAM_IN_PATH || slot->param->type == PL_PARAM_OUT_PATH) {
		pl_complete_ask(c, "files", c->kept);
	} else {
		offer_source(c);
	}
}

/* -Name:value or --name=value, in one word. */
static void
complete_inline(struct pl_completion *c, const char *separator)
{
	const char *name = c->word + strspn(c->word, "-");
	struct pl_slot *slot;

	if (pl_bind_find(c->ctx, c->binding, name, (size_t)(separator - name), &slot) != PL_OK || slot->given)
		return;
	c->kept = (size_t)(separator + 1 - c->word);
	complete_value(c, slot);
}

/* Where the words before have left the binder decides what this one is. */
static void
complete_word(struct pl_completion *c)
{
	struct pl_binding *b = c->binding;
	const struct pl_slot *slot = b->open, *position = NULL;

	if (!b->dashed && (strcmp(c->word, "-") == 0 || pl_bind_is_parameter(c->word))) {
		const char *separator = strpbrk(c->word, ":=");

		if (separator != NULL)
			complete_inline(c, separator);
		else
			complete_name(c);
		return;
	}
	if (slot == NULL && b->dashed)
		slot = pl_bind_rest(b, PL_REST_VALUES);
	if (slot == NULL)
		slot = position = pl_bind_position(b);
	if (slot == NULL)
		slot = pl_bind_rest(b, PL_REST);
	if (slot != NULL)
		complete_value(c, slot);
	/* Where a stored value belongs and there is none, a name would only hide that. */
	if (c->word[0] == '\0' && c->out->len == 0 && b->open == NULL && !b->dashed &&
	    (position == NULL || position->param->source == PL_SOURCE_NONE))
		suggest_names(c);
}

void
pl_complete_words(const struct pl_command *command, int argc, char *const argv[], struct pl_buf *out)
{
	const char *word = argv[argc - 1];
	struct pl_binding binding;
	struct pl_ctx ctx;
	struct pl_completion c = { .ctx = &ctx, .binding = &binding, .word = word, .out = out,
		.until_ms = pl_elapsed_ms() + PATIENCE_MS };

	pl_ctx_init(&ctx);
	if (pl_binding_init(&ctx, &binding, command) == PL_OK) {
		/* Half a command line is full of faults; each word says what it can. */
		(void)pl_bind_argv(&ctx, &binding, argc - 1, argv);
		if (pl_text_is_line(word, strlen(word)))
			complete_word(&c);
	}
	pl_binding_clear(&binding);
	pl_ctx_clear(&ctx);
}

int
pl_complete(const struct pl_command *command, int argc, char *const argv[])
{
	static char nothing[] = "";
	char *const alone[] = { argv[0], nothing, NULL };
	struct pl_buf out;
	bool done;

	pl_buf_init(&out);
	if (argc > 2)
		pl_complete_words(command, argc - 1, argv + 1, &out);
	else
		pl_complete_words(command, 2, alone, &out);
	done = !pl_buf_failed(&out) && pl_write_all(STDOUT_FILENO, out.text, out.len);
	pl_buf_clear(&out);
	return done ? PL_OK : PL_E_OS;
}
