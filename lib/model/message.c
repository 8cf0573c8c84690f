/* message.c - the facts of a message: each a line for people and a member of a JSON object */

#include "model/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/clock.h"
#include "pamlite/list.h"
#include "pamlite/text.h"
#include "pamlite/uuid.h"

/* Nothing that a person types is as long; what a script passes could fill a mailbox, or more than a row holds. */
enum { FACT_MAX = 65536 };

static const struct {
	const char *name, *subject, *intro;
} kinds[PL_MESSAGE_KINDS] = {
	[PL_MESSAGE_PENDING] = { "Pending", "Decision needed",
	    "A request for elevated access waits for a decision." },
	[PL_MESSAGE_REMINDER] = { "Reminder", "Decision still needed",
	    "A request for elevated access will expire unless somebody decides." },
	[PL_MESSAGE_APPROVED] = { "Approved", "Approved", "Your request for elevated access was approved." },
	[PL_MESSAGE_DENIED] = { "Denied", "Denied", "Your request for elevated access was denied." },
	[PL_MESSAGE_EXPIRED] = { "Expired", "Expired",
	    "Your request for elevated access has expired: nobody decided in time." },
	[PL_MESSAGE_CANCELED] = { "Canceled", "Canceled", "Your request for elevated access was canceled." },
	[PL_MESSAGE_REVOKED] = { "Revoked", "Revoked", "Your elevated access was revoked." },
	[PL_MESSAGE_CONFIGURATION] = { "Configuration", "Configuration changed",
	    "The configuration of elevated access was changed." },
};

const char *
pl_message_kind_name(enum pl_message_kind kind)
{
	return kinds[kind].name;
}

void
pl_message_init(const struct pl_ctx *ctx, struct pl_message *m, enum pl_message_kind kind)
{
	memset(m, 0, sizeof(*m));
	m->kind = kind;
	pl_uuid_make(m->id);
	pl_buf_init(&m->subject);
	pl_buf_init(&m->body);
	pl_record_init(&m->event, NULL, PL_RECORD_MAINTENANCE, NULL);
	pl_record_text(&m->event, "Identity", m->id);
	pl_record_time(&m->event, "DateCreatedUtc", ctx->clock.now);
	pl_record_text(&m->event, "Kind", kinds[kind].name);
}

void
pl_message_clear(struct pl_message *m)
{
	struct pl_audience *a = &m->audience;

	free(a->group);
	free(a->group_name);
	free(a->group_mail);
	free(a->requestor);
	free(a->notify_command);
	memset(a, 0, sizeof(*a));
	pl_buf_clear(&m->subject);
	pl_buf_clear(&m->body);
	pl_record_clear(&m->event);
}

void
pl_message_begin(struct pl_message *m, const char *what, const char *between, const char *who)
{
	pl_buf_printf(&m->subject, "[pam-lite] %s: ", kinds[m->kind].subject);
	pl_text_escape(&m->subject, what, strlen(what));
	pl_buf_text(&m->subject, between);
	pl_text_escape(&m->subject, who, strlen(who));
	pl_buf_printf(&m->body, "%s\n\n", kinds[m->kind].intro);
}

enum pl_status
pl_message_end(struct pl_ctx *ctx, const struct pl_message *m)
{
	return pl_buf_failed(&m->subject) || pl_buf_failed(&m->body) || pl_buf_failed(&m->event.parameters)
	    ? pl_fail_memory(ctx) : PL_OK;
}

/*
 * Whatever users wrote stays on the line of its name: a Reason with line breaks or bidirectional controls can
 * neither forge another fact nor make this one look like another.
 */
static void
line(struct pl_message *m, const char *name, const char *value, size_t len)
{
	pl_buf_printf(&m->body, "%s: ", name);
	pl_text_escape(&m->body, value, len);
	pl_buf_char(&m->body, '\n');
}

