/* json_writer.c - a tree that is opened and closed in order, and printed at its end */

#include "pamlite/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "pamlite/text.h"

struct pl_json_writer {
	cJSON *open[PL_JSON_DEPTH_MAX];   /* the first is the root */
	size_t depth;
	cJSON *root;
	bool failed;
};

struct pl_json_writer *
pl_json_writer_new(void)
{
	return calloc(1, sizeof(struct pl_json_writer));
}

/* Takes `item`. Something beside the root, or a name in an array, is a fault of the caller. */
static bool
put(struct pl_json_writer *w, const char *name, cJSON *item)
{
	cJSON *to;
	bool ok;

	if (w == NULL || w->failed || item == NULL) {
		ok = false;
	} else if (w->depth == 0) {
		ok = w->root == NULL && name == NULL;
		if (ok)
			w->root = item;
	} else {
		to = w->open[w->depth - 1];
		if (cJSON_IsObject(to))
			ok = name != NULL && cJSON_AddItemToObject(to, name, item);
		else
			ok = name == NULL && cJSON_AddItemToArray(to, item);
	}
	if (!ok) {
		cJSON_Delete(item);
		if (w != NULL)
			w->failed = true;
	}
	return ok;
}

static void
open_item(struct pl_json_writer *w, const char *name, cJSON *item)
{
	if (!put(w, name, item))
		return;
	if (w->depth == PL_JSON_DEPTH_MAX)
		w->failed = true;
	else
		w->open[w->depth++] = item;
}

void
pl_json_open_object(struct pl_json_writer *w, const char *name)
{
	open_item(w, name, cJSON_CreateObject());
}

void
pl_json_open_array(struct pl_json_writer *w, const char *name)
{
	open_item(w, name, cJSON_CreateArray());
}

void
pl_json_close(struct pl_json_writer *w)
{
	if (w == NULL)
		return;
	if (w->depth == 0)
		w->failed = true;
	else
		w->depth--;
}

void
pl_json_add_text(struct pl_json_writer *w, const char *name, const char *value)
{
	put(w, name, value != NULL ? cJSON_CreateString(value) : cJSON_CreateNull());
}

void
pl_json_add_int(struct pl_json_writer *w, const char *name, long long value)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%lld", value);
	put(w, name, cJSON_CreateRaw(digits));
}

void
pl_json_add_bool(struct pl_json_writer *w, const char *name, bool value)
{
	put(w, name, cJSON_CreateBool(value));
}

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

/* Append the tree, indented, without a newline. False without memory, or for NULL. */
static bool
print(const cJSON *tree, struct pl_buf *out)
{
	char *text = tree == NULL ? NULL : cJSON_Print(tree);

	if (text == NULL)
		return false;
	append_visible(out, text, strlen(text));
	cJSON_free(text);
	return !pl_buf_failed(out);
}

bool
pl_json_writer_end(struct pl_json_writer *w, struct pl_buf *out)
{
	bool ok;

	if (w == NULL)
		return false;
	ok = !w->failed && w->depth == 0 && print(w->root, out);
	cJSON_Delete(w->root);
	free(w);
	return ok;
}
