/* restore_front.c - root's side of restoring a backup: what the anchor is told */

#include "restore_front.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "pamlite/anchor.h"
#include "pamlite/place.h"
#include "pamlite/syslog.h"
#include "pamlite/text.h"

#include "command/front.h"

bool
pl_restore_front_is_meant(const struct pl_command *command)
{
	return (command->needs & PL_REPLACES_STORE) != 0;
}

/* "17<TAB>HASH-BEFORE<TAB>HASH": the record of the restoring, and what it follows. */
static bool
read_record(const char *text, struct pl_channel_head *end, struct pl_channel_head *head)
{
	const size_t digits = strcspn(text, "\t");
	int64_t sequence;

	memset(end, 0, sizeof *end);
	memset(head, 0, sizeof *head);
	if (!pl_text_parse_int(text, digits, &sequence) || sequence < 1 ||
	    sscanf(text + digits, "\t%64[0-9a-f]\t%64[0-9a-f]", end->hash, head->hash) != 2 ||
	    strlen(end->hash) != PL_DIGEST_LEN || strlen(head->hash) != PL_DIGEST_LEN)
		return false;
	end->sequence = sequence - 1;
	head->sequence = sequence;
	return true;
}

/* Not more than numbers and hashes is taken from the database's side. */
static bool
find_record(struct pl_ctx *ctx, struct pl_channel_head *end, struct pl_channel_head *head)
{
	struct pl_second second = { .command = "search-elevated-access-audit-log", .in = -1, .out = -1 };
	struct pl_words words = { 0 };
	struct pl_buf answer;
	int status;
	bool found;

	pl_buf_init(&answer);
	pl_words_add(&words, "Operations", "Restore-ElevatedAccessDatabase\n");
	pl_words_add(&words, "ResultSize", "1");
	pl_words_add(&words, "Property", "Sequence\nPreviousHash\nHash\n");
	pl_words_add(&words, "OutputFormat", "Value");
	second.words = &words;
	second.captured = &answer;
	found = pl_front_second(ctx, &second, &status) == PL_OK && status == 0 && !pl_buf_failed(&answer) &&
	    read_record(answer.text, end, head);
	pl_words_clear(&words);
	pl_buf_clear(&answer);
	return found;
}

/*
 * The anchor knows records that are lost: without this line nothing would run on the database any more. Until it is
 * there nothing does, so a process that is killed before has to be started again.
 */
static enum pl_status
tell_anchor(struct pl_ctx *ctx)
{
	struct pl_channel_head end, head;

	if (!find_record(ctx, &end, &head)) {
		(void)pl_fail(ctx, PL_ERR_INTERNAL, "the backup is restored, but its record cannot be found");
		return pl_hint(ctx, "nothing runs until %s says that it was: restore it again", PL_ANCHOR);
	}
	if (!pl_anchor_restored(&end, &head)) {
		(void)pl_fail(ctx, PL_ERR_DATABASE_IO, "the backup is restored, but %s cannot be written: %s",
		    PL_ANCHOR, strerror(errno));
		return pl_hint(ctx, "nothing runs until it says so: mend that and restore it again");
	}
	pl_syslog(LOG_WARNING, "root has restored a backup that ended with record %lld, %s; what was recorded after it"
	    " is lost, and record %lld, %s, is behind it now", (long long)end.sequence, end.hash,
	    (long long)head.sequence, head.hash);
	return PL_OK;
}

enum pl_status
pl_restore_front_act(struct pl_session *s)
{
	enum pl_status st = pl_front_act(s);

	/* Who is not root has been refused. */
	if (st != PL_OK || s->exit_status != 0 || s->ctx.what_if || geteuid() != 0)
		return st;
	st = tell_anchor(&s->ctx);
	pl_report_failure(s);
	return st;
}
