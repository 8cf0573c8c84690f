/* event.c - a notification to the control's NotifyCommand, for chat and the like */

#include "notify/event.h"

#include <errno.h>
#include <string.h>

#include "pamlite/place.h"
#include "pamlite/root_file.h"
#include "pamlite/run.h"
#include "pamlite/store.h"

#include "notify/transport.h"

/*
 * The database says only that there is something to tell. What runs as its account could forge decisions, so
 * which program that is says root's file alone, and it must be one that nobody else could have changed. After that
 * look only root can exchange it, so it is run by its path.
 */
static bool
find_trusted(struct pl_ctx *ctx, struct pl_buf *path, struct pl_buf *why)
{
	struct pl_program program;
	enum pl_status st;

	if (!pl_root_setting_read(PL_CONFIG_DIR "/" PL_NOTIFY_SETTING, path, why)) {
		if (why->len == 0)
			pl_buf_printf(why, "%s/%s: %s", PL_CONFIG_DIR, PL_NOTIFY_SETTING, strerror(errno));
		return false;
	}
	if (path->len == 0) {
		pl_buf_text(why, "root has set no NotifyCommand");
		return false;
	}
	st = pl_program_open_trusted(ctx, path->text, NULL, &program);
	pl_program_clear(&program);
	if (st != PL_OK)
		pl_buf_text(why, ctx->failure.message);
	pl_ctx_forgive(ctx);
	return st == PL_OK;
}

static bool
find_program(struct pl_ctx *ctx, const struct pl_delivery *d, struct pl_buf *path, struct pl_buf *why)
{
	if (pl_store_is_system(ctx))
		return find_trusted(ctx, path, why);
	pl_buf_text(path, d->recipient);
	return true;
}

enum pl_taken
pl_event_send(struct pl_ctx *ctx, const struct pl_delivery *d, struct pl_buf *why)
{
	struct pl_buf path, line;
	const char *argv[2] = { NULL };
	enum pl_taken taken = PL_NOT_TAKEN;

	pl_buf_init(&path);
	pl_buf_init(&line);
	pl_buf_printf(&line, "%s\n", d->event);
	if (find_program(ctx, d, &path, why)) {
		argv[0] = path.text;
		if (pl_buf_failed(&path) || pl_buf_failed(&line))
			pl_buf_text(why, "no memory for the message");
		else
			taken = pl_transport_run(PL_EVENT_MS, argv, &line, why);
	}
	pl_buf_clear(&path);
	pl_buf_clear(&line);
	return taken;
}
