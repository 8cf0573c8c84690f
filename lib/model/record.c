/* record.c - the canonical JSON line of an audit record */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pamlite/record.h"

#include "pamlite/clock.h"
#include "pamlite/digest.h"
#include "pamlite/list.h"
#include "pamlite/text.h"

enum { ASKED_MAX = 1024 };

const char *const pl_record_type_names[PL_RECORD_TYPES + 1] = {
	"Configuration", "Request", "Decision", "Execution", "Refusal", "Maintenance", NULL
};

static void
json_text(struct pl_buf *b, const char *s)
{
	pl_text_quote_json(b, s, strlen(s));
}

void
pl_record_init(struct pl_record *r, const char *operation, enum pl_record_type type, const char *object)
{
	r->operation = operation;
	r->type = type;
	r->result = "Success";
	r->error = PL_ERR_NONE;
	pl_buf_init(&r->parameters);
	pl_record_object(r, object);
}

void
pl_record_clear(struct pl_record *r)
{
	pl_buf_clear(&r->parameters);
}

void
pl_record_object(struct pl_record *r, const char *object)
{
	pl_text_copy(r->object, sizeof(r->object), object);
}

/* The name of the next parameter; the buffer to put its value into. */
static struct pl_buf *
begin(struct pl_record *r, const char *name)
{
	struct pl_buf *b = &r->parameters;

	/* Values end in a quote, a digit, a letter or a closing bracket: only pl_record_open() leaves a brace. */
	if (b->len > 0 && b->text[b->len - 1] != '{')
		pl_buf_char(b, ',');
	json_text(b, name);
	pl_buf_char(b, ':');
	return b;
}

void
pl_record_text(struct pl_record *r, const char *name, const char *value)
{
	if (value != NULL)
		json_text(begin(r, name), value);
}

void
pl_record_int(struct pl_record *r, const char *name, int64_t value)
{
	if (value != PL_NULL)
		pl_buf_printf(begin(r, name), "%" PRId64, value);
}

void
pl_record_bool(struct pl_record *r, const char *name, bool value)
{
	pl_buf_text(begin(r, name), value ? "true" : "false");
}

void
pl_record_time(struct pl_record *r, const char *name, int64_t value)
{
	char text[PL_TIME_LEN + 1];

	if (value == PL_NULL)
		return;
	pl_time_format(value, false, text);
	json_text(begin(r, name), text);
}

void
pl_record_hours(struct pl_record *r, const char *name, int64_t seconds)
{
	if (seconds != PL_NULL)
		pl_hours_format(begin(r, name), seconds);
}

void
pl_record_list(struct pl_record *r, const char *name, const char *list)
{
	struct pl_buf *b;
	struct pl_item it;
	bool first = true;

	if (list == NULL)
		return;
	b = begin(r, name);
	pl_buf_char(b, '[');
	while (pl_list_next(&list, &it)) {
		if (!first)
			pl_buf_char(b, ',');
		first = false;
		pl_text_quote_json(b, it.text, it.len);
	}
	pl_buf_char(b, ']');
}

void
pl_record_map(struct pl_record *r, const char *name, const char *map)
{
	struct pl_item it, key, value;
	struct pl_buf *b;
	bool first = true;

	if (map == NULL)
		return;
	b = begin(r, name);
	pl_buf_char(b, '{');
	while (pl_list_next(&map, &it)) {
		if (!first)
			pl_buf_char(b, ',');
		first = false;
		(void)pl_item_split(&it, &key, &value);
		pl_text_quote_json(b, key.text, key.len);
		pl_buf_char(b, ':');
		pl_text_quote_json(b, value.text, value.len);
	}
	pl_buf_char(b, '}');
}

void
pl_record_open(struct pl_record *r, const char *name)
{
	pl_buf_char(begin(r, name), '{');
}

void
pl_record_close(struct pl_record *r)
{
	pl_buf_char(&r->parameters, '}');
}

void
pl_record_columns(struct pl_record *r, const struct pl_noun *noun, const void *row)
{
	const struct pl_column *c;

	for (c = noun->columns; c->name != NULL; c++) {
		switch (c->type) {
		case PL_TYPE_TEXT:
			pl_record_text(r, c->name, pl_row_text(c, row));
			break;
		case PL_TYPE_INT:
			pl_record_int(r, c->name, pl_row_int(c, row));
			break;
		case PL_TYPE_BOOL:
			pl_record_bool(r, c->name, pl_row_bool(c, row));
			break;
		case PL_TYPE_TIME:
			pl_record_time(r, c->name, pl_row_int(c, row));
			break;
		case PL_TYPE_HOURS:
			pl_record_hours(r, c->name, pl_row_int(c, row));
			break;
		case PL_TYPE_LIST:
			pl_record_list(r, c->name, pl_row_text(c, row));
			break;
		case PL_TYPE_MAP:
			pl_record_map(r, c->name, pl_row_text(c, row));
			break;
		}
	}
}

void
pl_record_asked(struct pl_record *r, const char *map)
{
	char digest[PL_DIGEST_LEN + 1];
	struct pl_digest d;

	if (map == NULL || strlen(map) <= ASKED_MAX) {
		pl_record_map(r, "Parameters", map);
		return;
	}
	pl_digest_start(&d);
	pl_digest_text(&d, map);
	pl_digest_end(&d, digest);
	pl_record_text(r, "ParametersSha256", digest);
	pl_record_int(r, "ParametersBytes", (int64_t)strlen(map));
}

void
pl_record_format_pair(const char *name, const char *value, struct pl_buf *out)
{
	pl_buf_text(out, ",\"");
	pl_buf_text(out, name);
	pl_buf_text(out, "\":");
	if (value == NULL || value[0] == '\0')
		pl_buf_text(out, "null");
	else
		json_text(out, value);
}

void
pl_record_format(const struct pl_ctx *ctx, const struct pl_record *r, int64_t sequence, struct pl_buf *out)
{
	const struct pl_caller *who = &ctx->caller;
	char time[PL_TIME_LEN + 1];

	pl_time_format(ctx->clock.now, false, time);
	pl_buf_printf(out, "{\"Sequence\":%" PRId64 ",\"Time\":\"%s\"", sequence, time);
	pl_record_format_pair("BootId", ctx->clock.boot_id, out);
	pl_buf_printf(out, ",\"BootTime\":%" PRId64 ".%03d", ctx->clock.boot_time_ms / 1000,
	    (int)(ctx->clock.boot_time_ms % 1000));
	pl_record_format_pair("UserId", ctx->principal != NULL ? ctx->principal : who->name, out);
	pl_buf_printf(out, ",\"Uid\":%" PRIu32 ",\"LoginUid\":", (uint32_t)who->uid);
	if (who->login_uid == PL_LOGIN_UNSET)
		pl_buf_text(out, "null");
	else
		pl_buf_printf(out, "%" PRIu32, who->login_uid);
	pl_record_format_pair("Terminal", who->terminal, out);
	pl_record_format_pair("Host", who->host, out);
	pl_buf_printf(out, ",\"Pid\":%ld", (long)who->pid);
	pl_record_format_pair("RecordType", pl_record_type_names[r->type], out);
	pl_record_format_pair("Operation", r->operation, out);
	pl_record_format_pair("ObjectId", r->object, out);
	pl_record_format_pair("Result", r->result, out);
	pl_record_format_pair("ErrorId", pl_error_def(r->error)->id, out);
	pl_buf_printf(out, ",\"Parameters\":{%s}}", r->parameters.text);
	if (pl_buf_failed(&r->parameters))
		out->failed = true;
}
