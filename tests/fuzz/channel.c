/* channel.c - fuzzes what root takes for an answer of its store child, and the child for a question */

#include <sys/socket.h>
#include <unistd.h>

#include "pamlite/channel.h"
#include "pamlite/row.h"

#include "fuzz.h"

static bool
is_hex(const char *s, size_t len, bool dashes)
{
	for (size_t i = 0; i < len; i++)
		if (!((s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f') || (dashes && s[i] == '-')))
			return false;
	return s[len] == '\0';
}

/* Said the long way: each field of an answer that root goes by. */
static bool
is_sound(const struct pl_question *q, const struct pl_answer *a)
{
	const bool yes = a->verdict == PL_ANSWER_YES, no = a->verdict == PL_ANSWER_NO;

	if (a->magic != PL_CHANNEL_MAGIC || a->kind != q->kind || a->number != q->number)
		return false;
	if ((!yes && !no) || (yes && a->status != 0) || (no && (a->status <= 0 || a->status > 255)))
		return false;
	if ((a->execution[0] != '\0' && !is_hex(a->execution, PL_ID_LEN, true)) ||
	    (a->request[0] != '\0' && !is_hex(a->request, PL_ID_LEN, true)) ||
	    (a->definition[0] != '\0' && !is_hex(a->definition, PL_DIGEST_LEN, false)) ||
	    (a->recording[0] != '\0' && !is_hex(a->recording, PL_DIGEST_LEN, false)) ||
	    (a->head.sequence == 0 ? a->head.hash[0] != '\0' : !is_hex(a->head.hash, PL_DIGEST_LEN, false)) ||
	    a->head.sequence < 0)
		return false;
	if (yes && q->kind == PL_ASK_MAY)
		return a->definition[0] != '\0';
	if (yes && q->kind == PL_ASK_SHOW)
		return a->execution[0] != '\0';
	if (yes && q->kind == PL_ASK_START)
		return (a->flags & PL_ANSWER_WHAT_IF ? a->execution[0] == '\0' : a->execution[0] != '\0');
	return true;
}

static bool
is_zero(const void *p, size_t len)
{
	const char *bytes = p;

	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* Over a real socket: the bytes as one message to each side. */
static void
check_wire(const struct pl_question *asked, const uint8_t *bytes, size_t len, bool sound)
{
	struct pl_question question;
	struct pl_answer answer;
	uint32_t magic = 0;
	int ends[2];

	demand(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "there is a socket");
	for (int i = 0; i < 2; i++)
		demand(send(ends[0], bytes, len, 0) == (ssize_t)len, "it is sent");
	demand(pl_channel_answer(ends[1], asked, 0, &answer) == sound, "an answer is taken as it is judged");
	demand(sound ? memcmp(&answer, bytes, len) == 0 : is_zero(&answer, sizeof answer),
	    "nothing of a bad answer is left");
	if (len >= sizeof magic)
		memcpy(&magic, bytes, sizeof magic);
	demand(pl_channel_next(ends[1], &question) == (len == sizeof question && magic == PL_CHANNEL_MAGIC),
	    "a question is of one size and says that it is one");
	close(ends[0]);
	close(ends[1]);
}

/* What is asked and answered arrives as it was sent. */
static void
check_round_trip(const struct pl_question *q, const struct pl_answer *a)
{
	struct pl_question question;
	struct pl_answer sent = *a, answer;
	int ends[2];

	demand(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "there is a socket");
	demand(pl_channel_ask(ends[0], q) && pl_channel_next(ends[1], &question), "a question arrives");
	demand(memcmp(q, &question, sizeof question) == 0, "a question is what was asked");
	demand(pl_channel_reply(ends[1], &question, &sent), "an answer is sent");
	demand(sent.magic == PL_CHANNEL_MAGIC && sent.kind == q->kind && sent.number == q->number,
	    "it is to the question");
	demand(pl_channel_answer(ends[0], q, 0, &answer) == is_sound(q, &sent), "it is judged as it was sent");
	close(ends[0]);
	demand(!pl_channel_ask(ends[1], q), "nothing goes to an end that is closed");
	close(ends[1]);
}

/* The kind and number that the question has, and then the answer's bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	struct pl_question q = { .magic = PL_CHANNEL_MAGIC };
	struct pl_answer a = { 0 };
	bool sound;

	q.kind = 1 + fuzz_below(&in, 6);
	q.number = fuzz_byte(&in);
	if (in.left > 0)
		memcpy(&a, in.at, in.left < sizeof a ? in.left : sizeof a);
	sound = pl_answer_is_sound(&q, in.at, in.left);
	demand(sound == (in.left == sizeof a && is_sound(&q, &a)),
	    "an answer of the exact size is judged field by field");
	if (in.left > 0)
		check_wire(&q, in.at, in.left, sound);
	check_round_trip(&q, &a);
	return 0;
}
