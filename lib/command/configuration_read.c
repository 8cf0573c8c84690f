/* configuration_read.c - a JSON document to the objects of a configuration, with every fault named */

#include "pamlite/configuration_read.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/command.h"
#include "pamlite/json.h"
#include "pamlite/text.h"

#include "command/bind/bind.h"
#include "configuration_table.h"

enum { FAULTS_TOLD = 20 };

struct reader {
	struct pl_ctx *ctx;
	struct pl_configuration *out;
	bool handed;            /* this acts for root, whose side may have added to the document */
	size_t faults, objects;
	struct pl_buf place;    /* "Tasks[3].Path" */
};

/* The one before is told now, since only one can be the failure. */
__attribute__((format(printf, 2, 3))) static void
fault(struct reader *r, const char *fmt, ...)
{
	char message[PL_MESSAGE_MAX + 1];
	struct pl_buf text;
	va_list ap;

	pl_buf_init(&text);
	va_start(ap, fmt);
	pl_buf_vprintf(&text, fmt, ap);
	va_end(ap);
	pl_text_copy(message, sizeof message, text.text);
	pl_buf_clear(&text);
	r->faults++;
	if (r->faults > FAULTS_TOLD + 1)
		return;
	if (r->faults > 1)
		(void)pl_command_report(r->ctx);
	if (r->faults > FAULTS_TOLD) {
		(void)pl_fail(r->ctx, PL_ERR_CONFIGURATION_INVALID, "the document has more faults than these");
		return;
	}
	(void)pl_fail(r->ctx, PL_ERR_CONFIGURATION_INVALID, "%s: %s", r->place.len > 0 ? r->place.text
	    : "the document", message);
	(void)pl_target(r->ctx, r->place.text);
}

/* Back to where it was before a step into the document. */
static void
leave(struct reader *r, size_t place)
{
	if (r->place.len > place) {
		r->place.len = place;
		r->place.text[place] = '\0';
	}
}

static const char *
kind_of(const struct pl_json_piece *value)
{
	switch (*value->text) {
	case '"': return "a string";
	case '{': return "an object";
	case '[': return "an array";
	case 't': case 'f': return "true or false";
	case 'n': return "null";
	default: return "a number";
	}
}

static const char *
kind_wanted(const struct pl_param *p)
{
	if (p->type == PL_PARAM_LIST)
		return "an array";
	if (p->type == PL_PARAM_MAP)
		return "an object";
	if (pl_param_is_switch(p))
		return "true or false";
	return p->type == PL_PARAM_INT || p->type == PL_PARAM_HOURS ? "a number" : "a string";
}

static bool
is_kind(struct reader *r, const struct pl_json_piece *value, const char *wanted)
{
	if (strcmp(kind_of(value), wanted) == 0)
		return true;
	fault(r, "it must be %s, not %s", wanted, kind_of(value));
	return false;
}

/* One string of a list, or the two of a map's element. False: told why. */
static bool
read_element(struct reader *r, const struct pl_json_piece *name, const struct pl_json_piece *value, struct pl_buf *out)
{
	const size_t from = out->len;

	if (name->len > 0) {
		(void)pl_json_unquote(name, out);
		if (out->len == from || strchr(out->text + from, '=') != NULL) {
			fault(r, "a name in it is empty or has an equals sign");
			return false;
		}
		pl_buf_char(out, '=');
	}
	if (!pl_json_unquote(value, out)) {
		fault(r, "its elements must be strings, and one is %s", kind_of(value));
		return false;
	}
	if (!pl_text_is_line(out->text + from, out->len - from)) {
		fault(r, "an element has control characters");
		return false;
	}
	pl_buf_char(out, '\n');
	return true;
}

static bool
read_elements(struct reader *r, const struct pl_json_piece *value, struct pl_buf *out)
{
	struct pl_json_piece cursor, name, element;
	bool ok = pl_json_enter(&cursor, value->text, value->len);

	while (ok && pl_json_next(&cursor, &name, &element))
		ok = read_element(r, &name, &element, out);
	return ok;
}

/* What the parameter's own check refuses is a fault as well. */
static enum pl_status
take_value(struct reader *r, const struct pl_param *p, const char *text, void *row)
{
	const struct pl_failure before = r->ctx->failure;
	const enum pl_status st = pl_convert(r->ctx, p, text, row);
	const struct pl_failure refused = r->ctx->failure;

	if (st == PL_OK || st == PL_E_OS)
		return st;
	/* The fault before this one is still to be told. */
	r->ctx->failure = before;
	fault(r, "%s", refused.message);
	return PL_OK;
}

