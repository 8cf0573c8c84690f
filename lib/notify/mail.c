/* mail.c - a notification through the host's mail system */

#include "notify/mail.h"

#include "pamlite/place.h"
#include "pamlite/text.h"

#include "notify/message.h"
#include "notify/transport.h"

/*
 * No shell, nothing in the message is read as an address (-t), a line with a dot alone ends nothing (-i), and
 * what comes after -- is no option. Mail programs have taken addresses that begin with a bar for programs.
 */
enum pl_taken
pl_mail_send(struct pl_ctx *ctx, const struct pl_delivery *d, struct pl_buf *why)
{
	const char *const argv[] = { PL_SENDMAIL, "-i", "--", d->recipient, NULL };
	struct pl_buf text;
	enum pl_taken taken = PL_NOT_TAKEN;

	if (!pl_text_is_mail_recipient(d->recipient)) {
		pl_buf_text(why, "the recipient is no address that mail is sent to");
		return taken;
	}
	pl_buf_init(&text);
	pl_message_format(d, ctx->caller.account, ctx->caller.host, &text);
	if (pl_buf_failed(&text))
		pl_buf_text(why, "no memory for the message");
	else
		taken = pl_transport_run(PL_MAIL_MS, argv, &text, why);
	pl_buf_clear(&text);
	return taken;
}
