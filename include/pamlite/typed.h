/* typed.h - the typed parameters of a task, and how they fill its argument vector */
#ifndef PAMLITE_TYPED_H
#define PAMLITE_TYPED_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/buffer.h"
#include "pamlite/list.h"

enum {
	PL_TYPED_PARAMETERS_MAX = 64,      /* of one task */
	PL_TYPED_NAME_MAX = 64,
	PL_TYPED_WORD_MAX = 255,
	PL_TYPED_TEXT_MAX = 4096,
	PL_TYPED_ARGUMENT_MAX = 131071,    /* bytes of one argument: the kernel's limit */
	PL_TYPED_ARGUMENTS_MAX = 1 << 20,  /* bytes of all arguments together */
};

/*
 * Declarations are a map name=TYPE, where TYPE is one of
 *     choice:a|b|c    one of these words
 *     int:MIN..MAX    a decimal integer in that range
 *     word            letters, digits and ._@:+-, not beginning with a dash, at most 255
 *     path:/prefix    absolute, canonical, below the prefix (or the prefix itself)
 *     text:MAX        at most MAX bytes (1 to 4096) of printable text
 * Types and not regular expressions, so that an approver can read them and a
 * privileged program can check them in linear time. Names are
 * [A-Za-z_][A-Za-z0-9_-]{0,63}, at most PL_TYPED_PARAMETERS_MAX of them. Pure
 * functions over text: no context, no memory kept. Where one fails it appends
 * one sentence to `why`.
 */

/* Is `declarations` well formed, without a name twice? */
bool pl_typed_check_declarations(const char *declarations, struct pl_buf *why);

/*
 * Does every placeholder {name} in the argument list name a declared parameter?
 * Braces around anything that is not a parameter name are literal text ({}, {print $1}).
 */
bool pl_typed_check_template(const char *arguments, const char *declarations, struct pl_buf *why);

/* Is `value` a value of `type`? */
bool pl_typed_check_value(const struct pl_item *type, const struct pl_item *value);

/*
 * Put the given values (a map) into the order of the declarations and check
 * each. With `complete` a missing one is an error. Unknown names and names
 * given twice always are. The canonical map is appended to `out`. Without
 * declarations (NULL) any names will do, and the canonical order is theirs.
 */
bool pl_typed_bind(const char *declarations, const char *values, bool complete,
    struct pl_buf *out, struct pl_buf *why);

/*
 * Values without names (a list) fill the declared parameters in their order. The map
 * `given` (NULL = none) and then what they became is appended to `out`, unchecked: pl_typed_bind() is next.
 * False if there are more values than declarations.
 */
bool pl_typed_name_values(const char *declarations, const char *given, const char *values,
    struct pl_buf *out, struct pl_buf *why);

/*
 * Fill the argument list's placeholders from a complete canonical map; the
 * result is a list. A value never splits; one that makes an argument begin with a
 * dash where the template does not is refused (it would become an option);
 * so are arguments longer than the limits above.
 */
bool pl_typed_expand(const char *arguments, const char *values, struct pl_buf *out, struct pl_buf *why);

#endif
