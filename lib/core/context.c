/* context.c - what every call shares, and where failures are noted */

#include "pamlite/context.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/text.h"

void
pl_ctx_init(struct pl_ctx *ctx)
{
	memset(ctx, 0, sizeof(*ctx));
	for (int i = 0; i < PL_NOTE_KINDS; i++)
		pl_buf_init(&ctx->notes[i]);
	/* A context whose caller was never read must not act as root. */
	ctx->caller.uid = (uid_t)-1;
	ctx->caller.login_uid = PL_LOGIN_UNSET;
	ctx->input_fd = -1;
}

void
pl_ctx_clear(struct pl_ctx *ctx)
{
	if (ctx == NULL)
		return;
	for (int i = 0; i < PL_NOTE_KINDS; i++)
		pl_buf_clear(&ctx->notes[i]);
	free(ctx->list.filter);
	free(ctx->list.sort_by);
	ctx->list.filter = NULL;
	ctx->list.sort_by = NULL;
}

/* Formats beside and copies, since the arguments may be parts of the last failure. */
__attribute__((format(printf, 2, 0))) static void
write_message(char out[PL_MESSAGE_MAX + 1], const char *fmt, va_list ap)
{
	char text[PL_MESSAGE_MAX + 1];
	int n;

	n = vsnprintf(text, sizeof(text), fmt, ap);
	if (n < 0)
		text[0] = '\0';
	else if ((size_t)n >= sizeof(text))
		pl_text_trim(text);
	memcpy(out, text, strlen(text) + 1);
}

enum pl_status
pl_fail(struct pl_ctx *ctx, enum pl_error error, const char *fmt, ...)
{
	struct pl_failure *f = &ctx->failure;
	va_list ap;

	va_start(ap, fmt);
	write_message(f->message, fmt, ap);
	va_end(ap);
	/* A failure without an error would be reported as success. */
	if (pl_error_def(error)->status == PL_OK)
		error = PL_ERR_INTERNAL;
	f->error = error;
	f->status = pl_error_def(error)->status;
	f->target[0] = '\0';
	f->hint[0] = '\0';
	return f->status;
}

enum pl_status
pl_target(struct pl_ctx *ctx, const char *target)
{
	struct pl_failure *f = &ctx->failure;
	size_t len = target != NULL ? strnlen(target, PL_TARGET_MAX) : 0;
	bool cut = len == PL_TARGET_MAX && target[len] != '\0';

	if (len > 0)
		memmove(f->target, target, len);
	f->target[len] = '\0';
	if (cut)
		pl_text_trim(f->target);
	return f->status;
}

enum pl_status
pl_hint(struct pl_ctx *ctx, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_message(ctx->failure.hint, fmt, ap);
	va_end(ap);
	return ctx->failure.status;
}

enum pl_status
pl_fail_at(struct pl_ctx *ctx, const char *fmt, ...)
{
	struct pl_failure *f = &ctx->failure;
	char place[PL_MESSAGE_MAX + 1], text[2 * PL_MESSAGE_MAX + 4];
	va_list ap;

	va_start(ap, fmt);
	write_message(place, fmt, ap);
	va_end(ap);
	if (f->error == PL_ERR_NONE)
		return f->status;
	(void)snprintf(text, sizeof(text), "%s: %s", place, f->message);
	pl_text_copy(f->message, sizeof(f->message), text);
	return f->status;
}

enum pl_status
pl_fail_memory(struct pl_ctx *ctx)
{
	return pl_fail(ctx, PL_ERR_OUT_OF_MEMORY, "out of memory");
}

void
pl_ctx_forgive(struct pl_ctx *ctx)
{
	memset(&ctx->failure, 0, sizeof(ctx->failure));
}

void
pl_note(struct pl_ctx *ctx, enum pl_note kind, const char *fmt, ...)
{
	struct pl_buf *notes;
	size_t from;
	va_list ap;

	if ((unsigned)kind >= PL_NOTE_KINDS || (kind == PL_NOTE_VERBOSE && !ctx->verbose))
		return;
	notes = &ctx->notes[kind];
	from = notes->len;
	va_start(ap, fmt);
	pl_buf_vprintf(notes, fmt, ap);
	va_end(ap);
	/* Text from outside must not begin a note of its own. */
	for (size_t i = from; i < notes->len; i++)
		if (notes->text[i] == '\n')
			notes->text[i] = ' ';
	pl_buf_char(notes, '\n');
}

bool
pl_wait_with_front(const struct pl_ctx *ctx, int fd, short events, int timeout_ms)
{
	struct pollfd fds[] = { { .fd = fd, .events = events },
		{ .fd = ctx->front_fd > 0 ? ctx->front_fd : -1, .events = POLLIN } };
	int n;

	do
		n = poll(fds, 2, timeout_ms);
	while (n < 0 && errno == EINTR);
	return fds[1].revents == 0;
}

enum pl_status
pl_check_front(struct pl_ctx *ctx)
{
	if (ctx->front_fd <= 0 || pl_wait_with_front(ctx, -1, 0, 0))
		return PL_OK;
	return pl_fail(ctx, PL_ERR_CALLER_GONE, "the process that asked is gone; nothing further was done");
}
