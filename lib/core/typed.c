/* typed.c - the typed parameters of a task: declarations, values, and the order they are kept in */

#include "pamlite/typed.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/definition.h"
#include "pamlite/text.h"

#include "core/typed_map.h"

enum { PATH_SIZE = 4096 };

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
pl_typed_is_name(const struct pl_item *it)
{
	if (it->len == 0 || it->len > PL_TYPED_NAME_MAX || !(is_letter(it->text[0]) || it->text[0] == '_'))
		return false;
	for (size_t i = 1; i < it->len; i++)
		if (!is_letter(it->text[i]) && !is_digit(it->text[i]) && it->text[i] != '_' && it->text[i] != '-')
			return false;
	return true;
}

bool
pl_typed_map_read(const char *map, struct pl_typed_map *out, struct pl_buf *why)
{
	struct pl_item it, name, value;

	out->count = 0;
	while (pl_list_next(&map, &it)) {
		if (!pl_item_split(&it, &name, &value)) {
			pl_buf_printf(why, "'" PL_SHOWN "' is not of the form name=value", PL_SHOW(&it));
			return false;
		}
		if (pl_typed_map_find(out, &name) != NULL) {
			pl_buf_printf(why, "'" PL_SHOWN "' is there twice", PL_SHOW(&name));
			return false;
		}
		if (out->count == PL_TYPED_PARAMETERS_MAX) {
			pl_buf_printf(why, "there are more than %d names with values", PL_TYPED_PARAMETERS_MAX);
			return false;
		}
		out->entries[out->count++] = (struct pl_typed_entry){ .name = name, .value = value };
	}
	return true;
}

const struct pl_typed_entry *
pl_typed_map_find(const struct pl_typed_map *map, const struct pl_item *name)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct pl_item *own = &map->entries[i].name;

		if (own->len == name->len && memcmp(own->text, name->text, name->len) == 0)
			return &map->entries[i];
	}
	return NULL;
}

/* If `it` begins with `prefix`, what follows it. */
static bool
follows(const struct pl_item *it, const char *prefix, struct pl_item *rest)
{
	size_t len = strlen(prefix);

	*rest = (struct pl_item){ .text = "" };
	if (it->len < len || memcmp(it->text, prefix, len) != 0)
		return false;
	rest->text = it->text + len;
	rest->len = it->len - len;
	return true;
}

/* A decimal integer in its one form: no plus, no leading zero, no minus zero. */
static bool
parse_int(const struct pl_item *it, int64_t *out)
{
	bool minus = it->len > 0 && it->text[0] == '-';
	const char *digits = it->text + minus;
	size_t len = it->len - minus;

	if (!pl_text_parse_int(digits, len, out) || (digits[0] == '0' && (len > 1 || minus)))
		return false;
	if (minus)
		*out = -*out;
	return true;
}

static bool
parse_range(const struct pl_item *range, int64_t *min, int64_t *max)
{
	const char *dots = memmem(range->text, range->len, "..", 2);
	struct pl_item low, high;

	if (dots == NULL)
		return false;
	low = (struct pl_item){ .text = range->text, .len = (size_t)(dots - range->text) };
	high = (struct pl_item){ .text = dots + 2, .len = range->len - low.len - 2 };
	return parse_int(&low, min) && parse_int(&high, max) && *min <= *max;
}

static bool
parse_text_max(const struct pl_item *it, int64_t *max)
{
	return parse_int(it, max) && *max >= 1 && *max <= PL_TYPED_TEXT_MAX;
}

static bool
is_path(const struct pl_item *it)
{
	char path[PATH_SIZE];

	if (it->len >= sizeof(path) || memchr(it->text, '\0', it->len) != NULL)
		return false;
	memcpy(path, it->text, it->len);
	path[it->len] = '\0';
	return pl_path_is_canonical(path);
}

/* The next of the words between bars while there are `more`. An empty list has one empty word. */
static bool
next_choice(struct pl_item *rest, bool *more, struct pl_item *word)
{
	const char *bar;

	if (!*more)
		return false;
	bar = memchr(rest->text, '|', rest->len);
	*more = bar != NULL;
	*word = *rest;
	if (bar != NULL) {
		word->len = (size_t)(bar - rest->text);
		rest->text = bar + 1;
		rest->len -= word->len + 1;
	}
	return true;
}

static bool
is_choice_list(struct pl_item rest)
{
	struct pl_item word;
	bool more = true;

	while (next_choice(&rest, &more, &word))
		if (word.len == 0 || !pl_text_is_line(word.text, word.len))
			return false;
	return true;
}

static bool
is_chosen(struct pl_item rest, const struct pl_item *value)
{
	struct pl_item word;
	bool more = true;

	while (next_choice(&rest, &more, &word))
		if (word.len == value->len && value->len > 0 && memcmp(word.text, value->text, word.len) == 0)
			return true;
	return false;
}

static bool
is_type(const struct pl_item *type)
{
	struct pl_item rest;
	int64_t min, max;

	if (pl_item_is(type, "word"))
		return true;
	if (follows(type, "choice:", &rest))
		return is_choice_list(rest);
	if (follows(type, "int:", &rest))
		return parse_range(&rest, &min, &max);
	if (follows(type, "path:", &rest))
		return is_path(&rest);
	if (follows(type, "text:", &rest))
		return parse_text_max(&rest, &max);
	return false;
}

static bool
is_word(const struct pl_item *value)
{
	if (value->len == 0 || value->len > PL_TYPED_WORD_MAX || value->text[0] == '-')
		return false;
	for (size_t i = 0; i < value->len; i++) {
		char c = value->text[i];

		if (!is_letter(c) && !is_digit(c) && (c == '\0' || strchr("._@:+-", c) == NULL))
			return false;
	}
	return true;
}

