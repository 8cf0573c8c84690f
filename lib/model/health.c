/* health.c - the checks of monitoring: what they are called, their limits, and what a value means by them */

#include "pamlite/health.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pamlite/clock.h"
#include "pamlite/list.h"
#include "pamlite/text.h"

#define COL(NAME, TYPE, member, FLAGS, HELP) PL_COLUMN(struct pl_health, NAME, TYPE, member, NULL, FLAGS, HELP)

static const struct pl_column columns[] = {
	COL("Check", TEXT, check, PL_COL_TABLE | PL_COL_ID, "name of the check, as in performance data"),
	COL("Status", TEXT, status, PL_COL_TABLE, "Ok, Warning or Critical"),
	COL("Value", INT, value, PL_COL_TABLE, "what was measured; null if it cannot be known"),
	COL("Unit", TEXT, unit, 0, "its unit: s for seconds, B for bytes, %; empty for a number of things"),
	COL("WarningAt", INT, warning_at, 0, "beyond it the Status is Warning; null for never"),
	COL("CriticalAt", INT, critical_at, 0, "beyond it the Status is Critical; null for never"),
	COL("Message", TEXT, message, PL_COL_TABLE, "what was found, in a sentence"),
	{ 0 }
};

const struct pl_noun pl_health_noun = {
	.name = "Status",
	.columns = columns,
	.row_size = sizeof(struct pl_health),
};

const char *const pl_health_state_names[PL_HEALTH_STATES] = { "Ok", "Warning", "Critical", "Unknown" };

enum { HOUR_S = 3600, MIB = 1 << 20 };

static const struct pl_health_def defs[PL_HEALTH_CHECKS] = {
	[PL_HEALTH_CONTROL] = { "control", "", "control_enabled",
	    "1 where the control is enabled, else 0", true, 1, PL_NULL },
	[PL_HEALTH_PENDING] = { "pending", "", "pending_requests",
	    "Requests that wait for a decision", false, PL_NULL, PL_NULL },
	[PL_HEALTH_PENDING_AGE] = { "pending_age", "s", "pending_age_seconds",
	    "For how long the oldest request that somebody could decide has been waiting", false, HOUR_S,
	    12 * HOUR_S },
	[PL_HEALTH_PENDING_STUCK] = { "pending_stuck", "", "pending_stuck_requests",
	    "Pending requests that nobody can decide, since their approvers are gone", false, 0, PL_NULL },
	[PL_HEALTH_QUEUE] = { "queue", "", "queue_notifications",
	    "Notifications that are not delivered yet", false, PL_NULL, PL_NULL },
	[PL_HEALTH_QUEUE_AGE] = { "queue_age", "s", "queue_age_seconds",
	    "For how long the oldest of them has been waiting", false, HOUR_S / 4, 4 * HOUR_S },
	[PL_HEALTH_QUEUE_FAILED] = { "queue_failed", "", "queue_failed_notifications",
	    "Notifications of the last seven days that were given up", false, 0, PL_NULL },
	[PL_HEALTH_CHAIN] = { "chain", "", "chain_broken",
	    "1 where the newest 10,000 records of the audit log are not whole, else 0", false, PL_NULL, 0 },
	[PL_HEALTH_ANCHOR] = { "anchor", "", "anchor_disagrees",
	    "1 where the anchor cannot be used or its newest pair is not the log's, else 0", false, PL_NULL, 0 },
	[PL_HEALTH_ANCHOR_LAG] = { "anchor_lag", "", "anchor_lag_records",
	    "Records behind the newest pair of the anchor", false, PL_NULL, PL_NULL },
	[PL_HEALTH_ANCHOR_SIZE] = { "anchor_size", "B", "anchor_size_bytes",
	    "Size of the anchor, which only grows", false, PL_NULL, PL_NULL },
	[PL_HEALTH_UNRECORDED] = { "unrecorded", "", "unrecorded_ends",
	    "Ends of runs that root has kept and the database has not got yet", false, 0, PL_NULL },
	[PL_HEALTH_MAINTENANCE_AGE] = { "maintenance_age", "s", "maintenance_age_seconds",
	    "Since when no maintenance has come to its end", false, HOUR_S / 4, HOUR_S },
	[PL_HEALTH_EXCLUSIONS_ENDLESS] = { "exclusions_endless", "", "exclusions_endless",
	    "System accounts that are excluded without an end", false, 0, PL_NULL },
	[PL_HEALTH_EXCLUSIONS_UNUSED] = { "exclusions_unused", "", "exclusions_unused",
	    "System accounts that were not used for 90 days", false, 0, PL_NULL },
	[PL_HEALTH_RUNS_UNKNOWN] = { "runs_unknown", "", "runs_unknown",
	    "Runs of the last day whose end nobody knows", false, 0, PL_NULL },
	[PL_HEALTH_DATABASE_FREE] = { "database_free", "B", "database_free_bytes",
	    "Free space of the database's file system", true, 512LL * MIB, 128LL * MIB },
	[PL_HEALTH_DATABASE_FREE_PERCENT] = { "database_free_percent", "%", "database_free_ratio",
	    "Free part of the database's file system", true, 5, 2 },
	[PL_HEALTH_LOG_FREE] = { "log_free", "B", "log_free_bytes",
	    "Free space of the file system of anchor and recordings", true, 512LL * MIB, 128LL * MIB },
	[PL_HEALTH_LOG_FREE_PERCENT] = { "log_free_percent", "%", "log_free_ratio",
	    "Free part of the file system of anchor and recordings", true, 5, 2 },
};

