/* json.h - JSON in and out; cJSON behind a strict checker */
#ifndef PAMLITE_JSON_H
#define PAMLITE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/digest.h"
#include "pamlite/list.h"
#include "pamlite/row.h"

enum { PL_JSON_DEPTH_MAX = 32, PL_JSON_OBJECT_MAX = 1 << 20 };

/*
 * Check text for being exactly one JSON value, strictly RFC 8259 and stricter:
 * valid UTF-8, no byte-order mark, no NUL or \u0000, no lone surrogate, no
 * duplicate keys, no number that a double cannot hold, limited depth, nothing
 * behind it. cJSON alone lets each of these pass.
 *
 * PL_JSON_INCOMPLETE: a correct beginning; more text could make it whole.
 * PL_JSON_NO_MEMORY: nobody knows, for want of memory to remember the keys in.
 * On PL_JSON_BAD *why is a constant phrase and *at the offset.
 */
enum pl_json_verdict { PL_JSON_WHOLE, PL_JSON_INCOMPLETE, PL_JSON_BAD, PL_JSON_NO_MEMORY };
enum pl_json_verdict pl_json_check(const char *text, size_t len, const char **why, size_t *at);
/* The same, with a failure that says of `what` ("the input") why it is none. PL_E_DATA (InvalidJson) */
enum pl_status pl_json_require(struct pl_ctx *ctx, const char *what, const char *text, size_t len);

/*
 * A parsed object, flat: what can be bound to a parameter. Strings, numbers (as
 * written), true/false become text; arrays of them a list, objects of them a map;
 * null and deeper values are present without a value.
 */
enum pl_json_kind { PL_JSON_NULL, PL_JSON_TEXT, PL_JSON_LIST, PL_JSON_MAP, PL_JSON_OTHER };
struct pl_json_member {
	char *name;
	enum pl_json_kind kind;
	char *value;                 /* NULL for PL_JSON_NULL and PL_JSON_OTHER */
};
struct pl_json_object {
	struct pl_json_member *members;
	size_t count;
};

/*
 * Parse one object. The caller clears it, whatever the status.
 *
 * PL_E_DATA (InvalidJson)         not strict JSON, or not an object
 * PL_E_DATA (InvalidInputObject)  a string with control characters inside a list or map
 */
enum pl_status pl_json_parse_object(struct pl_ctx *ctx, const char *text, size_t len, struct pl_json_object *out);
void pl_json_object_clear(struct pl_json_object *o);
/* By name without regard to case; NULL if there is none. */
const struct pl_json_member *pl_json_member_find(const struct pl_json_object *o, const char *name);

/*
 * A value as it stands in a text that pl_json_check() has found whole, borrowed from it; strings and names with their
 * quotes. Step through an object or array: set the cursor with pl_json_enter(), call until it returns false.
 * In arrays *name is empty.
 */
struct pl_json_piece {
	const char *text;
	size_t len;
};
bool pl_json_enter(struct pl_json_piece *cursor, const char *text, size_t len);   /* false: neither of the two */
bool pl_json_next(struct pl_json_piece *cursor, struct pl_json_piece *name, struct pl_json_piece *value);
/* Is it exactly this text? A string's has quotes: "\"Success\"". */
bool pl_json_piece_is(const struct pl_json_piece *p, const char *text);

/* Append what a string says. False: it is no string. */
bool pl_json_unquote(const struct pl_json_piece *p, struct pl_buf *out);

/*
 * The digest of what the value means: two texts have the same if they differ in layout, escapes, ways to write
 * a number and the order of properties alone. Numbers keep all their digits. False without memory.
 */
bool pl_json_digest(const char *text, size_t len, char out[PL_DIGEST_LEN + 1]);

/*
 * Everything that is printed comes without a newline at its end, and shows
 * deceptive characters (text.h) as \u escapes.
 */

/* A row as one JSON object on one line: every column in `columns` (ends with NULL), in that order. */
enum pl_status pl_json_row(struct pl_ctx *ctx, const struct pl_column *const *columns, const void *row,
    bool local_time, struct pl_buf *out);

/* {"Error":{"Id","Category","Message","Target","Hint"}} and {"Warning":"..."}, one line. */
void pl_json_failure(const struct pl_failure *f, struct pl_buf *out);
void pl_json_warning(const char *text, struct pl_buf *out);

/*
 * A small tree to be printed, for descriptions: objects and arrays are opened
 * and closed in order. `name` is NULL inside arrays. Sticky; the end prints.
 */
struct pl_json_writer;
struct pl_json_writer *pl_json_writer_new(void);
void pl_json_open_object(struct pl_json_writer *w, const char *name);
void pl_json_open_array(struct pl_json_writer *w, const char *name);
void pl_json_close(struct pl_json_writer *w);
void pl_json_add_text(struct pl_json_writer *w, const char *name, const char *value);   /* NULL = null */
void pl_json_add_int(struct pl_json_writer *w, const char *name, long long value);
void pl_json_add_bool(struct pl_json_writer *w, const char *name, bool value);
/* Print indented to `out` and free the writer. False without memory. */
bool pl_json_writer_end(struct pl_json_writer *w, struct pl_buf *out);

#endif
