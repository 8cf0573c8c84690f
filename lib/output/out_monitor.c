/* out_monitor.c - the forms for monitoring: the line of a plugin, and metrics for Prometheus */

#include "output/out.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/health.h"
#include "pamlite/store.h"
#include "pamlite/text.h"

/* What is put together while objects come; written at the end. */
struct out_monitor {
	enum pl_health_state worst;
	struct pl_buf messages[PL_HEALTH_STATES];   /* Plugin: by state */
	struct pl_buf data, details;                /* Plugin: performance data; a line for each */
	struct pl_buf states, values;               /* Prometheus */
};

enum { BUFFERS = PL_HEALTH_STATES + 4 };

static struct pl_buf *
buffer(struct out_monitor *m, int i)
{
	struct pl_buf *const others[] = { &m->data, &m->details, &m->states, &m->values };

	return i < PL_HEALTH_STATES ? &m->messages[i] : others[i - PL_HEALTH_STATES];
}

void
out_monitor_free(struct out_monitor *m)
{
	int i;

	for (i = 0; m != NULL && i < BUFFERS; i++)
		pl_buf_clear(buffer(m, i));
	free(m);
}

/* NULL without memory. */
static struct out_monitor *
monitor_of(struct pl_out *out)
{
	int i;

	if (out->monitor != NULL)
		return out->monitor;
	out->monitor = calloc(1, sizeof(*out->monitor));
	for (i = 0; out->monitor != NULL && i < BUFFERS; i++)
		pl_buf_init(buffer(out->monitor, i));
	return out->monitor;
}

static enum pl_status
note_state(struct pl_out *out, struct out_monitor *m, enum pl_health_state state)
{
	int i;

	m->worst = state > m->worst ? state : m->worst;
	for (i = 0; i < BUFFERS; i++)
		if (pl_buf_failed(buffer(m, i)))
			return pl_fail_memory(out->ctx);
	return PL_OK;
}

/* Behind a bar come values, behind a line's end more text: a user's word must be neither. */
static void
put_message(struct pl_buf *b, const char *message)
{
	struct pl_buf escaped;
	const char *p;

	pl_buf_init(&escaped);
	pl_text_escape(&escaped, message, strlen(message));
	for (p = escaped.text; p != NULL && *p != '\0'; p++) {
		if (*p == '|')
			pl_buf_text(b, "\\u{7c}");
		else
			pl_buf_char(b, *p);
	}
	if (pl_buf_failed(&escaped))
		b->failed = true;
	pl_buf_clear(&escaped);
}

static void
put_begin(struct pl_buf *b, enum pl_health_state state)
{
	const char *p;

	pl_buf_text(b, "PAMLITE ");
	for (p = pl_health_state_names[state]; *p != '\0'; p++)
		pl_buf_char(b, *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p);
	pl_buf_text(b, " - ");
}

void
pl_plugin_unknown(const char *message, struct pl_buf *out)
{
	put_begin(out, PL_HEALTH_UNKNOWN);
	put_message(out, message);
}

/* As a range: what is outside of 0 to N, or, of what is falling, of N and above. */
static void
put_limit(struct pl_buf *b, const struct pl_health_def *def, int64_t limit)
{
	pl_buf_char(b, ';');
	if (limit != PL_NULL)
		pl_buf_printf(b, "%" PRId64 "%s", limit, def->falling ? ":" : "");
}

/* pending_age=5400s;3600;43200;0 */
static void
put_value(struct pl_buf *b, const struct pl_health *h)
{
	if (b->len > 0)
		pl_buf_char(b, ' ');
	if (h->value != PL_NULL)
		pl_buf_printf(b, "%s=%" PRId64 "%s", h->def->name, h->value, h->def->unit);
	else
		pl_buf_printf(b, "%s=U", h->def->name);
	put_limit(b, h->def, h->warning_at);
	put_limit(b, h->def, h->critical_at);
	pl_buf_text(b, ";0");
}

enum pl_status
out_plugin_row(struct pl_out *out, const void *row)
{
	struct out_monitor *m = monitor_of(out);
	const struct pl_health *h = row;
	struct pl_buf *said;

	if (m == NULL)
		return pl_fail_memory(out->ctx);
	said = &m->messages[h->state];
	if (said->len > 0)
		pl_buf_text(said, "; ");
	if (h->state != PL_HEALTH_OK)
		put_message(said, h->message);
	put_value(&m->data, h);
	pl_buf_printf(&m->details, "%s %s: ", h->status, h->check);
	put_message(&m->details, h->message);
	pl_buf_char(&m->details, '\n');
	return note_state(out, m, h->state);
}