static bool
is_int_between(const struct pl_item *range, const struct pl_item *value)
{
	int64_t min, max, n;

	return parse_range(range, &min, &max) && parse_int(value, &n) && n >= min && n <= max;
}

static bool
is_path_below(const struct pl_item *prefix, const struct pl_item *value)
{
	if (!is_path(prefix) || !is_path(value))
		return false;
	if (prefix->len == 1)
		return true;
	return value->len >= prefix->len && memcmp(value->text, prefix->text, prefix->len) == 0 &&
	    (value->len == prefix->len || value->text[prefix->len] == '/');
}

bool
pl_typed_check_value(const struct pl_item *type, const struct pl_item *value)
{
	struct pl_item rest;
	int64_t max;

	if (pl_item_is(type, "word"))
		return is_word(value);
	if (follows(type, "choice:", &rest))
		return is_choice_list(rest) && is_chosen(rest, value);
	if (follows(type, "int:", &rest))
		return is_int_between(&rest, value);
	if (follows(type, "path:", &rest))
		return is_path_below(&rest, value);
	if (follows(type, "text:", &rest))
		return parse_text_max(&rest, &max) && value->len <= (uint64_t)max &&
		    pl_text_is_line(value->text, value->len);
	return false;
}

bool
pl_typed_check_declarations(const char *declarations, struct pl_buf *why)
{
	struct pl_typed_map map;

	if (!pl_typed_map_read(declarations, &map, why))
		return false;
	for (size_t i = 0; i < map.count; i++) {
		const struct pl_typed_entry *e = &map.entries[i];

		if (!pl_typed_is_name(&e->name)) {
			pl_buf_printf(why, "'" PL_SHOWN "' cannot be the name of a parameter", PL_SHOW(&e->name));
			return false;
		}
		if (!is_type(&e->value)) {
			pl_buf_printf(why, "parameter '" PL_SHOWN "' has the type '" PL_SHOWN "', which is not one of"
			    " choice:a|b, int:MIN..MAX, word, path:/prefix and text:MAX",
			    PL_SHOW(&e->name), PL_SHOW(&e->value));
			return false;
		}
	}
	return true;
}

static bool
check_given(const struct pl_typed_map *declared, const struct pl_typed_map *given, struct pl_buf *why)
{
	for (size_t i = 0; i < given->count; i++) {
		const struct pl_typed_entry *e = &given->entries[i];
		const struct pl_typed_entry *d = pl_typed_map_find(declared, &e->name);

		if (d == NULL) {
			pl_buf_printf(why, "the task has no parameter '" PL_SHOWN "'", PL_SHOW(&e->name));
			return false;
		}
		if (!pl_typed_check_value(&d->value, &e->value)) {
			pl_buf_printf(why, "'" PL_SHOWN "' is not a value of parameter '" PL_SHOWN "', which is "
			    PL_SHOWN, PL_SHOW(&e->value), PL_SHOW(&e->name), PL_SHOW(&d->value));
			return false;
		}
	}
	return true;
}

static int
compare_names(const void *a, const void *b)
{
	const struct pl_item *x = &((const struct pl_typed_entry *)a)->name;
	const struct pl_item *y = &((const struct pl_typed_entry *)b)->name;
	int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

static void
put_entry(struct pl_buf *out, const struct pl_typed_entry *e)
{
	pl_buf_bytes(out, e->name.text, e->name.len);
	pl_buf_char(out, '=');
	pl_buf_bytes(out, e->value.text, e->value.len);
	pl_buf_char(out, '\n');
}

static bool
bind_undeclared(const char *values, struct pl_buf *out, struct pl_buf *why)
{
	struct pl_typed_map given;

	if (!pl_typed_map_read(values, &given, why))
		return false;
	qsort(given.entries, given.count, sizeof(given.entries[0]), compare_names);
	for (size_t i = 0; i < given.count; i++)
		put_entry(out, &given.entries[i]);
	return true;
}

bool
pl_typed_bind(const char *declarations, const char *values, bool complete, struct pl_buf *out, struct pl_buf *why)
{
	struct pl_typed_map declared, given;

	if (declarations == NULL)
		return bind_undeclared(values, out, why);
	if (!pl_typed_map_read(declarations, &declared, why) || !pl_typed_map_read(values, &given, why) ||
	    !check_given(&declared, &given, why))
		return false;
	for (size_t i = 0; complete && i < declared.count; i++) {
		if (pl_typed_map_find(&given, &declared.entries[i].name) == NULL) {
			pl_buf_printf(why, "parameter '" PL_SHOWN "' is missing", PL_SHOW(&declared.entries[i].name));
			return false;
		}
	}
	for (size_t i = 0; i < declared.count; i++) {
		const struct pl_typed_entry *e = pl_typed_map_find(&given, &declared.entries[i].name);

		if (e != NULL)
			put_entry(out, e);
	}
	return true;
}

bool
pl_typed_name_values(const char *declarations, const char *given, const char *values, struct pl_buf *out,
    struct pl_buf *why)
{
	struct pl_item declaration, type;
	struct pl_typed_entry e;

	pl_buf_text(out, given);
	while (pl_list_next(&values, &e.value)) {
		if (!pl_list_next(&declarations, &declaration)) {
			pl_buf_text(why, "fewer parameters are declared than values were given");
			return false;
		}
		(void)pl_item_split(&declaration, &e.name, &type);
		put_entry(out, &e);
	}
	return true;
}
