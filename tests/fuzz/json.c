/* json.c - fuzzes the JSON reader: what it takes another reader takes too, and what it says can be said again */

#include <cjson/cJSON.h>

#include "pamlite/json.h"
#include "pamlite/text.h"

#include "fuzz.h"
#include "fuzz_text.h"

/* Brackets outside of strings. */
static int
depth_of(const char *text, size_t len)
{
	int depth = 0, deepest = 0;
	bool string = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\' && string)
			i++;
		else if (text[i] == '"')
			string = !string;
		else if (!string && (text[i] == '{' || text[i] == '['))
			deepest = ++depth > deepest ? depth : deepest;
		else if (!string && (text[i] == '}' || text[i] == ']'))
			depth--;
	}
	return deepest;
}

/* No key is there twice, which other readers let pass. */
static bool
has_unique_keys(const cJSON *tree)
{
	const cJSON *child, *other;

	cJSON_ArrayForEach(child, tree) {
		if (!has_unique_keys(child))
			return false;
		for (other = child->next; other != NULL; other = other->next)
			if (child->string != NULL && strcmp(child->string, other->string) == 0)
				return false;
	}
	return true;
}

/* What is called whole. */
static void
check_whole(const char *text, size_t len)
{
	cJSON *tree = cJSON_ParseWithLength(text, len);

	demand(fuzz_is_utf8(text, len) && memchr(text, '\0', len) == NULL, "JSON is UTF-8 without NUL");
	demand(depth_of(text, len) <= PL_JSON_DEPTH_MAX, "JSON is not deep");
	/* One thing stops the other reader: a number of more than 63 characters. */
	if (tree != NULL)
		demand(has_unique_keys(tree), "no key is there twice");
	cJSON_Delete(tree);
}

/* Every beginning of a whole text could still become one, and what is behind a bad one cannot mend it. */
static void
check_prefix(const char *text, size_t len, size_t part)
{
	enum pl_json_verdict whole, cut;
	char *begin = malloc(part + 1);
	const char *why;
	size_t at;

	memcpy(begin, text, part);
	whole = pl_json_check(text, len, &why, &at);
	cut = pl_json_check(begin, part, &why, &at);
	if (whole == PL_JSON_WHOLE && cut == PL_JSON_BAD)
		demand(false, "the beginning of JSON is no fault");
	if (whole == PL_JSON_INCOMPLETE)
		demand(cut != PL_JSON_BAD, "the beginning of what could be JSON is no fault");
	if (cut == PL_JSON_BAD)
		demand(at <= part && why[0] != '\0', "a fault has its place and reason");
	free(begin);
}

static bool
has_digit(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] >= '0' && text[i] <= '9')
			return true;
	return false;
}

/* The same text with blanks behind everything that is no word. */
static void
spaced(const char *text, size_t len, struct pl_buf *out)
{
	bool string = false;

	for (size_t i = 0; i < len; i++) {
		pl_buf_char(out, text[i]);
		if (text[i] == '\\' && string)
			pl_buf_char(out, text[++i]);
		else if (text[i] == '"')
			string = !string;
		if (!string && strchr("{}[],:", text[i]) != NULL)
			pl_buf_text(out, " \n");
	}
}

/* Layout has no meaning; and a tree printed by another program has the same, but that it rounds numbers. */
static void
check_digest(const char *text, size_t len)
{
	char digest[PL_DIGEST_LEN + 1], again[PL_DIGEST_LEN + 1];
	cJSON *tree = has_digit(text, len) ? NULL : cJSON_ParseWithLength(text, len);
	char *printed = tree != NULL ? cJSON_PrintUnformatted(tree) : NULL;
	struct pl_buf out;

	pl_buf_init(&out);
	demand(pl_json_digest(text, len, digest), "there is a digest");
	spaced(text, len, &out);
	demand(pl_json_digest(out.text, out.len, again) && strcmp(digest, again) == 0, "layout has no meaning");
	demand(printed == NULL || (pl_json_digest(printed, strlen(printed), again) && strcmp(digest, again) == 0),
	    "the same value has the same digest");
	cJSON_free(printed);
	cJSON_Delete(tree);
	pl_buf_clear(&out);
}

static void
print_member(const struct pl_json_member *m, struct pl_json_writer *w)
{
	const char *at = m->value;
	struct pl_item it, name, value;
	char *key, *text;

	if (m->kind == PL_JSON_TEXT || m->value == NULL) {
		pl_json_add_text(w, m->name, m->value);
		return;
	}
	if (m->kind == PL_JSON_LIST)
		pl_json_open_array(w, m->name);
	else
		pl_json_open_object(w, m->name);
	while (pl_list_next(&at, &it)) {
		key = NULL;
		value = it;
		if (m->kind == PL_JSON_MAP && pl_item_split(&it, &name, &value))
			key = pl_item_dup(&name);
		text = pl_item_dup(&value);
		pl_json_add_text(w, key, text);
		free(key);
		free(text);
	}
	pl_json_close(w);
}

static bool
is_same(const struct pl_json_object *a, const struct pl_json_object *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		const struct pl_json_member *x = &a->members[i], *y = &b->members[i];

		/* A value that is not kept is printed as null. */
		if (strcmp(x->name, y->name) != 0 || (x->value == NULL) != (y->value == NULL) ||
		    (x->value != NULL && (x->kind != y->kind || strcmp(x->value, y->value) != 0)))
			return false;
	}
	return a->count == b->count;
}

/* parse(print(parse(x))) is parse(x). */
static void
check_object(struct pl_ctx *ctx, const char *text, size_t len)
{
	struct pl_json_object object, again;
	struct pl_json_writer *w;
	struct pl_buf out;

	pl_buf_init(&out);
	if (pl_json_parse_object(ctx, text, len, &object) == PL_OK) {
		w = pl_json_writer_new();
		pl_json_open_object(w, NULL);
		for (size_t i = 0; i < object.count; i++) {
			const struct pl_json_member *m = &object.members[i];

			demand(pl_json_member_find(&object, m->name) != NULL, "a member is found");
			demand((m->value == NULL) == (m->kind == PL_JSON_NULL || m->kind == PL_JSON_OTHER),
			    "a value is there");
			print_member(m, w);
		}
		pl_json_close(w);
		demand(pl_json_writer_end(w, &out), "it is printed");
		demand(fuzz_is_clean(out.text, out.len, "\n\t"), "what is printed is safe to look at");
		demand(pl_json_parse_object(ctx, out.text, out.len, &again) == PL_OK, "what is printed is read");
		demand(is_same(&object, &again), "and is the same");
		pl_json_object_clear(&again);
	} else {
		demand(ctx->failure.status == PL_E_DATA && ctx->failure.message[0] != '\0', "bad text is bad data");
	}
	pl_json_object_clear(&object);
	pl_buf_clear(&out);
}

/* The text, and in its first byte where it is cut. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	const size_t cut = fuzz_byte(&in);
	const char *text = (const char *)in.at, *why;
	struct pl_ctx ctx;
	size_t at;

	if (in.left == 0)
		return 0;
	pl_ctx_init(&ctx);
	if (pl_json_check(text, in.left, &why, &at) == PL_JSON_WHOLE) {
		check_whole(text, in.left);
		check_digest(text, in.left);
	}
	check_prefix(text, in.left, cut % in.left);
	check_object(&ctx, text, in.left);
	pl_ctx_clear(&ctx);
	return 0;
}
