/* list.h - a list of strings as one string, the same in argv, memory and database */
#ifndef PAMLITE_LIST_H
#define PAMLITE_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/buffer.h"

/*
 * No value that pam-lite stores can contain a control character, so a list is
 * its elements, each ended by a newline: "alice\nbob\n". The empty list is "";
 * one empty element is "\n". A map is a list of "name=value" elements.
 * NULL means "not given" and is read as the empty list.
 */

/* One element of a list, borrowed from it: `len` bytes at `text`, not ended by NUL. */
struct pl_item {
	const char *text;
	size_t len;
};

/*
 * Step through a list: set *cursor to the list, call until it returns false.
 *     const char *at = list; struct pl_item it;
 *     while (pl_list_next(&at, &it)) ...
 */
bool pl_list_next(const char **cursor, struct pl_item *out);

size_t pl_list_count(const char *list);
bool pl_list_has(const char *list, const char *value);     /* exact, case-sensitive */
void pl_list_add(struct pl_buf *list, const char *value);  /* value and newline */

/* Does the item equal `s`? The second ignores the case of ASCII letters. */
bool pl_item_is(const struct pl_item *it, const char *s);
bool pl_item_is_nocase(const struct pl_item *it, const char *s);
char *pl_item_dup(const struct pl_item *it);               /* the caller frees; NULL without memory */

/*
 * Split a map element at its first '='. Returns false if there is none;
 * then *name is the whole element and *value empty.
 */
bool pl_item_split(const struct pl_item *it, struct pl_item *name, struct pl_item *value);

/* The value of `name` (exact) in a map; false if it is not there. */
bool pl_map_get(const char *map, const char *name, struct pl_item *value);

#endif