/* True, and said, if it is too long for a message: nothing is cut, since a cut could hide what matters. */
static bool
is_too_long(struct pl_message *m, const char *name, const char *value)
{
	size_t len = strlen(value);
	struct pl_buf b;

	if (len <= FACT_MAX)
		return false;
	pl_buf_init(&b);
	pl_buf_printf(&b, "(%zu bytes, too long for a message)", len);
	pl_message_text(m, name, b.text);
	pl_buf_clear(&b);
	return true;
}

void
pl_message_text(struct pl_message *m, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0' || is_too_long(m, name, value))
		return;
	line(m, name, value, strlen(value));
	pl_record_text(&m->event, name, value);
}

void
pl_message_hours(struct pl_message *m, const char *name, int64_t seconds)
{
	if (seconds == PL_NULL)
		return;
	pl_buf_printf(&m->body, "%s: ", name);
	pl_hours_format(&m->body, seconds);
	pl_buf_char(&m->body, '\n');
	pl_record_hours(&m->event, name, seconds);
}

void
pl_message_time(struct pl_message *m, const char *name, int64_t value)
{
	char text[PL_TIME_LEN + 1];

	if (value == PL_NULL)
		return;
	pl_time_format(value, false, text);
	pl_message_text(m, name, text);
}

void
pl_message_int(struct pl_message *m, const char *name, int64_t value)
{
	if (value == PL_NULL)
		return;
	pl_buf_printf(&m->body, "%s: %" PRId64 "\n", name, value);
	pl_record_int(&m->event, name, value);
}

void
pl_message_true(struct pl_message *m, const char *name, bool value)
{
	if (!value)
		return;
	pl_buf_printf(&m->body, "%s: True\n", name);
	pl_record_bool(&m->event, name, true);
}

void
pl_message_list(struct pl_message *m, const char *name, const char *list)
{
	const char *at = list, *separator = ": ";
	struct pl_item it;

	if (pl_list_count(list) == 0 || is_too_long(m, name, list))
		return;
	pl_buf_text(&m->body, name);
	for (; pl_list_next(&at, &it); separator = ", ") {
		pl_buf_text(&m->body, separator);
		pl_text_escape(&m->body, it.text, it.len);
	}
	pl_buf_char(&m->body, '\n');
	pl_record_list(&m->event, name, list);
}

void
pl_message_map(struct pl_message *m, const char *name, const char *map)
{
	const char *at = map;
	struct pl_item it;

	if (pl_list_count(map) == 0 || is_too_long(m, name, map))
		return;
	while (pl_list_next(&at, &it))
		line(m, name, it.text, it.len);
	pl_record_map(&m->event, name, map);
}

void
pl_message_quote(struct pl_buf *out, const char *s, size_t len)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
	size_t n;

	for (n = 0; n < len && strchr(plain, s[n]) != NULL; n++)
		;
	if (len > 0 && n == len) {
		pl_buf_bytes(out, s, len);
		return;
	}
	pl_buf_char(out, '\'');
	for (; len > 0; s += n, len -= n) {
		for (n = 0; n < len && s[n] != '\''; n++)
			;
		pl_text_escape(out, s, n);
		if (n < len) {
			pl_buf_text(out, "'\\''");
			n++;
		}
	}
	pl_buf_char(out, '\'');
}

void
pl_message_argv(struct pl_message *m, const char *name, const char *list)
{
	const char *at = list, *separator = ": ";
	struct pl_item it;

	if (pl_list_count(list) == 0 || is_too_long(m, name, list))
		return;
	pl_buf_text(&m->body, name);
	for (; pl_list_next(&at, &it); separator = " ") {
		pl_buf_text(&m->body, separator);
		pl_message_quote(&m->body, it.text, it.len);
	}
	pl_buf_char(&m->body, '\n');
	pl_record_list(&m->event, name, list);
}

bool
pl_message_json(struct pl_message *m, const char *name, const char *inside)
{
	if (is_too_long(m, name, inside))
		return false;
	pl_buf_printf(&m->event.parameters, ",\"%s\":{%s}", name, inside);
	return true;
}
