/* convert.c - one value's text to the typed member of an argument struct */

#include "bind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/clock.h"
#include "pamlite/list.h"
#include "pamlite/name.h"
#include "pamlite/text.h"
#include "pamlite/uuid.h"

enum { PATH_MAX_LEN = 4095 };

const char *
pl_show(const char *value, char out[PL_SHOWN_SIZE])
{
	struct pl_buf b;
	size_t len = strlen(value), at = 0, n;
	uint32_t cp;

	/* An escaped character takes 10 bytes at most, and none is cut in the middle. */
	pl_buf_init(&b);
	for (; at < len && b.len + 10 + 3 < PL_SHOWN_SIZE; at += n) {
		n = pl_utf8_decode(value + at, len - at, &cp);
		if (n == 0)
			n = 1;
		pl_text_escape(&b, value + at, n);
		if (pl_buf_failed(&b))
			break;
	}
	if (at < len)
		pl_buf_text(&b, "...");
	memcpy(out, b.text, b.len + 1);
	pl_buf_clear(&b);
	return out;
}

static enum pl_status
fail_type(struct pl_ctx *ctx, const struct pl_param *p, const char *text, const char *wanted)
{
	char shown[PL_SHOWN_SIZE];

	return pl_fail(ctx, PL_ERR_CANNOT_CONVERT,
	    "Cannot process argument transformation on parameter '%s'. Cannot convert value \"%s\" to %s.", p->name,
	    pl_show(text, shown), wanted);
}

static enum pl_status
check_line(struct pl_ctx *ctx, const struct pl_param *p, const char *text, size_t max)
{
	size_t len = strlen(text);

	if (!pl_text_has_content(text))
		return pl_fail(ctx, PL_ERR_EMPTY_VALUE,
		    "Cannot bind argument to parameter '%s' because it is an empty string.", p->name);
	if (len > max)
		return pl_fail(ctx, PL_ERR_INVALID_TEXT, "The value of parameter '%s' is longer than %zu bytes.",
		    p->name, max);
	if (!pl_text_is_line(text, len))
		return pl_fail(ctx, PL_ERR_INVALID_TEXT,
		    "The value of parameter '%s' is not one line of UTF-8 text without control characters.", p->name);
	return PL_OK;
}

static enum pl_status
set_text(struct pl_ctx *ctx, char **member, const char *text)
{
	free(*member);
	*member = strdup(text);
	return *member != NULL ? PL_OK : pl_fail_memory(ctx);
}

