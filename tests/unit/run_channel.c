/* run_channel.c - tests of the channel to the store child: only a whole answer to the very question is one */

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pamlite/channel.h"

#include "unit.h"

static const struct pl_question may = { .magic = PL_CHANNEL_MAGIC, .kind = PL_ASK_MAY, .number = 7 },
	start = { .magic = PL_CHANNEL_MAGIC, .kind = PL_ASK_START, .number = 8 },
	watch = { .magic = PL_CHANNEL_MAGIC, .kind = PL_ASK_WATCH, .number = 9 },
	end = { .magic = PL_CHANNEL_MAGIC, .kind = PL_ASK_FINISH, .number = 10 },
	show = { .magic = PL_CHANNEL_MAGIC, .kind = PL_ASK_SHOW, .number = 11 };

static struct pl_answer
yes_to(const struct pl_question *q)
{
	struct pl_answer a = { .magic = PL_CHANNEL_MAGIC, .kind = q->kind, .number = q->number,
		.verdict = PL_ANSWER_YES };

	if (q->kind == PL_ASK_MAY)
		memset(a.definition, 'a', PL_DIGEST_LEN);
	if (q->kind == PL_ASK_START || q->kind == PL_ASK_SHOW)
		memset(a.execution, '1', PL_ID_LEN);
	return a;
}

static struct pl_answer
no_to(const struct pl_question *q)
{
	return (struct pl_answer){ .magic = PL_CHANNEL_MAGIC, .kind = q->kind, .number = q->number,
		.verdict = PL_ANSWER_NO, .status = 77 };
}

static bool
is_sound(const struct pl_question *q, const struct pl_answer *a)
{
	return pl_answer_is_sound(q, a, sizeof *a);
}

static void
test_sound(void)
{
	const struct pl_question *const questions[] = { &may, &start, &watch, &end, &show };
	struct pl_answer a;
	size_t i;

	for (i = 0; i < sizeof questions / sizeof questions[0]; i++) {
		a = yes_to(questions[i]);
		CHECK(is_sound(questions[i], &a));
		a.head.sequence = 1;
		memset(a.head.hash, '0', PL_DIGEST_LEN);
		CHECK(is_sound(questions[i], &a));
		CHECK(!pl_answer_is_sound(questions[i], &a, sizeof a - 1));
		CHECK(!pl_answer_is_sound(questions[i], &a, sizeof a + 1));
		CHECK(!pl_answer_is_sound(questions[i], &a, 0));
		a = no_to(questions[i]);
		CHECK(is_sound(questions[i], &a));
	}
	a = yes_to(&start);
	a.flags = PL_ANSWER_WHAT_IF;
	CHECK(!is_sound(&start, &a));
	a.execution[0] = '\0';
	CHECK(is_sound(&start, &a));
}

/* Each by itself makes a good answer to START a bad one. */
static void
lie(struct pl_answer *a, int which)
{
	switch (which) {
	case 0: a->magic ^= 1; break;
	case 1: a->kind = PL_ASK_MAY; break;
	case 2: a->number--; break;
	case 3: a->verdict = 0; break;
	case 4: a->verdict = 1; break;
	case 5: a->verdict ^= 1U << 31; break;
	case 6: a->status = 1; break;
	case 7: a->execution[0] = '\0'; break;
	case 8: a->execution[PL_ID_LEN - 1] = '\0'; break;
	case 9: a->execution[PL_ID_LEN] = '1'; break;
	case 10: a->execution[3] = '/'; break;
	case 11: a->request[0] = 'a'; break;
	case 12: memset(a->request, '\n', PL_ID_LEN); break;
	case 13: memset(a->definition, 'A', PL_DIGEST_LEN); break;
	case 14: memset(a->definition, 'a', sizeof a->definition); break;
	case 15: a->head.sequence = -1; break;
	case 16: a->head.sequence = 1; break;
	case 17: memset(a->recording, 'g', PL_DIGEST_LEN); break;
	case 18: a->recording[0] = 'a'; break;
	default: memset(a->head.hash, '0', PL_DIGEST_LEN); break;
	}
}

static void
test_lies(void)
{
	struct pl_answer a;
	int i;

	for (i = 0; i <= 19; i++) {
		a = yes_to(&start);
		lie(&a, i);
		if (is_sound(&start, &a))
			printf("# lie %d\n", i);
		CHECK(!is_sound(&start, &a));
	}
	a = yes_to(&may);
	a.definition[0] = '\0';
	CHECK(!is_sound(&may, &a));
	a = yes_to(&show);
	a.execution[0] = '\0';
	CHECK(!is_sound(&show, &a));
	a = no_to(&may);
	for (i = -1; i <= 256; i++) {
		a.status = i;
		CHECK(is_sound(&may, &a) == (i >= 1 && i <= 255));
	}
}

/* A good answer that comes late, in two parts, behind another one, or from nobody. */
static void
test_waiting(void)
{
	struct pl_answer a = yes_to(&watch), got;
	struct pl_question q;
	int pair[2];

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	CHECK(pl_channel_is_silent(pair[0]));
	CHECK(!pl_channel_answer(pair[0], &watch, 10, &got));
	CHECK(pl_channel_ask(pair[0], &watch));
	CHECK(pl_channel_next(pair[1], &q));
	CHECK(q.magic == watch.magic && q.kind == watch.kind && q.number == watch.number);
	CHECK(pl_channel_reply(pair[1], &q, &a));
	CHECK(!pl_channel_is_silent(pair[0]));
	CHECK(pl_channel_answer(pair[0], &watch, -1, &got) && got.number == watch.number);
	CHECK(send(pair[1], &a, sizeof a / 2, 0) > 0 && send(pair[1], &a, sizeof a / 2, 0) > 0);
	CHECK(!pl_channel_answer(pair[0], &watch, 10, &got) && got.magic == 0);
	CHECK(!pl_channel_answer(pair[0], &watch, 10, &got));
	CHECK(pl_channel_reply(pair[1], &end, &a) && pl_channel_reply(pair[1], &watch, &a));
	CHECK(!pl_channel_answer(pair[0], &watch, 10, &got));
	close(pair[1]);
	CHECK(pl_channel_answer(pair[0], &watch, 10, &got));
	CHECK(!pl_channel_is_silent(pair[0]));
	CHECK(!pl_channel_answer(pair[0], &watch, 10, &got));
	CHECK(!pl_channel_ask(pair[0], &watch));
	close(pair[0]);
}

int
main(void)
{
	test_sound();
	test_lies();
	test_waiting();
	return unit_end();
}