static enum pl_status
convert(struct reader *r, const struct pl_param *p, const struct pl_json_piece *value, void *row)
{
	enum pl_status st = PL_OK;
	struct pl_buf text;
	bool ok = true;

	pl_buf_init(&text);
	if (pl_param_is_list(p))
		ok = read_elements(r, value, &text);
	else if (!pl_json_unquote(value, &text))
		pl_buf_bytes(&text, value->text, value->len);
	if (pl_buf_failed(&text))
		st = pl_fail_memory(r->ctx);
	else if (ok && !(pl_param_is_list(p) && text.len == 0))
		st = take_value(r, p, text.text, row);
	pl_buf_clear(&text);
	return st;
}

/* null is what an absent property is, but for the control, where it says that there is none. */
static enum pl_status
read_property(struct reader *r, enum pl_section s, const char *name, const struct pl_json_piece *value, void *row)
{
	const struct pl_param *p = pl_configuration_param(s, name);
	const struct pl_column *c = pl_column_find(pl_sections[s].noun, name);

	if (p == NULL || c == NULL || ((c->flags & PL_COL_HANDED) && !r->handed)) {
		fault(r, "there is no such property");
		return PL_OK;
	}
	if (s == PL_SECTION_CONTROL)
		r->out->control_given |= 1U << (c - pl_sections[s].noun->columns);
	if (pl_json_piece_is(value, "null") && !pl_param_is_switch(p))
		return PL_OK;
	return is_kind(r, value, kind_wanted(p)) ? convert(r, p, value, row) : PL_OK;
}

static void
check_required(struct reader *r, enum pl_section s, const void *row, size_t faults)
{
	const struct pl_param *p;

	for (p = pl_configuration_params[s]; p->name != NULL; p++)
		if ((p->flags & PL_REQUIRED) && r->faults == faults &&
		    *(char *const *)(const void *)((const char *)row + p->offset) == NULL)
			fault(r, "it has no %s", p->name);
}

static enum pl_status
read_object(struct reader *r, enum pl_section s, const struct pl_json_piece *object)
{
	const size_t place = r->place.len, faults = r->faults;
	struct pl_json_piece cursor, name, value;
	enum pl_status st = PL_OK;
	struct pl_buf property;
	void *row;

	if (!is_kind(r, object, "an object"))
		return PL_OK;
	row = pl_configuration_add(r->out, s);
	if (row == NULL)
		return pl_fail_memory(r->ctx);
	pl_buf_init(&property);
	(void)pl_json_enter(&cursor, object->text, object->len);
	while (st == PL_OK && pl_json_next(&cursor, &name, &value)) {
		pl_buf_reset(&property);
		(void)pl_json_unquote(&name, &property);
		pl_buf_printf(&r->place, ".%s", property.text);
		st = pl_buf_failed(&property) ? pl_fail_memory(r->ctx)
		    : read_property(r, s, property.text, &value, row);
		leave(r, place);
	}
	pl_buf_clear(&property);
	if (st == PL_OK)
		check_required(r, s, row, faults);
	return st;
}

static enum pl_status
read_array(struct reader *r, enum pl_section s, const struct pl_json_piece *array)
{
	const size_t place = r->place.len;
	struct pl_json_piece cursor, name, value;
	enum pl_status st = PL_OK;
	size_t i = 0;

	if (!is_kind(r, array, "an array"))
		return PL_OK;
	(void)pl_json_enter(&cursor, array->text, array->len);
	while (st == PL_OK && pl_json_next(&cursor, &name, &value)) {
		pl_buf_printf(&r->place, "[%zu]", i++);
		if (r->objects++ == PL_CONFIGURATION_OBJECTS_MAX)
			fault(r, "a document has at most %d objects", PL_CONFIGURATION_OBJECTS_MAX);
		if (r->objects > PL_CONFIGURATION_OBJECTS_MAX)
			break;
		st = read_object(r, s, &value);
		leave(r, place);
	}
	return st;
}

static enum pl_status
check_twice(struct reader *r, enum pl_section s)
{
	const size_t count = r->out->sections[s].count, size = pl_sections[s].noun->row_size;
	const void **index = pl_configuration_index(r->out, s);
	size_t i;

	for (i = 1; i < count && index != NULL; i++) {
		const char *name = pl_configuration_name(s, index[i]), *before = pl_configuration_name(s, index[i - 1]);

		if (pl_configuration_compare(s, before, name) != 0)
			continue;
		pl_buf_reset(&r->place);
		pl_buf_printf(&r->place, "%s[%zu]", pl_sections[s].name,
		    (size_t)((const char *)index[i] - r->out->sections[s].rows) / size);
		fault(r, "'%s' stands there twice", name);
	}
	free(index);
	return index != NULL ? PL_OK : pl_fail_memory(r->ctx);
}

static enum pl_status
read_section(struct reader *r, enum pl_section s, const struct pl_json_piece *value)
{
	const size_t faults = r->faults;
	enum pl_status st;

	r->out->sections[s].given = true;
	if (s == PL_SECTION_CONTROL)
		return read_object(r, s, value);
	st = read_array(r, s, value);
	return st == PL_OK && r->faults == faults ? check_twice(r, s) : st;
}

