/* help.c - what a command takes, for a person */

#include "session.h"

#include <string.h>

enum { WIDTH = 79 };

/* Lines that are filled with unbreakable pieces. */
struct fill {
	struct pl_buf *out;
	size_t column, indent;
};

static void
add_piece(struct fill *f, const char *piece)
{
	size_t len = strlen(piece);

	if (f->column > 0 && f->column + 1 + len > WIDTH) {
		pl_buf_char(f->out, '\n');
		f->column = 0;
	}
	if (f->column == 0) {
		pl_buf_printf(f->out, "%*s", (int)f->indent, "");
		f->column = f->indent;
	} else {
		pl_buf_char(f->out, ' ');
		f->column++;
	}
	pl_buf_text(f->out, piece);
	f->column += len;
}

/* Words of a sentence as pieces. */
static void
add_words(struct fill *f, const char *text)
{
	struct pl_buf word;

	pl_buf_init(&word);
	for (; *text != '\0'; text += strspn(text, " ")) {
		size_t len = strcspn(text, " ");

		pl_buf_reset(&word);
		pl_buf_bytes(&word, text, len);
		add_piece(f, word.text);
		text += len;
	}
	pl_buf_clear(&word);
}

static void
end_fill(struct fill *f)
{
	if (f->column > 0)
		pl_buf_char(f->out, '\n');
	f->column = 0;
}

static void
add_values(const struct pl_param *p, const char *separator, struct pl_buf *out)
{
	size_t i;

	for (i = 0; p->values[i] != NULL; i++)
		pl_buf_printf(out, "%s%s", i > 0 ? separator : "", p->values[i]);
}

void
pl_value_name(const struct pl_param *p, struct pl_buf *out)
{
	static const char *const names[] = {
		[PL_PARAM_STRING] = "text", [PL_PARAM_REASON] = "text", [PL_PARAM_ACCOUNT] = "account",
		[PL_PARAM_TASK] = "task", [PL_PARAM_LIST] = "text[]", [PL_PARAM_MAP] = "name=value[]",
		[PL_PARAM_INT] = "number", [PL_PARAM_DECIMAL] = "number", [PL_PARAM_HOURS] = "hours",
		[PL_PARAM_DURATION] = "PTnHnM", [PL_PARAM_TIME] = "time", [PL_PARAM_DATE] = "date",
		[PL_PARAM_END_DATE] = "date", [PL_PARAM_OUT_PATH] = "path", [PL_PARAM_IN_PATH] = "path",
	};

	if (pl_param_is_switch(p))
		return;
	if (p->type != PL_PARAM_ENUM && p->type != PL_PARAM_ENUM_LIST) {
		pl_buf_printf(out, "<%s>", names[p->type]);
		return;
	}
	pl_buf_char(out, '{');
	add_values(p, "|", out);
	pl_buf_text(out, p->type == PL_PARAM_ENUM ? "}" : "}[]");
}

/* "[-Task] <task>", "-Reason <text>" */
static void
add_form(const struct pl_param *p, struct pl_buf *out)
{
	pl_buf_printf(out, p->position > 0 ? "[-%s]" : "-%s", p->name);
	if (!pl_param_is_switch(p))
		pl_buf_char(out, ' ');
	pl_value_name(p, out);
}

static bool
is_later_of_set(const struct pl_param *params, const struct pl_param *p)
{
	const struct pl_param *other;

	for (other = params; p->set != 0 && other < p; other++)
		if (other->set == p->set)
			return true;
	return false;
}

/* A parameter with the alternatives of its set, in brackets if it may be left out. */
static void
add_syntax(const struct pl_param *p, struct pl_buf *out)
{
	const struct pl_param *other;
	bool required = p->flags & PL_REQUIRED, several = false;
	struct pl_buf forms;

	pl_buf_init(&forms);
	add_form(p, &forms);
	for (other = p + 1; p->set != 0 && other->name != NULL; other++) {
		if (other->set != p->set)
			continue;
		pl_buf_text(&forms, " | ");
		add_form(other, &forms);
		several = true;
	}
	pl_buf_printf(out, "%s%s%s", required ? (several ? "{" : "") : "[", forms.text,
	    required ? (several ? "}" : "") : "]");
	pl_buf_clear(&forms);
}

