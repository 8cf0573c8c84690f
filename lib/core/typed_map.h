/* typed_map.h - a map of task parameters taken apart once, for the sources that check and fill it */
#ifndef PAMLITE_CORE_TYPED_MAP_H
#define PAMLITE_CORE_TYPED_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/typed.h"

/* An item in a message: "'" PL_SHOWN "'" with PL_SHOW(&item); its beginning if it is long. */
#define PL_SHOWN "%.*s"
#define PL_SHOW(it) (int)((it)->len < 80 ? (it)->len : 80), (it)->text

struct pl_typed_entry {
	struct pl_item name;
	struct pl_item value;
};

/* A bounded number, so that looking names up does not make anything quadratic. */
struct pl_typed_map {
	struct pl_typed_entry entries[PL_TYPED_PARAMETERS_MAX];
	size_t count;
};

bool pl_typed_is_name(const struct pl_item *it);

/* Fails on an element without '=', a name that is there twice, and too many. Borrows from `map`. */
bool pl_typed_map_read(const char *map, struct pl_typed_map *out, struct pl_buf *why);

/* NULL if it is not there. */
const struct pl_typed_entry *pl_typed_map_find(const struct pl_typed_map *map, const struct pl_item *name);

#endif
