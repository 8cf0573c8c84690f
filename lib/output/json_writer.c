/* json_writer.c - a tree that is opened and closed in order, and printed at its end */

#include "pamlite/json.h"

#include <stdio.h>
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "output/json_print.h"

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

bool
pl_json_writer_end(struct pl_json_writer *w, struct pl_buf *out)
{
	bool ok;

	if (w == NULL)
		return false;
	ok = !w->failed && w->depth == 0 && json_print(w->root, true, out);
	cJSON_Delete(w->root);
	free(w);
	return ok;
}
