/* json.c - rows, failures and warnings as JSON */

#include "pamlite/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "pamlite/clock.h"
#include "pamlite/text.h"

#include "output/json_print.h"
#include "output/out.h"

/* Deceptive characters, and bytes that are no characters, as JSON's own escapes. */
static void
append_visible(struct pl_buf *out, const char *s, size_t len)
{
	size_t plain = 0, i = 0, n;
	uint32_t cp;

	while (i < len) {
		/* cJSON has escaped what is below a blank inside strings; outside it is layout. */
		if ((unsigned char)s[i] < 0x7f) {
			i++;
			continue;
		}
		n = pl_utf8_decode(s + i, len - i, &cp);
		if (n > 0 && !pl_char_is_deceptive(cp)) {
			i += n;
			continue;
		}
		pl_buf_bytes(out, s + plain, i - plain);
		if (n == 0)
			pl_buf_text(out, "\\ufffd");
		else if (cp < 0x10000)
			pl_buf_printf(out, "\\u%04x", (unsigned)cp);
		else
			pl_buf_printf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((cp - 0x10000) >> 10)),
			    (unsigned)(0xdc00 + ((cp - 0x10000) & 0x3ff)));
		i += n > 0 ? n : 1;
		plain = i;
	}
	pl_buf_bytes(out, s + plain, len - plain);
}

bool
json_print(const cJSON *tree, bool indent, struct pl_buf *out)
{
	char *text = tree == NULL ? NULL : indent ? cJSON_Print(tree) : cJSON_PrintUnformatted(tree);

	if (text == NULL)
		return false;
	append_visible(out, text, strlen(text));
	cJSON_free(text);
	return !pl_buf_failed(out);
}

/* Into an array (`name` NULL) or an object; frees `item` if that fails. */
static bool
add(cJSON *to, const char *name, cJSON *item)
{
	if (item != NULL && (name != NULL ? cJSON_AddItemToObject(to, name, item) : cJSON_AddItemToArray(to, item)))
		return true;
	cJSON_Delete(item);
	return false;
}

static cJSON *
list_value(const char *list)
{
	cJSON *array = cJSON_CreateArray();
	bool ok = array != NULL;
	struct pl_item it;
	char *text;

	while (ok && pl_list_next(&list, &it)) {
		text = pl_item_dup(&it);
		ok = text != NULL && add(array, NULL, cJSON_CreateString(text));
		free(text);
	}
	if (ok)
		return array;
	cJSON_Delete(array);
	return NULL;
}

static cJSON *
map_value(const char *map)
{
	cJSON *object = cJSON_CreateObject();
	bool ok = object != NULL;
	struct pl_item it, key, value;
	char *name, *text;

	while (ok && pl_list_next(&map, &it)) {
		pl_item_split(&it, &key, &value);
		name = pl_item_dup(&key);
		text = pl_item_dup(&value);
		ok = name != NULL && text != NULL && add(object, name, cJSON_CreateString(text));
		free(name);
		free(text);
	}
	if (ok)
		return object;
	cJSON_Delete(object);
	return NULL;
}

/* Numbers keep all their digits: cJSON's own are doubles. */
static cJSON *
number_value(const struct pl_column *c, int64_t value, bool local_time)
{
	char time[PL_TIME_LEN + 1];
	struct pl_buf digits;
	cJSON *item = NULL;

	if (value == PL_NULL)
		return cJSON_CreateNull();
	if (c->type == PL_TYPE_TIME) {
		pl_time_format(value, local_time, time);
		return cJSON_CreateString(time);
	}
	pl_buf_init(&digits);
	if (c->type == PL_TYPE_HOURS)
		pl_hours_format(&digits, value);
	else
		pl_buf_printf(&digits, "%" PRId64, value);
	if (!pl_buf_failed(&digits))
		item = cJSON_CreateRaw(digits.text);
	pl_buf_clear(&digits);
	return item;
}

static cJSON *
column_value(const struct pl_column *c, const void *row, bool local_time)
{
	const char *text;

	switch (c->type) {
	case PL_TYPE_TEXT:
		text = pl_row_text(c, row);
		return text != NULL ? cJSON_CreateStringReference(text) : cJSON_CreateNull();
	case PL_TYPE_LIST:
		return list_value(pl_row_text(c, row));
	case PL_TYPE_MAP:
		return map_value(pl_row_text(c, row));
	case PL_TYPE_BOOL:
		return cJSON_CreateBool(pl_row_bool(c, row));
	case PL_TYPE_INT:
	case PL_TYPE_TIME:
	case PL_TYPE_HOURS:
		return number_value(c, pl_row_int(c, row), local_time);
	}
	return NULL;
}

enum pl_status
pl_json_row(struct pl_ctx *ctx, const struct pl_column *const *columns, const void *row, bool local_time,
    struct pl_buf *out)
{
	cJSON *object = cJSON_CreateObject();
	bool ok = object != NULL;

	for (; ok && *columns != NULL; columns++)
		ok = add(object, (*columns)->name, column_value(*columns, row, local_time));
	ok = ok && json_print(object, false, out);
	cJSON_Delete(object);
	return ok ? PL_OK : pl_fail_memory(ctx);
}

enum pl_status
out_cell_json(struct pl_ctx *ctx, const struct pl_column *c, const void *row, bool local_time, struct pl_buf *b)
{
	cJSON *value = column_value(c, row, local_time);
	bool ok = json_print(value, false, b);

	cJSON_Delete(value);
	return ok ? PL_OK : pl_fail_memory(ctx);
}

static bool
add_text(cJSON *object, const char *name, const char *text)
{
	return add(object, name, *text != '\0' ? cJSON_CreateStringReference(text) : cJSON_CreateNull());
}

void
pl_json_failure(const struct pl_failure *f, struct pl_buf *out)
{
	const struct pl_error_def *def = pl_error_def(f->error);
	cJSON *object = cJSON_CreateObject(), *error = cJSON_CreateObject();
	bool ok = object != NULL && error != NULL;

	ok = ok && add_text(error, "Id", def->id) && add_text(error, "Category", def->category) &&
	    add_text(error, "Message", f->message) && add_text(error, "Target", f->target) &&
	    add_text(error, "Hint", f->hint);
	if (ok)
		ok = add(object, "Error", error);
	else
		cJSON_Delete(error);
	if (!ok || !json_print(object, false, out))
		out->failed = true;
	cJSON_Delete(object);
}

void
pl_json_warning(const char *text, struct pl_buf *out)
{
	cJSON *object = cJSON_CreateObject();

	if (object == NULL || !add(object, "Warning", cJSON_CreateStringReference(text)) ||
	    !json_print(object, false, out))
		out->failed = true;
	cJSON_Delete(object);
}
