/* typed_template.c - the placeholders of a task's arguments: found, checked, filled */

#include "pamlite/typed.h"

#include <string.h>

#include "core/typed_map.h"

/*
 * Step through an argument: a piece is a placeholder's name, or literal text.
 * Values are never looked through again, so a value "{other}" stays what it is.
 */
static bool
next_piece(struct pl_item *rest, struct pl_item *piece, bool *placeholder)
{
	const char *open, *close;
	struct pl_item name;
	size_t from = 0;

	*placeholder = false;
	*piece = (struct pl_item){ .text = rest->text };
	if (rest->len == 0)
		return false;
	while ((open = memchr(rest->text + from, '{', rest->len - from)) != NULL) {
		size_t at = (size_t)(open - rest->text), room = rest->len - at - 1;

		/* A name is short, so a brace that is not closed soon does not make the search long. */
		close = memchr(open + 1, '}', room < PL_TYPED_NAME_MAX + 1 ? room : PL_TYPED_NAME_MAX + 1);
		name = (struct pl_item){ .text = open + 1, .len = close != NULL ? (size_t)(close - open - 1) : 0 };
		if (close == NULL || !pl_typed_is_name(&name)) {
			from = at + 1;
			continue;
		}
		*placeholder = at == 0;
		*piece = at == 0 ? name : (struct pl_item){ .text = rest->text, .len = at };
		at = at == 0 ? name.len + 2 : at;
		rest->text += at;
		rest->len -= at;
		return true;
	}
	*piece = *rest;
	rest->text += rest->len;
	rest->len = 0;
	return true;
}

bool
pl_typed_check_template(const char *arguments, const char *declarations, struct pl_buf *why)
{
	struct pl_typed_map declared;
	struct pl_item it, piece;
	bool placeholder;

	if (!pl_typed_map_read(declarations, &declared, why))
		return false;
	while (pl_list_next(&arguments, &it)) {
		while (next_piece(&it, &piece, &placeholder)) {
			if (placeholder && pl_typed_map_find(&declared, &piece) == NULL) {
				pl_buf_printf(why, "the placeholder {" PL_SHOWN "} names no parameter",
				    PL_SHOW(&piece));
				return false;
			}
		}
	}
	return true;
}

static bool
expand_one(const struct pl_item *argument, const struct pl_typed_map *values, struct pl_buf *out, struct pl_buf *why)
{
	struct pl_item rest = *argument, piece;
	const struct pl_typed_entry *e;
	size_t from = out->len;
	bool placeholder;

	while (next_piece(&rest, &piece, &placeholder)) {
		e = placeholder ? pl_typed_map_find(values, &piece) : NULL;
		if (placeholder && e == NULL) {
			pl_buf_printf(why, "parameter '" PL_SHOWN "' has no value", PL_SHOW(&piece));
			return false;
		}
		if (e != NULL)
			piece = e->value;
		pl_buf_bytes(out, piece.text, piece.len);
		if (out->len - from > PL_TYPED_ARGUMENT_MAX) {
			pl_buf_text(why, "an argument becomes longer than a program can be given");
			return false;
		}
	}
	if (out->len > from && out->text[from] == '-' && argument->text[0] != '-') {
		pl_buf_printf(why, "the argument '" PL_SHOWN "' would begin with a dash and become an option",
		    PL_SHOW(argument));
		return false;
	}
	pl_buf_char(out, '\n');
	return true;
}

bool
pl_typed_expand(const char *arguments, const char *values, struct pl_buf *out, struct pl_buf *why)
{
	struct pl_typed_map map;
	size_t begin = out->len;
	struct pl_item it;

	if (!pl_typed_map_read(values, &map, why))
		return false;
	while (pl_list_next(&arguments, &it)) {
		if (!expand_one(&it, &map, out, why))
			return false;
		if (out->len - begin > PL_TYPED_ARGUMENTS_MAX) {
			pl_buf_text(why, "the arguments become longer than a program can be given");
			return false;
		}
	}
	return true;
}
