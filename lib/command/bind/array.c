/* array.c - one word of an array, in PowerShell's notation, to elements of a list */

#include "bind.h"

#include <string.h>

#include "pamlite/text.h"

/* The part of the word that is still to be read. */
struct cursor {
	const char *at, *end;
	bool parentheses;    /* inside @( ) */
	bool first;
};

static void
skip_blanks(struct cursor *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
		c->at++;
}

/* Double quotes survive a shell only inside '@("a","b")'; elsewhere they are text. */
static bool
at_quote(const struct cursor *c)
{
	return c->at < c->end && (*c->at == '\'' || (*c->at == '"' && c->parentheses));
}

/* What stands in quotes, where a doubled quote is one; false if they do not close before a comma or the end. */
static bool
read_quoted(struct cursor *c, struct pl_buf *out)
{
	const char quote = *c->at++;

	for (;; c->at++) {
		if (c->at == c->end)
			return false;
		if (*c->at == quote) {
			if (c->at + 1 == c->end || c->at[1] != quote)
				break;
			c->at++;
		}
		pl_buf_char(out, *c->at);
	}
	c->at++;
	skip_blanks(c);
	return c->at == c->end || *c->at == ',';
}

/* Text up to a comma; in a map a quote right after name= is one too. */
static bool
read_plain(struct cursor *c, bool map, struct pl_buf *out)
{
	const char *begin = c->at, *last;

	while (c->at < c->end && *c->at != ',') {
		c->at++;
		if (map && c->at[-1] == '=') {
			map = false;
			if (at_quote(c)) {
				pl_buf_bytes(out, begin, (size_t)(c->at - begin));
				return read_quoted(c, out);
			}
		}
	}
	last = c->at;
	if (c->at < c->end || c->parentheses)
		while (last > begin && last[-1] == ' ')
			last--;
	pl_buf_bytes(out, begin, (size_t)(last - begin));
	return true;
}

static enum pl_status
read_element(struct pl_ctx *ctx, const struct pl_param *p, struct cursor *c, struct pl_buf *out)
{
	const char *begin = c->at;
	bool quoted, whole;
	size_t before = out->len;

	skip_blanks(c);
	quoted = at_quote(c);
	if (!quoted && c->first && !c->parentheses)
		c->at = begin;
	whole = quoted ? read_quoted(c, out) : read_plain(c, p->type == PL_PARAM_MAP, out);
	if (!whole)
		return pl_fail(ctx, PL_ERR_CANNOT_CONVERT,
		    "Cannot process argument transformation on parameter '%s'. A single quote is not closed.", p->name);
	if (!quoted && out->len == before && !out->failed)
		return pl_fail(ctx, PL_ERR_EMPTY_VALUE, "An element of the list for parameter '%s' is empty.", p->name);
	pl_buf_char(out, '\n');
	c->first = false;
	return PL_OK;
}

static enum pl_status
begin_word(struct pl_ctx *ctx, const struct pl_param *p, const char *word, struct cursor *c)
{
	size_t len = strlen(word);

	*c = (struct cursor){ .at = word, .end = word + len, .first = true };
	if (len > PL_LINE_MAX || !pl_text_is_line(word, len))
		return pl_fail(ctx, PL_ERR_INVALID_TEXT,
		    "A value of parameter '%s' is not one line of UTF-8 text, or too long.", p->name);
	if (len < 2 || word[0] != '@' || word[1] != '(')
		return PL_OK;
	if (word[len - 1] != ')')
		return pl_fail(ctx, PL_ERR_CANNOT_CONVERT,
		    "Cannot process argument transformation on parameter '%s'. The array @( is not closed.", p->name);
	c->at += 2;
	c->end--;
	c->parentheses = true;
	return PL_OK;
}

enum pl_status
pl_array_word(struct pl_ctx *ctx, const struct pl_param *p, const char *word, struct pl_buf *list, bool *continues)
{
	struct cursor c;
	enum pl_status st;

	*continues = false;
	st = begin_word(ctx, p, word, &c);
	if (st != PL_OK)
		return st;
	if (c.parentheses) {
		skip_blanks(&c);
		if (c.at == c.end)
			return PL_OK;
	}
	for (;;) {
		st = read_element(ctx, p, &c, list);
		if (st != PL_OK || c.at == c.end)
			break;
		c.at++;
		if (c.at == c.end && !c.parentheses) {
			*continues = true;
			break;
		}
	}
	return st != PL_OK ? st : pl_buf_failed(list) ? pl_fail_memory(ctx) : PL_OK;
}