/* Which document this is; its digest by root's side, which read the one that people know. */
static bool
read_head(struct reader *r, const char *name, const struct pl_json_piece *value, unsigned *seen)
{
	struct pl_buf text;

	if (strcmp(name, "Format") == 0) {
		*seen |= 1;
		pl_buf_init(&text);
		if (!pl_json_unquote(value, &text) || strcmp(text.text, pl_configuration_format) != 0)
			fault(r, "it must be \"%s\"", pl_configuration_format);
		pl_buf_clear(&text);
	} else if (strcmp(name, "Version") == 0) {
		*seen |= 2;
		if (!pl_json_piece_is(value, "1"))
			fault(r, "this pam-lite reads documents of version %d", PL_CONFIGURATION_VERSION);
	} else if (r->handed && strcmp(name, "DocumentSha256") == 0 && value->len == PL_DIGEST_LEN + 2) {
		memcpy(r->out->digest, value->text + 1, PL_DIGEST_LEN);
	} else {
		return false;
	}
	return true;
}

static enum pl_status
read_member(struct reader *r, const char *name, const struct pl_json_piece *value, unsigned *seen)
{
	int s = 0;

	pl_buf_reset(&r->place);
	pl_buf_text(&r->place, name);
	if (read_head(r, name, value, seen))
		return PL_OK;
	while (s < PL_SECTIONS && strcmp(pl_sections[s].name, name) != 0)
		s++;
	if (s < PL_SECTIONS)
		return read_section(r, s, value);
	fault(r, "there is no such property");
	return PL_OK;
}

static enum pl_status
read_document(struct reader *r, const struct pl_buf *text)
{
	struct pl_json_piece cursor, name, value;
	enum pl_status st = PL_OK;
	struct pl_buf member;
	unsigned seen = 0;

	if (!pl_json_enter(&cursor, text->text, text->len) || cursor.text[-1] != '{') {
		fault(r, "it must be an object");
		return PL_OK;
	}
	pl_buf_init(&member);
	while (st == PL_OK && pl_json_next(&cursor, &name, &value)) {
		pl_buf_reset(&member);
		(void)pl_json_unquote(&name, &member);
		st = pl_buf_failed(&member) ? pl_fail_memory(r->ctx) : read_member(r, member.text, &value, &seen);
	}
	pl_buf_clear(&member);
	pl_buf_reset(&r->place);
	if (st == PL_OK && (seen & 1) == 0)
		fault(r, "it has no Format: \"%s\"", pl_configuration_format);
	if (st == PL_OK && (seen & 2) == 0)
		fault(r, "it has no Version: %d", PL_CONFIGURATION_VERSION);
	return st;
}

/* What root's side has added does not make a document too long that was not. */
static enum pl_status
read_text(struct pl_ctx *ctx, int fd, bool handed, struct pl_buf *text)
{
	const size_t max = handed ? 2 * PL_CONFIGURATION_MAX : PL_CONFIGURATION_MAX;
	char block[16384];
	ssize_t n;

	do {
		if (!pl_wait_with_front(ctx, fd, POLLIN, -1))
			return pl_check_front(ctx);
		n = read(fd, block, sizeof block);
		if (n > 0)
			pl_buf_bytes(text, block, (size_t)n);
	} while ((n > 0 && text->len <= max) || (n < 0 && errno == EINTR));
	if (n < 0)
		return pl_fail(ctx, PL_ERR_INPUT_FAILED, "the document cannot be read: %s", strerror(errno));
	if (text->len > max) {
		(void)pl_fail(ctx, PL_ERR_CONFIGURATION_INVALID, "the document is longer than %d bytes",
		    PL_CONFIGURATION_MAX);
		return pl_hint(ctx, "sections may stand in documents of their own, imported one after the other");
	}
	return pl_buf_failed(text) ? pl_fail_memory(ctx) : PL_OK;
}

enum pl_status
pl_configuration_read(struct pl_ctx *ctx, int fd, struct pl_configuration *out)
{
	struct reader r = { .ctx = ctx, .out = out, .handed = ctx->front_fd > 0 && ctx->caller.uid == 0 };
	struct pl_digest digest;
	enum pl_status st;
	struct pl_buf text;

	*out = (struct pl_configuration){ 0 };
	pl_buf_init(&text);
	pl_buf_init(&r.place);
	st = read_text(ctx, fd, r.handed, &text);
	if (st == PL_OK)
		st = pl_json_require(ctx, "the document", text.text, text.len);
	if (st == PL_OK) {
		pl_digest_start(&digest);
		pl_digest_add(&digest, text.text, text.len);
		pl_digest_end(&digest, out->digest);
		st = read_document(&r, &text);
	}
	if (st == PL_OK && pl_buf_failed(&r.place))
		st = pl_fail_memory(ctx);
	if (st == PL_OK && r.faults > 0)
		st = ctx->failure.status;
	pl_buf_clear(&r.place);
	pl_buf_clear(&text);
	return st;
}
