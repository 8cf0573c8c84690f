/* json_read.c - one object from outside, flat, through the checker and cJSON */

#include "pamlite/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "pamlite/text.h"

struct reader {
	struct pl_ctx *ctx;
	const char *at;             /* where in the text the next number is looked for */
	const char *end;
};

/*
 * The next number of the text, as written. The tree is walked in the order of
 * the text, so that it is the one the walk has come to: cJSON keeps a double.
 */
static struct pl_item
next_number(struct reader *r)
{
	struct pl_item it;
	bool in_string = false;

	for (; r->at < r->end; r->at++) {
		if (in_string && *r->at == '\\')
			r->at++;
		else if (*r->at == '"')
			in_string = !in_string;
		else if (!in_string && (*r->at == '-' || (*r->at >= '0' && *r->at <= '9')))
			break;
	}
	it.text = r->at;
	it.len = 0;
	while (r->at < r->end && *r->at != '\0' && strchr("+-.0123456789eE", *r->at) != NULL) {
		r->at++;
		it.len++;
	}
	return it;
}

static bool
is_scalar(const cJSON *item)
{
	return cJSON_IsString(item) || cJSON_IsNumber(item) || cJSON_IsBool(item);
}

static void
append_scalar(struct reader *r, const cJSON *item, struct pl_buf *b)
{
	struct pl_item digits;

	if (cJSON_IsNumber(item)) {
		digits = next_number(r);
		pl_buf_bytes(b, digits.text, digits.len);
	} else if (cJSON_IsString(item)) {
		pl_buf_text(b, item->valuestring);
	} else {
		pl_buf_text(b, cJSON_IsTrue(item) ? "true" : "false");
	}
}

/* Step over the numbers of a value that is not kept. */
static void
skip_numbers(struct reader *r, const cJSON *item)
{
	const cJSON *child;

	if (cJSON_IsNumber(item))
		next_number(r);
	cJSON_ArrayForEach(child, item)
		skip_numbers(r, child);
}

static enum pl_status
refuse(struct reader *r, const char *property, const char *why)
{
	struct pl_buf name;

	pl_buf_init(&name);
	pl_text_escape(&name, property, strlen(property));
	pl_fail(r->ctx, PL_ERR_INVALID_INPUT, "the property '%s' %s", name.text, why);
	pl_buf_clear(&name);
	return r->ctx->failure.status;
}

/* An array or object without depth, as a list or a map: one element a line. */
static enum pl_status
read_elements(struct reader *r, const cJSON *item, struct pl_json_member *m, struct pl_buf *b)
{
	const cJSON *child;
	size_t from;

	cJSON_ArrayForEach(child, item) {
		if (!is_scalar(child)) {
			m->kind = PL_JSON_OTHER;
			skip_numbers(r, item);
			return PL_OK;
		}
	}
	m->kind = cJSON_IsArray(item) ? PL_JSON_LIST : PL_JSON_MAP;
	cJSON_ArrayForEach(child, item) {
		from = b->len;
		if (m->kind == PL_JSON_MAP) {
			if (strchr(child->string, '=') != NULL)
				return refuse(r, m->name, "has a name with an equals sign");
			pl_buf_text(b, child->string);
			pl_buf_char(b, '=');
		}
		append_scalar(r, child, b);
		if (!pl_buf_failed(b) && !pl_text_is_line(b->text + from, b->len - from))
			return refuse(r, m->name, "has an element with control characters");
		pl_buf_char(b, '\n');
	}
	return PL_OK;
}

static enum pl_status
read_member(struct reader *r, const cJSON *item, struct pl_json_member *m)
{
	enum pl_status st = PL_OK;
	struct pl_buf b;

	m->name = strdup(item->string);
	if (m->name == NULL)
		return pl_fail_memory(r->ctx);
	if (cJSON_IsNull(item)) {
		m->kind = PL_JSON_NULL;
		return PL_OK;
	}
	pl_buf_init(&b);
	if (is_scalar(item)) {
		m->kind = PL_JSON_TEXT;
		append_scalar(r, item, &b);
	} else {
		st = read_elements(r, item, m, &b);
	}
	if (st == PL_OK && m->kind != PL_JSON_OTHER) {
		m->value = pl_buf_take(&b);
		if (m->value == NULL)
			st = pl_fail_memory(r->ctx);
	}
	pl_buf_clear(&b);
	return st;
}

static enum pl_status
read_object(struct reader *r, const cJSON *object, struct pl_json_object *out)
{
	enum pl_status st = PL_OK;
	size_t count = 0;
	const cJSON *item;

	cJSON_ArrayForEach(item, object)
		count++;
	out->members = calloc(count + 1, sizeof *out->members);
	if (out->members == NULL)
		return pl_fail_memory(r->ctx);
	cJSON_ArrayForEach(item, object) {
		st = read_member(r, item, &out->members[out->count++]);
		if (st != PL_OK)
			return st;
	}
	return st;
}

enum pl_status
pl_json_require(struct pl_ctx *ctx, const char *what, const char *text, size_t len)
{
	const char *why;
	size_t at;

	switch (pl_json_check(text, len, &why, &at)) {
	case PL_JSON_WHOLE:
		return PL_OK;
	case PL_JSON_INCOMPLETE:
		return pl_fail(ctx, PL_ERR_INVALID_JSON, "%s is not valid JSON: it ends in the middle", what);
	case PL_JSON_NO_MEMORY:
		return pl_fail_memory(ctx);
	default:
		return pl_fail(ctx, PL_ERR_INVALID_JSON, "%s is not valid JSON: %s at byte %zu", what, why, at + 1);
	}
}

enum pl_status
pl_json_parse_object(struct pl_ctx *ctx, const char *text, size_t len, struct pl_json_object *out)
{
	struct reader r = { ctx, text, text + len };
	enum pl_status st;
	cJSON *tree;

	*out = (struct pl_json_object){ 0 };
	st = pl_json_require(ctx, "the input", text, len);
	if (st != PL_OK)
		return st;
	/* cJSON does not say why not. Beside memory one cause is left: some versions read 63 characters of a number. */
	errno = 0;
	tree = cJSON_ParseWithLength(text, len);
	if (tree == NULL && errno == ENOMEM)
		return pl_fail_memory(ctx);
	if (tree == NULL)
		return pl_fail(ctx, PL_ERR_INVALID_JSON, "the input has a number that is too long, or is too large");
	if (cJSON_IsObject(tree))
		st = read_object(&r, tree, out);
	else
		st = pl_fail(ctx, PL_ERR_INVALID_JSON, "the input is not a JSON object");
	cJSON_Delete(tree);
	return st;
}

void
pl_json_object_clear(struct pl_json_object *o)
{
	size_t i;

	if (o == NULL)
		return;
	for (i = 0; i < o->count; i++) {
		free(o->members[i].name);
		free(o->members[i].value);
	}
	free(o->members);
	*o = (struct pl_json_object){ 0 };
}

const struct pl_json_member *
pl_json_member_find(const struct pl_json_object *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->count; i++)
		if (pl_ascii_casecmp(o->members[i].name, name) == 0)
			return &o->members[i];
	return NULL;
}