static void
help_syntax(const struct pl_command *c, struct pl_buf *out)
{
	struct fill f = { .out = out, .indent = 4 };
	const struct pl_param *p;
	struct pl_buf piece;

	pl_buf_init(&piece);
	add_piece(&f, c->name);
	f.indent = 8;
	for (p = c->params; p != NULL && p->name != NULL; p++) {
		if (!pl_param_is_named(p) || is_later_of_set(c->params, p))
			continue;
		pl_buf_reset(&piece);
		add_syntax(p, &piece);
		add_piece(&f, piece.text);
	}
	add_piece(&f, "[common parameters]");
	for (p = c->params; p != NULL && p->name != NULL; p++) {
		if (p->flags & PL_REST)
			add_piece(&f, "[name=value ...]");
		if (p->flags & PL_REST_VALUES)
			add_piece(&f, "[-- value ...]");
	}
	end_fill(&f);
	pl_buf_clear(&piece);
}

static void
add_facts(const struct pl_param *p, struct pl_buf *out)
{
	const char *at = p->alias, *word;
	size_t len;

	if (p->flags & PL_REQUIRED)
		pl_buf_text(out, p->set != 0 ? " Mandatory, or one of its alternatives." : " Mandatory.");
	if (p->position > 0)
		pl_buf_printf(out, " Position %d.", p->position);
	if (p->flags & PL_PIPE)
		pl_buf_text(out, " From a pipe.");
	if (p->type == PL_PARAM_INT && p->max > 0)
		pl_buf_printf(out, " %lld to %lld.", (long long)(p->min > 0 ? p->min : 1), (long long)p->max);
	if (p->type == PL_PARAM_BOOL)
		pl_buf_printf(out, " -%s:false for no.", p->name);
	if (p->flags & PL_WILDCARD)
		pl_buf_text(out, " Wildcards * and ?.");
	if (p->flags & PL_CLEARABLE)
		pl_buf_text(out, " '' clears it.");
	while ((word = pl_alias_next(&at, &len)) != NULL)
		pl_buf_printf(out, " Alias -%.*s.", (int)len, word);
	if (p->fallback != NULL)
		pl_buf_printf(out, " Default: %s.", p->fallback);
}

static void
help_param(const struct pl_param *p, struct pl_buf *out)
{
	struct fill f = { .out = out, .indent = 8 };
	struct pl_buf facts;

	pl_buf_init(&facts);
	if (pl_param_is_named(p)) {
		pl_buf_printf(out, "    -%s%s", p->name, pl_param_is_switch(p) ? "" : " ");
		pl_value_name(p, out);
	} else {
		pl_buf_text(out, "    -- value ...");
	}
	pl_buf_char(out, '\n');
	if (p->help != NULL)
		add_words(&f, p->help);
	end_fill(&f);
	add_facts(p, &facts);
	if (facts.len > 0)
		add_words(&f, facts.text + 1);
	end_fill(&f);
	pl_buf_clear(&facts);
}

static void
help_common(const struct pl_binding *b, struct pl_buf *out)
{
	struct fill f = { .out = out, .indent = 4 };
	struct pl_buf piece;
	size_t i, len;

	pl_buf_init(&piece);
	for (i = b->own; i < b->count; i++) {
		const char *at = b->slots[i].param->alias, *word;

		pl_buf_reset(&piece);
		pl_buf_char(&piece, '[');
		add_form(b->slots[i].param, &piece);
		while ((word = pl_alias_next(&at, &len)) != NULL)
			pl_buf_printf(&piece, " | -%.*s", (int)len, word);
		pl_buf_char(&piece, ']');
		add_piece(&f, piece.text);
	}
	end_fill(&f);
	pl_buf_clear(&piece);
}

enum pl_status
pl_help(struct pl_session *s)
{
	const struct pl_command *c = s->command;
	const struct pl_param *p;
	const char *const *example;
	struct pl_buf out;
	enum pl_status st;

	pl_buf_init(&out);
	pl_buf_printf(&out, "NAME\n    %s - %s\n\nSYNTAX\n", c->name, c->summary);
	help_syntax(c, &out);
	if (c->params != NULL && c->params[0].name != NULL)
		pl_buf_text(&out, "\nPARAMETERS\n");
	for (p = c->params; p != NULL && p->name != NULL; p++)
		help_param(p, &out);
	pl_buf_text(&out, "\nCOMMON PARAMETERS\n");
	help_common(&s->binding, &out);
	if (c->output != NULL)
		pl_buf_printf(&out, "\nOUTPUT\n    %s\n", c->output->name);
	if (c->examples != NULL)
		pl_buf_text(&out, "\nEXAMPLES\n");
	for (example = c->examples; example != NULL && *example != NULL; example++)
		pl_buf_printf(&out, "    %s\n", *example);
	st = pl_report_text(s, &out);
	pl_buf_clear(&out);
	return st;
}
