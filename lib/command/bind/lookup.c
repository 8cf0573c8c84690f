/* lookup.c - which parameter a name on the command line means */

#include "bind.h"

#include <string.h>

#include "pamlite/text.h"

enum { TYPED_MAX = 63 };

/* PowerShell's variables have no place to live in a shell. */
static const struct {
	const char *names, *instead;
} refused[] = {
	{ "outvariable ov", "assign what the command prints: x=$(%s ... -OutputFormat Json)" },
	{ "errorvariable ev", "redirect the errors: %s ... 2>file" },
	{ "pipelinevariable pv", "use a pipe: %s ... -OutputFormat JsonLines | while read -r object" },
};

const char *
pl_alias_next(const char **cursor, size_t *len)
{
	const char *word = *cursor;

	*len = 0;
	if (word == NULL)
		return NULL;
	word += strspn(word, " ");
	*len = strcspn(word, " ");
	*cursor = word + *len;
	return *len > 0 ? word : NULL;
}

static enum pl_match
match_word(const char *typed, size_t typed_len, const char *word, size_t len)
{
	if (typed_len > len || typed_len == 0 || pl_ascii_ncasecmp(typed, word, typed_len) != 0)
		return PL_MATCH_NONE;
	return typed_len == len ? PL_MATCH_EXACT : PL_MATCH_PREFIX;
}

enum pl_match
pl_param_match(const struct pl_param *p, const char *typed)
{
	size_t typed_len = strlen(typed), len;
	enum pl_match best = match_word(typed, typed_len, p->name, strlen(p->name)), m;
	const char *at = p->alias, *word;

	while ((word = pl_alias_next(&at, &len)) != NULL) {
		m = match_word(typed, typed_len, word, len);
		if (m > best)
			best = m;
	}
	return best;
}

void
pl_param_kebab(const char *name, struct pl_buf *out)
{
	const char *p;

	for (p = name; *p != '\0'; p++) {
		if (*p >= 'A' && *p <= 'Z' && p > name)
			pl_buf_char(out, '-');
		pl_buf_char(out, *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p);
	}
}

bool
pl_param_is_called(const struct pl_param *p, const char *name)
{
	return pl_param_match(p, name) == PL_MATCH_EXACT;
}

/* The name without its dashes: --duration-hours is DurationHours. False if no parameter is that long. */
static bool
strip_dashes(const char *name, size_t len, char out[TYPED_MAX + 1])
{
	size_t n = 0;

	for (; len > 0 && n < TYPED_MAX; name++, len--)
		if (*name != '-')
			out[n++] = *name;
	out[n] = '\0';
	return n > 0 && len == 0;
}

/* Count the parameters in slots [from, to) that match at least as well as `wanted`. */
static size_t
count_matches(struct pl_binding *b, size_t from, size_t to, const char *typed, enum pl_match wanted,
    struct pl_slot **found)
{
	size_t n = 0;

	for (; from < to; from++) {
		if (!pl_param_is_named(b->slots[from].param) || pl_param_match(b->slots[from].param, typed) < wanted)
			continue;
		if (n++ == 0)
			*found = &b->slots[from];
	}
	return n;
}

static enum pl_status
fail_ambiguous(struct pl_ctx *ctx, struct pl_binding *b, size_t from, size_t to, const char *typed)
{
	struct pl_buf names;
	char shown[PL_SHOWN_SIZE];
	enum pl_status st;

	pl_buf_init(&names);
	for (; from < to; from++) {
		const struct pl_param *p = b->slots[from].param;

		if (pl_param_is_named(p) && pl_param_match(p, typed) != PL_MATCH_NONE)
			pl_buf_printf(&names, " -%s", p->name);
	}
	st = pl_fail(ctx, PL_ERR_AMBIGUOUS_PARAMETER,
	    "Parameter cannot be processed because the parameter name '%s' is ambiguous. Possible matches include:%s.",
	    pl_show(typed, shown), names.text);
	pl_buf_clear(&names);
	return st;
}

static const char *
shell_way(const char *typed)
{
	size_t i, len;

	for (i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		const char *at = refused[i].names, *word;

		while ((word = pl_alias_next(&at, &len)) != NULL)
			if (match_word(typed, strlen(typed), word, len) == PL_MATCH_EXACT)
				return refused[i].instead;
	}
	return NULL;
}

static enum pl_status
fail_variable(struct pl_ctx *ctx, const struct pl_binding *b, const char *typed, const char *way)
{
	const char *gap = strstr(way, "%s");

	(void)pl_fail(ctx, PL_ERR_NOT_SUPPORTED_HERE, "The parameter '%s' is not supported in a shell.", typed);
	return pl_hint(ctx, "%.*s%s%s", (int)(gap - way), way, b->command->name, gap + 2);
}

static enum pl_status
fail_unknown(struct pl_ctx *ctx, const struct pl_binding *b, const char *name, size_t len, const char *typed)
{
	char given[TYPED_MAX + 1], shown[PL_SHOWN_SIZE];
	size_t i;

	if (len > TYPED_MAX)
		len = TYPED_MAX;
	memcpy(given, name, len);
	given[len] = '\0';
	(void)pl_fail(ctx, PL_ERR_PARAMETER_NOT_FOUND, "A parameter cannot be found that matches parameter name '%s'.",
	    pl_show(given, shown));
	for (i = 0; i < b->count; i++)
		if (pl_param_is_named(b->slots[i].param) && pl_text_is_near(typed, b->slots[i].param->name))
			return pl_hint(ctx, "did you mean -%s?", b->slots[i].param->name);
	return pl_hint(ctx, "%s -Help lists the parameters", b->command->name);
}

enum pl_status
pl_bind_find(struct pl_ctx *ctx, struct pl_binding *b, const char *name, size_t len, struct pl_slot **out)
{
	const size_t from[] = { 0, b->own }, to[] = { b->own, b->count };
	char typed[TYPED_MAX + 1];
	const char *way;
	size_t n, i;

	*out = NULL;
	if (!strip_dashes(name, len, typed))
		return fail_unknown(ctx, b, name, len, typed);
	for (i = 0; i < 2; i++)
		if (count_matches(b, from[i], to[i], typed, PL_MATCH_EXACT, out) > 0)
			return PL_OK;
	way = shell_way(typed);
	if (way != NULL)
		return fail_variable(ctx, b, typed, way);
	for (i = 0; i < 2; i++) {
		n = count_matches(b, from[i], to[i], typed, PL_MATCH_PREFIX, out);
		if (n == 1)
			return PL_OK;
		if (n > 1)
			return fail_ambiguous(ctx, b, from[i], to[i], typed);
	}
	return fail_unknown(ctx, b, name, len, typed);
}

const struct pl_slot *
pl_bind_common(const struct pl_binding *b, const char *name)
{
	size_t i;

	for (i = b->own; i < b->count; i++)
		if (strcmp(b->slots[i].param->name, name) == 0)
			return &b->slots[i];
	return NULL;
}
