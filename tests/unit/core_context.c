/* core_context.c - tests of failures, targets, hints and notes */

#include "pamlite/context.h"
#include "pamlite/text.h"

#include "unit.h"

static void
test_init(void)
{
	struct pl_ctx ctx;

	memset(&ctx, 0x5a, sizeof(ctx));
	pl_ctx_init(&ctx);
	CHECK_INT(ctx.failure.error, PL_ERR_NONE);
	CHECK_STR(ctx.failure.message, "");
	for (int i = 0; i < PL_NOTE_KINDS; i++)
		CHECK_STR(ctx.notes[i].text, "");
	CHECK(ctx.caller.uid != 0);
	CHECK(ctx.caller.login_uid == PL_LOGIN_UNSET);
	CHECK(ctx.store == NULL && ctx.operation == NULL && ctx.list.filter == NULL);
	ctx.list.filter = strdup("a");
	ctx.list.sort_by = strdup("b");
	pl_ctx_clear(&ctx);
	CHECK(ctx.list.filter == NULL && ctx.list.sort_by == NULL);
	pl_ctx_clear(&ctx);
	pl_ctx_clear(NULL);
}

static void
test_failure(void)
{
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	CHECK_INT(pl_fail(&ctx, PL_ERR_NOT_PENDING, "request %s is not pending", "1"), PL_E_STATE);
	CHECK_INT(ctx.failure.status, PL_E_STATE);
	CHECK_STR(ctx.failure.message, "request 1 is not pending");
	CHECK_INT(pl_target(&ctx, "1"), PL_E_STATE);
	CHECK_INT(pl_hint(&ctx, "get-%s", "x"), PL_E_STATE);
	CHECK_STR(ctx.failure.target, "1");
	CHECK_STR(ctx.failure.hint, "get-x");
	/* From its own buffers. */
	pl_target(&ctx, ctx.failure.target);
	CHECK_STR(ctx.failure.target, "1");
	CHECK_INT(pl_fail(&ctx, PL_ERR_INVALID_INPUT, "object %s: %s", ctx.failure.target, ctx.failure.message),
	    PL_E_DATA);
	CHECK_STR(ctx.failure.message, "object 1: request 1 is not pending");
	CHECK_STR(ctx.failure.target, "");
	CHECK_STR(ctx.failure.hint, "");
	pl_target(&ctx, NULL);
	CHECK_STR(ctx.failure.target, "");
	CHECK_INT(pl_fail_memory(&ctx), PL_E_OS);
	CHECK_INT(ctx.failure.error, PL_ERR_OUT_OF_MEMORY);
	pl_ctx_forgive(&ctx);
	CHECK_INT(ctx.failure.status, PL_OK);
	CHECK_STR(ctx.failure.message, "");
	/* An error must never become a success. */
	CHECK_INT(pl_fail(&ctx, PL_ERR_NONE, "none"), PL_E_INTERNAL);
	CHECK_INT(pl_fail(&ctx, PL_ERROR_END, "end"), PL_E_INTERNAL);
	pl_ctx_clear(&ctx);
}

/* Too long a text ends between two characters, wherever the cut falls. */
static void
test_long(void)
{
	static const char *const characters[] = { "a", "\u00e4", "\u20ac", "\U0001f600" };
	struct pl_ctx ctx;
	struct pl_buf b;

	pl_ctx_init(&ctx);
	pl_buf_init(&b);
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		for (int lead = 0; lead < 4; lead++) {
			pl_buf_reset(&b);
			pl_buf_printf(&b, "%.*s", lead, "xyz");
			while (b.len < 2 * PL_MESSAGE_MAX)
				pl_buf_text(&b, characters[i]);
			pl_fail(&ctx, PL_ERR_INTERNAL, "%s", b.text);
			pl_target(&ctx, b.text);
			pl_hint(&ctx, "%s", b.text);
			CHECK(strlen(ctx.failure.message) > PL_MESSAGE_MAX - 4);
			CHECK(pl_utf8_is_valid(ctx.failure.message, strlen(ctx.failure.message)));
			CHECK(strlen(ctx.failure.target) > PL_TARGET_MAX - 4);
			CHECK(pl_utf8_is_valid(ctx.failure.target, strlen(ctx.failure.target)));
			CHECK_STR(ctx.failure.hint, ctx.failure.message);
		}
	}
	pl_buf_clear(&b);
	pl_ctx_clear(&ctx);
}

static void
test_notes(void)
{
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	pl_note(&ctx, PL_NOTE_WARNING, "%s", "one");
	pl_note(&ctx, PL_NOTE_WARNING, "%s", "two\nforged");
	pl_note(&ctx, PL_NOTE_VERBOSE, "quiet");
	pl_note(&ctx, PL_NOTE_KINDS, "no such kind");
	CHECK_STR(ctx.notes[PL_NOTE_WARNING].text, "one\ntwo forged\n");
	CHECK_STR(ctx.notes[PL_NOTE_VERBOSE].text, "");
	ctx.verbose = true;
	pl_note(&ctx, PL_NOTE_VERBOSE, "loud");
	CHECK_STR(ctx.notes[PL_NOTE_VERBOSE].text, "loud\n");
	pl_ctx_clear(&ctx);
	CHECK_STR(ctx.notes[PL_NOTE_WARNING].text, "");
}

int
main(void)
{
	test_init();
	test_failure();
	test_long();
	test_notes();
	return unit_end();
}
