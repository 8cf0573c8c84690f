/* list.c - a list of strings as one string, the same in argv, memory and database */

#include "pamlite/list.h"

#include <string.h>

#include "pamlite/text.h"

bool
pl_list_next(const char **cursor, struct pl_item *out)
{
	const char *at = *cursor, *end;

	*out = (struct pl_item){ .text = "" };
	if (at == NULL || *at == '\0')
		return false;
	end = strchrnul(at, '\n');
	out->text = at;
	out->len = (size_t)(end - at);
	*cursor = *end == '\n' ? end + 1 : end;
	return true;
}

size_t
pl_list_count(const char *list)
{
	struct pl_item it;
	size_t n = 0;

	while (pl_list_next(&list, &it))
		n++;
	return n;
}

bool
pl_list_has(const char *list, const char *value)
{
	struct pl_item it;

	while (pl_list_next(&list, &it))
		if (pl_item_is(&it, value))
			return true;
	return false;
}

void
pl_list_add(struct pl_buf *list, const char *value)
{
	pl_buf_text(list, value);
	pl_buf_char(list, '\n');
}

bool
pl_item_is(const struct pl_item *it, const char *s)
{
	return strlen(s) == it->len && memcmp(it->text, s, it->len) == 0;
}

bool
pl_item_is_nocase(const struct pl_item *it, const char *s)
{
	return strlen(s) == it->len && pl_ascii_ncasecmp(it->text, s, it->len) == 0;
}

char *
pl_item_dup(const struct pl_item *it)
{
	return strndup(it->text, it->len);
}

bool
pl_item_split(const struct pl_item *it, struct pl_item *name, struct pl_item *value)
{
	const char *equals = memchr(it->text, '=', it->len);

	*name = *it;
	*value = (struct pl_item){ .text = it->text + it->len };
	if (equals == NULL)
		return false;
	name->len = (size_t)(equals - it->text);
	value->text = equals + 1;
	value->len = it->len - name->len - 1;
	return true;
}

bool
pl_map_get(const char *map, const char *name, struct pl_item *value)
{
	struct pl_item it, key;

	*value = (struct pl_item){ .text = "" };
	while (pl_list_next(&map, &it))
		if (pl_item_split(&it, &key, value) && pl_item_is(&key, name))
			return true;
	*value = (struct pl_item){ .text = "" };
	return false;
}