static enum pl_status
refuse_limit(struct pl_ctx *ctx, const char *parameter, const struct pl_item *given)
{
	struct pl_buf shown, names;
	int i;

	pl_buf_init(&shown);
	pl_buf_init(&names);
	pl_text_escape(&shown, given->text, given->len);
	for (i = 0; i < PL_HEALTH_CHECKS; i++)
		pl_buf_printf(&names, "%s%s", i > 0 ? ", " : "", defs[i].name);
	pl_fail(ctx, PL_ERR_CANNOT_CONVERT, "Cannot process argument transformation on parameter '%s'. Cannot convert "
	    "value \"%s\" to a check and a whole number, or off.", parameter, shown.text);
	pl_hint(ctx, "the checks are %s", names.text);
	pl_buf_clear(&shown);
	pl_buf_clear(&names);
	return ctx->failure.status;
}

/* The limit that an element names; NULL if there is none of that name. */
static int64_t *
find_limit(struct pl_health_report *report, const struct pl_item *name, bool critical)
{
	int i;

	for (i = 0; i < PL_HEALTH_CHECKS; i++)
		if (pl_item_is_nocase(name, defs[i].name))
			return critical ? &report->of[i].critical_at : &report->of[i].warning_at;
	return NULL;
}

static enum pl_status
take_limits(struct pl_ctx *ctx, const char *map, bool critical, struct pl_health_report *report)
{
	struct pl_item it, name, value;
	int64_t *limit;

	while (pl_list_next(&map, &it)) {
		pl_item_split(&it, &name, &value);
		limit = find_limit(report, &name, critical);
		if (limit != NULL && pl_item_is_nocase(&value, "off"))
			*limit = PL_NULL;
		else if (limit == NULL || !pl_text_parse_int(value.text, value.len, limit))
			return refuse_limit(ctx, critical ? "Critical" : "Warning", &it);
	}
	return PL_OK;
}

enum pl_status
pl_health_begin(struct pl_ctx *ctx, const char *warnings, const char *criticals, struct pl_health_report *out)
{
	enum pl_status st;
	int i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < PL_HEALTH_CHECKS; i++) {
		out->of[i].warning_at = defs[i].warning_at;
		out->of[i].critical_at = defs[i].critical_at;
	}
	st = take_limits(ctx, warnings, false, out);
	return st == PL_OK ? take_limits(ctx, criticals, true, out) : st;
}

void
pl_health_say(struct pl_health_report *report, enum pl_health_check check, int64_t value, const char *fmt, ...)
{
	struct pl_health_reading *r = &report->of[check];
	va_list ap;

	r->made = true;
	r->value = value;
	va_start(ap, fmt);
	(void)vsnprintf(r->message, sizeof(r->message), fmt, ap);
	va_end(ap);
	pl_text_trim(r->message);
}

static bool
is_beyond(const struct pl_health_def *def, int64_t value, int64_t limit)
{
	return limit != PL_NULL && (def->falling ? value < limit : value > limit);
}

static enum pl_health_state
judge(const struct pl_health_def *def, const struct pl_health_reading *r)
{
	if (!r->made)
		return PL_HEALTH_OK;
	if (r->value == PL_NULL)
		return PL_HEALTH_WARNING;
	if (is_beyond(def, r->value, r->critical_at))
		return PL_HEALTH_CRITICAL;
	return is_beyond(def, r->value, r->warning_at) ? PL_HEALTH_WARNING : PL_HEALTH_OK;
}

enum pl_health_state
pl_health_worst(const struct pl_health_report *report)
{
	enum pl_health_state worst = PL_HEALTH_OK, state;
	int i;

	for (i = 0; i < PL_HEALTH_CHECKS; i++) {
		state = judge(&defs[i], &report->of[i]);
		worst = state > worst ? state : worst;
	}
	return worst;
}

/* The row borrows its texts, and nobody frees them. */
#define BORROWED(text) ((char *)(uintptr_t)(text))

enum pl_status
pl_health_each(const struct pl_health_report *report, pl_row_fn *each, void *arg)
{
	enum pl_status st = PL_OK;
	int i;

	for (i = 0; i < PL_HEALTH_CHECKS && st == PL_OK; i++) {
		const struct pl_health_reading *r = &report->of[i];
		const enum pl_health_state state = judge(&defs[i], r);
		const struct pl_health row = { .check = BORROWED(defs[i].name),
			.status = BORROWED(pl_health_state_names[state]), .value = r->value,
			.unit = defs[i].unit[0] != '\0' ? BORROWED(defs[i].unit) : NULL, .warning_at = r->warning_at,
			.critical_at = r->critical_at, .message = BORROWED(r->message), .def = &defs[i],
			.state = state };

		if (r->made)
			st = each(arg, &row);
	}
	return st;
}