/* Ids are kept and compared in lower case. */
static enum pl_status
set_id(struct pl_ctx *ctx, char **member, const char *text)
{
	enum pl_status st = set_text(ctx, member, text);
	char *p;

	if (*member == NULL || !pl_uuid_is_valid(text))
		return st;
	for (p = *member; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return st;
}

static enum pl_status
convert_task(struct pl_ctx *ctx, const struct pl_param *p, const char *text, char **member)
{
	char name[PL_TASK_NAME_MAX + 1];
	bool whole;

	whole = p->flags & PL_WILDCARD ? pl_task_pattern_parse(text, name) : pl_task_name_parse(text, name);
	if (whole)
		return set_text(ctx, member, name);
	(void)fail_type(ctx, p, text, "the name of a task, Scope\\Name");
	return pl_hint(ctx, "quote the name, -%s 'Scope\\Name', or write Scope/Name: a shell removes a bare backslash",
	    p->name);
}

static const char *
enum_value(const struct pl_param *p, const struct pl_item *it)
{
	size_t i;

	for (i = 0; p->values[i] != NULL; i++)
		if (pl_item_is_nocase(it, p->values[i]))
			return p->values[i];
	return NULL;
}

static enum pl_status
fail_enum(struct pl_ctx *ctx, const struct pl_param *p, const char *text)
{
	struct pl_buf wanted;
	enum pl_status st;
	size_t i;

	pl_buf_init(&wanted);
	pl_buf_text(&wanted, "one of ");
	for (i = 0; p->values[i] != NULL; i++)
		pl_buf_printf(&wanted, "%s%s", i > 0 ? ", " : "", p->values[i]);
	st = fail_type(ctx, p, text, wanted.text);
	for (i = 0; p->values[i] != NULL; i++)
		if (pl_text_is_near(text, p->values[i]))
			st = pl_hint(ctx, "did you mean %s?", p->values[i]);
	pl_buf_clear(&wanted);
	return st;
}

static enum pl_status
convert_enum(struct pl_ctx *ctx, const struct pl_param *p, const char *text, char **member)
{
	const struct pl_item it = { text, strlen(text) };
	const char *value = enum_value(p, &it);

	return value != NULL ? set_text(ctx, member, value) : fail_enum(ctx, p, text);
}

/* One element of a list as it will be kept; an enum's in its own spelling. */
static enum pl_status
convert_element(struct pl_ctx *ctx, const struct pl_param *p, const char *text, struct pl_buf *list)
{
	const struct pl_item it = { text, strlen(text) };
	const char *value = text;

	if (!pl_text_is_line(text, it.len))
		return check_line(ctx, p, text, PL_LINE_MAX);
	if (p->type == PL_PARAM_MAP && (text[0] == '=' || strchr(text, '=') == NULL)) {
		(void)fail_type(ctx, p, text, "name=value");
		return pl_hint(ctx, "a value with a comma is quoted: \"name='a,b'\"");
	}
	if (p->type == PL_PARAM_ENUM_LIST) {
		value = enum_value(p, &it);
		if (value == NULL)
			return fail_enum(ctx, p, text);
	}
	pl_list_add(list, value);
	return PL_OK;
}

static enum pl_status
convert_list(struct pl_ctx *ctx, const struct pl_param *p, const char *text, char **member)
{
	const char *at = text;
	struct pl_item it;
	struct pl_buf list;
	enum pl_status st = PL_OK;

	pl_buf_init(&list);
	while (st == PL_OK && pl_list_next(&at, &it)) {
		char *element = pl_item_dup(&it);

		st = element != NULL ? convert_element(ctx, p, element, &list) : pl_fail_memory(ctx);
		free(element);
	}
	if (st == PL_OK && list.len > PL_LINE_MAX)
		st = pl_fail(ctx, PL_ERR_INVALID_TEXT, "The value of parameter '%s' is longer than %d bytes.", p->name,
		    PL_LINE_MAX);
	if (st == PL_OK)
		st = pl_buf_failed(&list) ? pl_fail_memory(ctx) : set_text(ctx, member, list.text);
	pl_buf_clear(&list);
	return st;
}

static enum pl_status
convert_text(struct pl_ctx *ctx, const struct pl_param *p, const char *text, char **member)
{
	size_t max = PL_LINE_MAX;
	enum pl_status st;

	if (p->type == PL_PARAM_REASON)
		max = PL_REASON_MAX;
	else if (p->type == PL_PARAM_OUT_PATH || p->type == PL_PARAM_IN_PATH)
		max = PATH_MAX_LEN;
	else if (p->flags & PL_ID)
		max = PL_ID_MAX;
	else if (p->flags & PL_NEW_NAME)
		max = PL_NEW_NAME_MAX;
	st = check_line(ctx, p, text, max);
	if (st != PL_OK)
		return st;
	if (p->type == PL_PARAM_TASK)
		return convert_task(ctx, p, text, member);
	if (p->type == PL_PARAM_ENUM)
		return convert_enum(ctx, p, text, member);
	if (p->type == PL_PARAM_ACCOUNT && !pl_text_is_account(text))
		return fail_type(ctx, p, text, "the name of an account");
	if ((p->flags & PL_NEW_NAME) && (text[0] == '-' || text[0] == '@' || strpbrk(text, "*?") != NULL))
		return fail_type(ctx, p, text, "a name without * and ? that does not begin with - or @");
	return p->flags & PL_ID ? set_id(ctx, member, text) : set_text(ctx, member, text);
}

static enum pl_status
convert_int(struct pl_ctx *ctx, const struct pl_param *p, const char *text, int64_t *member)
{
	int64_t min = p->min > 0 ? p->min : 1, value;
	char wanted[96];

	if (pl_text_parse_int(text, strlen(text), &value) && value >= min && (p->max == 0 || value <= p->max)) {
		*member = value;
		return PL_OK;
	}
	if (p->max != 0)
		snprintf(wanted, sizeof wanted, "a whole number from %lld to %lld", (long long)min, (long long)p->max);
	else
		snprintf(wanted, sizeof wanted, "a whole number of at least %lld", (long long)min);
	return fail_type(ctx, p, text, wanted);
}

static enum pl_status
convert_decimal(struct pl_ctx *ctx, const struct pl_param *p, const char *text, int64_t *member)
{
	int64_t min = p->min > 0 ? p->min : 1, value;
	char wanted[96];

	if (pl_text_parse_decimal(text, strlen(text), &value) && value >= min && (p->max == 0 || value <= p->max)) {
		*member = value;
		return PL_OK;
	}
	snprintf(wanted, sizeof wanted, "a number from %lld.%03lld to %lld with at most three decimal places",
	    (long long)(min / 1000), (long long)(min % 1000), (long long)((p->max != 0 ? p->max : INT64_MAX) / 1000));
	return fail_type(ctx, p, text, wanted);
}

static enum pl_status
convert_time(struct pl_ctx *ctx, const struct pl_param *p, const char *text, int64_t *member)
{
	static const char moment[] = "a time such as 2026-11-21T04:43:00Z";
	static const char date[] = "a date or time such as 2026-11-21 or 2026-11-21T04:43:00Z";
	int64_t value;
	bool valid;

	switch (p->type) {
	case PL_PARAM_HOURS:
		valid = pl_hours_parse(text, &value);
		break;
	case PL_PARAM_DURATION:
		valid = pl_duration_parse(text, &value);
		break;
	case PL_PARAM_TIME:
		valid = pl_time_parse(text, &value);
		break;
	default:
		valid = pl_time_parse_date(text, p->type == PL_PARAM_END_DATE, &value);
		break;
	}
	if (valid) {
		*member = value;
		return PL_OK;
	}
	if (p->type == PL_PARAM_HOURS)
		return fail_type(ctx, p, text, "whole hours from 1 to 87600");
	if (p->type == PL_PARAM_DURATION)
		return fail_type(ctx, p, text, "a duration such as PT30M or PT1H30M, at least 5 minutes");
	return fail_type(ctx, p, text, p->type == PL_PARAM_TIME ? moment : date);
}

static enum pl_status
convert_truth(struct pl_ctx *ctx, const struct pl_param *p, const char *text, bool *value)
{
	static const char *const on[] = { "true", "$true", "1", "yes" };
	static const char *const off[] = { "false", "$false", "0", "no" };
	size_t i;

	*value = true;
	if (text == NULL)
		return PL_OK;
	for (i = 0; i < sizeof on / sizeof on[0]; i++) {
		if (pl_ascii_casecmp(text, on[i]) == 0)
			return PL_OK;
		if (pl_ascii_casecmp(text, off[i]) == 0) {
			*value = false;
			return PL_OK;
		}
	}
	return fail_type(ctx, p, text, "true or false");
}

/* '' empties a property, and is no value of anything else. */
static enum pl_status
convert_empty(struct pl_ctx *ctx, const struct pl_param *p, void *member)
{
	if (!(p->flags & PL_CLEARABLE))
		return pl_fail(ctx, PL_ERR_EMPTY_VALUE,
		    "Cannot bind argument to parameter '%s' because it is an empty string.", p->name);
	if (!pl_param_is_number(p))
		return set_text(ctx, member, "");
	*(int64_t *)member = PL_CLEARED;
	return PL_OK;
}

enum pl_status
pl_convert(struct pl_ctx *ctx, const struct pl_param *p, const char *text, void *args)
{
	void *member = (char *)args + p->offset;
	enum pl_status st;
	bool value;

	if (pl_param_is_switch(p)) {
		st = convert_truth(ctx, p, text, &value);
		if (st == PL_OK && p->type == PL_PARAM_SWITCH)
			*(bool *)member = value;
		else if (st == PL_OK)
			*(enum pl_choice *)member = value ? PL_YES : PL_NO;
		return st;
	}
	if (text[0] == '\0')
		return convert_empty(ctx, p, member);
	if (pl_param_is_list(p))
		return convert_list(ctx, p, text, member);
	if (p->type == PL_PARAM_INT)
		return convert_int(ctx, p, text, member);
	if (p->type == PL_PARAM_DECIMAL)
		return convert_decimal(ctx, p, text, member);
	if (pl_param_is_number(p))
		return convert_time(ctx, p, text, member);
	return convert_text(ctx, p, text, member);
}