/* What failed is told in another way. */
static bool
is_whole(const struct pl_out *out)
{
	return out->monitor != NULL && out->ctx->failure.error == PL_ERR_NONE;
}

enum pl_status
out_plugin_end(struct pl_out *out)
{
	struct out_monitor *m = out->monitor;
	struct pl_buf *b = &out->text;

	if (!is_whole(out))
		return PL_OK;
	pl_buf_reset(b);
	put_begin(b, m->worst);
	if (m->worst == PL_HEALTH_OK)
		pl_buf_printf(b, "checks: %zu", out->count);
	pl_buf_text(b, m->messages[PL_HEALTH_CRITICAL].text);
	if (m->messages[PL_HEALTH_CRITICAL].len > 0 && m->messages[PL_HEALTH_WARNING].len > 0)
		pl_buf_text(b, "; ");
	pl_buf_text(b, m->messages[PL_HEALTH_WARNING].text);
	pl_buf_printf(b, " | %s\n", m->data.text);
	if (out->ctx->verbose)
		pl_buf_text(b, m->details.text);
	if (pl_buf_failed(b))
		return pl_fail_memory(out->ctx);
	out_write(&out->writer, b->text, b->len);
	return PL_OK;
}

/* A database of one's own has its path for a label, since several may be on one host. */
static void
put_labels(struct pl_buf *b, const struct pl_out *out, const char *check)
{
	const char *path = pl_store_is_system(out->ctx) ? "System" : pl_store_path(out->ctx), *p;
	struct pl_buf escaped;

	pl_buf_init(&escaped);
	pl_text_escape(&escaped, path, strlen(path));
	pl_buf_text(b, "{database=\"");
	for (p = escaped.text; p != NULL && *p != '\0'; p++) {
		if (*p == '\\' || *p == '"')
			pl_buf_char(b, '\\');
		pl_buf_char(b, *p);
	}
	if (pl_buf_failed(&escaped))
		b->failed = true;
	pl_buf_clear(&escaped);
	if (check != NULL)
		pl_buf_printf(b, "\",check=\"%s", check);
	pl_buf_text(b, "\"} ");
}

static void
put_family(struct pl_buf *b, const char *name, const char *meaning)
{
	pl_buf_printf(b, "# HELP pamlite_%s %s\n# TYPE pamlite_%s gauge\n", name, meaning, name);
}

enum pl_status
out_prometheus_row(struct pl_out *out, const void *row)
{
	struct out_monitor *m = monitor_of(out);
	const struct pl_health *h = row;

	if (m == NULL)
		return pl_fail_memory(out->ctx);
	pl_buf_text(&m->states, "pamlite_check_state");
	put_labels(&m->states, out, h->def->name);
	pl_buf_printf(&m->states, "%d\n", (int)h->state);
	if (h->value == PL_NULL)
		return note_state(out, m, h->state);
	put_family(&m->values, h->def->metric, h->def->meaning);
	pl_buf_printf(&m->values, "pamlite_%s", h->def->metric);
	put_labels(&m->values, out, NULL);
	if (strcmp(h->def->unit, "%") == 0)
		pl_buf_printf(&m->values, "%" PRId64 ".%02" PRId64 "\n", h->value / 100, h->value % 100);
	else
		pl_buf_printf(&m->values, "%" PRId64 "\n", h->value);
	return note_state(out, m, h->state);
}

enum pl_status
out_prometheus_end(struct pl_out *out)
{
	static const char run[] = "last_run_timestamp_seconds", state[] = "state", check[] = "check_state";
	struct out_monitor *m = out->monitor;
	struct pl_buf *b = &out->text;

	if (!is_whole(out))
		return PL_OK;
	pl_buf_reset(b);
	put_family(b, run, "When the checks were made");
	pl_buf_printf(b, "pamlite_%s", run);
	put_labels(b, out, NULL);
	pl_buf_printf(b, "%" PRId64 "\n", out->ctx->clock.now);
	put_family(b, state, "The worst state of all checks: 0 Ok, 1 Warning, 2 Critical");
	pl_buf_printf(b, "pamlite_%s", state);
	put_labels(b, out, NULL);
	pl_buf_printf(b, "%d\n", (int)m->worst);
	put_family(b, check, "The state of each check: 0 Ok, 1 Warning, 2 Critical");
	pl_buf_text(b, m->states.text);
	pl_buf_text(b, m->values.text);
	if (pl_buf_failed(b))
		return pl_fail_memory(out->ctx);
	out_write(&out->writer, b->text, b->len);
	return PL_OK;
}
