/* report.c - what a person or a script is told: errors, warnings, notes, the text of help */

#include "session.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/json.h"
#include "pamlite/list.h"
#include "pamlite/name.h"
#include "pamlite/text.h"
#include "pamlite/write.h"

enum pl_status
pl_report_text(struct pl_session *s, const struct pl_buf *text)
{
	if (pl_buf_failed(text))
		return pl_fail_memory(&s->ctx);
	if (pl_write_all(STDOUT_FILENO, text->text, text->len))
		return PL_OK;
	if (errno == EPIPE)
		return PL_E_IO;
	return pl_fail(&s->ctx, PL_ERR_OUTPUT_FAILED, "the output cannot be written: %s", strerror(errno));
}

static void
end_line(struct pl_buf *b)
{
	if (b->len == 0 || b->text[b->len - 1] != '\n')
		pl_buf_char(b, '\n');
}

/* Who acts for another process does not wait for a reader when that is gone; there may be one who listens. */
static bool
is_heard(const struct pl_session *s)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };

	return pl_wait_with_front(&s->ctx, STDERR_FILENO, POLLOUT, -1) || poll(&p, 1, 0) > 0;
}

/* There is nowhere to report that stderr itself cannot be written. False: there was no memory for the text. */
static bool
put(const struct pl_session *s, struct pl_buf *b)
{
	const bool complete = !pl_buf_failed(b);
	size_t at = 0, len;

	while (complete && at < b->len) {
		len = b->len - at > PIPE_BUF ? PIPE_BUF : b->len - at;
		if (!is_heard(s) || !pl_write_all(STDERR_FILENO, b->text + at, len))
			break;
		at += len;
	}
	pl_buf_clear(b);
	return complete;
}

/* Where there is no memory even to say so: what the table of errors has for it takes none. */
static void
put_plain(const struct pl_session *s, enum pl_error error)
{
	char line[256];
	int len = snprintf(line, sizeof line, "%s: %s\n", s->command->name, pl_error_def(error)->meaning);

	if (len > 0 && (size_t)len < sizeof line && is_heard(s))
		(void)pl_write_all(STDERR_FILENO, line, (size_t)len);
}

static void
add_escaped(struct pl_buf *b, const char *text)
{
	pl_text_escape(b, text, strlen(text));
}

static void
add_note(struct pl_session *s, enum pl_note kind, const struct pl_item *line, struct pl_buf *out)
{
	static const char *const prefix[PL_NOTE_KINDS] = {
		[PL_NOTE_WARNING] = "WARNING: ", [PL_NOTE_VERBOSE] = "VERBOSE: ", [PL_NOTE_WHAT_IF] = "What if: "
	};
	char *text;

	if (kind == PL_NOTE_WARNING && pl_format_is_json(s->format)) {
		text = pl_item_dup(line);
		if (text != NULL)
			pl_json_warning(text, out);
		free(text);
	} else {
		pl_buf_text(out, prefix[kind]);
		pl_text_escape(out, line->text, line->len);
	}
	end_line(out);
}

void
pl_report_notes(struct pl_session *s)
{
	static const enum pl_note order[] = { PL_NOTE_VERBOSE, PL_NOTE_WHAT_IF, PL_NOTE_WARNING };
	struct pl_buf out;
	size_t i;

	pl_buf_init(&out);
	for (i = 0; i < PL_NOTE_KINDS; i++) {
		struct pl_buf *notes = &s->ctx.notes[order[i]];
		const char *at = notes->text;
		struct pl_item line;

		while (pl_list_next(&at, &line))
			add_note(s, order[i], &line, &out);
		pl_buf_reset(notes);
	}
	(void)put(s, &out);
}

static struct pl_session *
session_of(struct pl_ctx *ctx)
{
	return (struct pl_session *)(void *)((char *)ctx - offsetof(struct pl_session, ctx));
}

void
pl_command_tell(struct pl_ctx *ctx)
{
	pl_report_notes(session_of(ctx));
}

static void
add_error_record(const struct pl_session *s, struct pl_buf *out)
{
	const struct pl_failure *f = &s->ctx.failure;
	const struct pl_error_def *def = pl_error_def(f->error);
	char cmdlet[PL_COMMAND_NAME_MAX + 1];

	pl_cmdlet_name(s->command->name, cmdlet);
	pl_buf_printf(out, "    + CategoryInfo          : %s: (", def->category);
	add_escaped(out, f->target);
	pl_buf_printf(out, ":%s) [%s], PamLiteException\n", f->target[0] != '\0' ? "String" : "", cmdlet);
	pl_buf_printf(out, "    + FullyQualifiedErrorId : %s,%s\n", def->id, cmdlet);
}

#ifdef PL_STRICT
/* An error that the command does not declare is a fault in its table. */
static void
check_declared(const struct pl_session *s)
{
	const char *id = pl_error_def(s->ctx.failure.error)->id;

	if (pl_command_may_fail(s->command, s->ctx.failure.error))
		return;
	(void)pl_write_all(STDERR_FILENO, id, strlen(id));
	(void)pl_write_all(STDERR_FILENO, " is not declared\n", sizeof " is not declared\n" - 1);
	abort();
}
#endif

static void
add_failure(const struct pl_session *s, struct pl_buf *out)
{
	const struct pl_failure *f = &s->ctx.failure;

	pl_buf_printf(out, "%s: ", s->command->name);
	add_escaped(out, f->message);
	pl_buf_char(out, '\n');
	if (f->error == PL_ERR_OUTPUT_FAILED && f->target[0] != '\0') {
		pl_buf_text(out, "  it is about ");
		add_escaped(out, f->target);
		pl_buf_char(out, '\n');
	}
	if (f->hint[0] != '\0') {
		pl_buf_text(out, "  ");
		add_escaped(out, f->hint);
		pl_buf_char(out, '\n');
	}
	if (s->normal_view)
		add_error_record(s, out);
}

/* On standard output, which is what a monitoring system shows. */
static void
put_unknown(const struct pl_session *s)
{
	static const char unknown[] = "PAMLITE UNKNOWN - no memory\n";
	struct pl_buf line;

	pl_buf_init(&line);
	pl_plugin_unknown(s->ctx.failure.message, &line);
	pl_buf_char(&line, '\n');
	if (pl_buf_failed(&line))
		(void)pl_write_all(STDOUT_FILENO, unknown, sizeof unknown - 1);
	else
		(void)pl_write_all(STDOUT_FILENO, line.text, line.len);
	pl_buf_clear(&line);
}

void
pl_report_failure(struct pl_session *s)
{
	const struct pl_failure *f = &s->ctx.failure;
	struct pl_buf out;

	if (f->error == PL_ERR_NONE)
		return;
#ifdef PL_STRICT
	check_declared(s);
#endif
	if (pl_is_plugin(s))
		put_unknown(s);
	if (s->silent)
		return;
	pl_buf_init(&out);
	if (pl_format_is_json(s->format)) {
		pl_json_failure(f, &out);
		end_line(&out);
	} else {
		add_failure(s, &out);
	}
	if (!put(s, &out))
		put_plain(s, f->error);
}

int
pl_command_report(struct pl_ctx *ctx)
{
	struct pl_session *s = session_of(ctx);

	pl_report_notes(s);
	pl_report_failure(s);
	return pl_exit_status(s->command, ctx->failure.status, ctx->failure.error);
}
