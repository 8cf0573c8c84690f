/* evidence_begin.c - does what is to be read begin as an evidence file? */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/evidence_file.h"

#include "evidence_member.h"

/* What is looked at at once, which is also what a pipe holds; and how often at one that begins slowly. */
enum { BLOCK = 65536, LOOKS = 500, WAIT_NS = 20000000 };

/* Up to the end of the first property's name, which may stand behind any number of blanks and come a byte at a time. */
struct begin {
	enum { BRACE, QUOTE, NAME, YES, NO } state;
	bool escaped;
	char name[128];              /* with its quotes */
	size_t len;
};

/* Nobody has checked the text yet, and names are taken apart only where they are names. */
static bool
is_member(const struct begin *b)
{
	const char *why;
	size_t at;

	return pl_json_check(b->name, b->len, &why, &at) == PL_JSON_WHOLE &&
	    evidence_member_find(b->name, b->len) < EVIDENCE_MEMBERS;
}

static void
take_name(struct begin *b, char c)
{
	if (b->len == sizeof b->name) {
		b->state = NO;
		return;
	}
	b->name[b->len++] = c;
	if (c == '"' && b->len > 1 && !b->escaped)
		b->state = is_member(b) ? YES : NO;
	b->escaped = c == '\\' && !b->escaped;
}

static void
take(struct begin *b, char c)
{
	static const char wanted[] = { [BRACE] = '{', [QUOTE] = '"' };

	if (b->state == NAME) {
		take_name(b, c);
		return;
	}
	if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		return;
	if (c != wanted[b->state]) {
		b->state = NO;
		return;
	}
	b->state = b->state == BRACE ? QUOTE : NAME;
	if (b->state == NAME)
		take_name(b, c);
}

static void
take_block(struct begin *b, const char *block, ssize_t len)
{
	ssize_t i;

	for (i = 0; i < len && b->state < YES; i++)
		take(b, block[i]);
}

/* What is in the pipe, in a copy; -1 if it is none. Waits for the first byte. */
static ssize_t
copy(int fd, char block[BLOCK])
{
	ssize_t n = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	n = tee(fd, ends[1], BLOCK, 0);
	if (n > 0)
		n = read(ends[0], block, BLOCK);
	close(ends[0]);
	close(ends[1]);
	return n;
}

/* Who writes may begin with a brace alone: it is looked at again, until more of it is there or no more comes. */
static bool
pipe_is_evidence(int fd, char block[BLOCK])
{
	const struct timespec pause = { .tv_nsec = WAIT_NS };
	struct pollfd end = { .fd = fd };
	struct begin b = { .state = BRACE };
	ssize_t n = 0;
	int i;

	for (i = 0; i < LOOKS && n < BLOCK; i++) {
		/* Before the look: what is written until then is seen. */
		const bool ended = poll(&end, 1, 0) > 0;

		b = (struct begin){ .state = BRACE };
		n = copy(fd, block);
		take_block(&b, block, n);
		if (b.state >= YES || n <= 0 || ended)
			break;
		(void)nanosleep(&pause, NULL);
	}
	return b.state == YES;
}

bool
pl_evidence_is_file(int fd)
{
	struct begin b = { .state = BRACE };
	char block[BLOCK];
	off_t at = 0;
	ssize_t n = 0;

	while (b.state < YES && (n = pread(fd, block, sizeof block, at)) > 0) {
		take_block(&b, block, n);
		at += n;
	}
	if (at == 0 && n < 0 && errno == ESPIPE)
		return pipe_is_evidence(fd, block);
	return b.state == YES;
}
