/* channel.h - what the runner asks its store child, and what that may answer */
#ifndef PAMLITE_CHANNEL_H
#define PAMLITE_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/digest.h"
#include "pamlite/uuid.h"

/*
 * A SOCK_SEQPACKET pair; the child has its end as descriptor PL_CHANNEL_FD. Every
 * message is one struct of fixed size. What the run is about (task, parameters, caller)
 * the child has from its argument vector, which root made; answers carry neither
 * a path nor an argument: root must not do what `pamlite` says.
 */
enum { PL_CHANNEL_FD = 3 };
#define PL_CHANNEL_MAGIC UINT32_C(0x706c4351)

enum pl_question_kind {
	PL_ASK_MAY = 1,      /* may this caller run this task now? Nothing is written but a refusal */
	PL_ASK_START,        /* the same again with what root has found; count the use and record the start */
	PL_ASK_WATCH,        /* is the run still wanted? */
	PL_ASK_FINISH,       /* record the end */
	PL_ASK_REPORT,       /* root cannot do it: tell the caller, in the form he asked for */
	PL_ASK_SHOW,         /* may this caller see that run's recording? Alone, but for a REPORT */
};

/* A place in the audit chain; sequence 0 = none. */
struct pl_channel_head {
	int64_t sequence;
	char hash[PL_DIGEST_LEN + 1];
};

/* What is known of a recorded run at its end; "" = not recorded, the terminal. Bytes: PL_NULL = the terminal. */
struct pl_channel_recorded {
	char sha256[PL_DIGEST_LEN + 1];
	char input[PL_DIGEST_LEN + 1], output[PL_DIGEST_LEN + 1];
	int64_t input_bytes, output_bytes;
};

struct pl_question {
	uint32_t magic, kind, number;             /* number: answered with the same */
	int32_t exit_status, signal;              /* FINISH */
	uint32_t reason;                          /* FINISH: enum pl_end_reason */
	int64_t ended_at;                         /* FINISH: Unix seconds, when the task itself ended */
	char execution[PL_ID_LEN + 1];            /* WATCH, FINISH, SHOW */
	char definition[PL_DIGEST_LEN + 1];       /* START: of the task file that was read */
	char parameters[PL_DIGEST_LEN + 1];       /* START: SHA-256 of the bound parameters */
	struct pl_channel_recorded recorded;      /* FINISH */
	struct pl_channel_head anchor;            /* MAY: the highest that root has kept */
	struct pl_failure failure;                /* REPORT */
};

/* Several bits apart, so that no single one makes a yes out of a no. */
#define PL_ANSWER_YES UINT32_C(0x59e5a1c3)
#define PL_ANSWER_NO UINT32_C(0xa61a5e3c)

enum pl_answer_flag { PL_ANSWER_TERMINATE = 1, PL_ANSWER_WHAT_IF = 2, PL_ANSWER_STOPPED = 4, PL_ANSWER_REVOKED = 8,
	PL_ANSWER_OVER = 16, PL_ANSWER_RECORD = 32 };

struct pl_answer {
	uint32_t magic, kind, number;
	uint32_t verdict;
	int32_t status;                           /* NO: 1 to 255, to exit with; the caller has been told why */
	uint32_t flags;                           /* enum pl_answer_flag */
	int64_t end_at;                           /* of the grant, Unix seconds; PL_NULL without */
	int64_t recording_max;                    /* MAY, with PL_ANSWER_RECORD: bytes */
	char execution[PL_ID_LEN + 1];            /* START, SHOW */
	char request[PL_ID_LEN + 1];              /* START; "" for a system account */
	char definition[PL_DIGEST_LEN + 1];       /* MAY: what the grant was given for */
	char recording[PL_DIGEST_LEN + 1];        /* SHOW: by the end record; "" = it has none */
	struct pl_channel_head head;              /* START, FINISH: of the chain after it */
};

/* False if it cannot be sent whole: the other side is gone. */
bool pl_channel_ask(int fd, const struct pl_question *q);

/*
 * Wait for the answer to `q` until the deadline (milliseconds from now; -1 = for ever). False
 * if it does not come, is not of the exact size, or does not fit the question in magic, kind
 * and number, lacks what such a yes or no has, or if one of its texts is not ended or not of
 * its form. *out is then zeroed.
 */
bool pl_channel_answer(int fd, const struct pl_question *q, int deadline_ms, struct pl_answer *out);
/* Is there nothing to be read, and the other side still there? */
bool pl_channel_is_silent(int fd);
/* Is that a whole and well-formed answer to the question? For pl_channel_answer() and a fuzzer. */
bool pl_answer_is_sound(const struct pl_question *q, const void *bytes, size_t len);

/* The child's side: the next question; false at the end or if it is not one. */
bool pl_channel_next(int fd, struct pl_question *out);
bool pl_channel_reply(int fd, const struct pl_question *q, struct pl_answer *a);

#endif
