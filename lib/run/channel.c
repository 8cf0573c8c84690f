/* channel.c - what the runner asks its store child, and what that may answer */

#include "pamlite/channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "pamlite/elapsed.h"
#include "pamlite/row.h"

/* One message whole: never a part, never a signal for a socket without another end. */
static bool
send_whole(int fd, const void *message, size_t size)
{
	ssize_t n;

	do
		n = send(fd, message, size, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)size;
}

/* The message's real length, also where it is longer than the room: then it is no message of ours. */
static ssize_t
receive(int fd, void *out, size_t size)
{
	ssize_t n;

	do
		n = recv(fd, out, size, MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	return n;
}

bool
pl_channel_ask(int fd, const struct pl_question *q)
{
	return send_whole(fd, q, sizeof(*q));
}

/* Until there is something to read; false at the deadline, also for what came before it and is seen behind it. */
static bool
wait_readable(int fd, int deadline_ms)
{
	const int64_t end = deadline_ms >= 0 ? pl_elapsed_ms() + deadline_ms : 0;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int64_t left = -1;
	int n;

	do {
		if (deadline_ms >= 0) {
			left = end - pl_elapsed_ms();
			if (left < 0)
				left = 0;
		}
		n = poll(&p, 1, (int)left);
	} while (n < 0 && errno == EINTR);
	return n > 0 && (deadline_ms <= 0 || pl_elapsed_ms() <= end);
}

/* Either empty or exactly `len` of those characters, and ended. */
static bool
is_word(const char *text, size_t len, const char *of)
{
	return text[0] == '\0' || (strnlen(text, len + 1) == len && strspn(text, of) == len);
}

static bool
is_sound_head(const struct pl_channel_head *head)
{
	return head->sequence >= 0 && is_word(head->hash, PL_DIGEST_LEN, "0123456789abcdef") &&
	    (head->sequence == 0) == (head->hash[0] == '\0');
}

/* A yes has what it is a yes to, and a no never ends as if all had gone well. */
static bool
is_whole(const struct pl_answer *a)
{
	if (a->verdict == PL_ANSWER_NO)
		return a->status >= 1 && a->status <= 255;
	if (a->verdict != PL_ANSWER_YES || a->status != 0)
		return false;
	if (a->kind == PL_ASK_SHOW)
		return a->execution[0] != '\0';
	return a->kind == PL_ASK_MAY ? a->definition[0] != '\0'
	    : a->kind != PL_ASK_START || (a->execution[0] == '\0') == ((a->flags & PL_ANSWER_WHAT_IF) != 0);
}

bool
pl_answer_is_sound(const struct pl_question *q, const void *bytes, size_t len)
{
	struct pl_answer a;

	if (len != sizeof(a))
		return false;
	memcpy(&a, bytes, sizeof(a));
	return a.magic == PL_CHANNEL_MAGIC && a.kind == q->kind && a.number == q->number && is_whole(&a) &&
	    is_word(a.execution, PL_ID_LEN, "0123456789abcdef-") &&
	    is_word(a.request, PL_ID_LEN, "0123456789abcdef-") &&
	    is_word(a.definition, PL_DIGEST_LEN, "0123456789abcdef") &&
	    is_word(a.recording, PL_DIGEST_LEN, "0123456789abcdef") && is_sound_head(&a.head);
}

bool
pl_channel_answer(int fd, const struct pl_question *q, int deadline_ms, struct pl_answer *out)
{
	ssize_t n;

	memset(out, 0, sizeof(*out));
	if (!wait_readable(fd, deadline_ms))
		return false;
	n = receive(fd, out, sizeof(*out));
	if (n >= 0 && pl_answer_is_sound(q, out, (size_t)n))
		return true;
	memset(out, 0, sizeof(*out));
	return false;
}

bool
pl_channel_is_silent(int fd)
{
	return !wait_readable(fd, 0);
}

bool
pl_channel_next(int fd, struct pl_question *out)
{
	memset(out, 0, sizeof(*out));
	return receive(fd, out, sizeof(*out)) == (ssize_t)sizeof(*out) && out->magic == PL_CHANNEL_MAGIC;
}

bool
pl_channel_reply(int fd, const struct pl_question *q, struct pl_answer *a)
{
	a->magic = PL_CHANNEL_MAGIC;
	a->kind = q->kind;
	a->number = q->number;
	return send_whole(fd, a, sizeof(*a));
}
