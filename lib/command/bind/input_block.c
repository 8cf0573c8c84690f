/* input_block.c - a stream read in blocks and looked at byte by byte */

#include "input.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK_SIZE = 1 << 16 };

enum pl_status
pl_input_open(struct pl_ctx *ctx, struct pl_input *in, int fd)
{
	*in = (struct pl_input){ .ctx = ctx, .fd = fd, .number = 1 };
	pl_buf_init(&in->text);
	in->block = malloc(BLOCK_SIZE);
	return in->block != NULL ? PL_OK : pl_fail_memory(ctx);
}

void
pl_input_close(struct pl_input *in)
{
	free(in->block);
	in->block = NULL;
	pl_buf_clear(&in->text);
}

static ssize_t
read_block(struct pl_input *in)
{
	bool wait = in->ctx->front_fd > 0;
	ssize_t n;

	do {
		if (wait && !pl_wait_with_front(in->ctx, in->fd, POLLIN, -1)) {
			errno = ECANCELED;
			return -1;
		}
		n = read(in->fd, in->block, BLOCK_SIZE);
		wait = wait || (n < 0 && errno == EAGAIN);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	return n;
}

int
pl_input_peek(struct pl_input *in)
{
	ssize_t n;

	if (in->block_at < in->block_len)
		return (unsigned char)in->block[in->block_at];
	if (in->ended)
		return -1;
	n = read_block(in);
	in->block_at = 0;
	in->block_len = n > 0 ? (size_t)n : 0;
	in->ended = n <= 0;
	in->error = n < 0 ? errno : 0;
	return n > 0 ? (unsigned char)in->block[0] : -1;
}

void
pl_input_step(struct pl_input_scan *scan, char c)
{
	if (scan->escape) {
		scan->escape = false;
	} else if (scan->string) {
		scan->escape = c == '\\';
		scan->string = c != '"';
	} else if (c == '"') {
		scan->string = true;
	} else if (c == '{' || c == '[') {
		scan->depth++;
	} else if ((c == '}' || c == ']') && scan->depth > 0) {
		scan->depth--;
	}
}

enum pl_input_result
pl_input_bad(struct pl_ctx *ctx, const char *why)
{
	(void)pl_fail(ctx, PL_ERR_INVALID_JSON, "%s", why);
	return PL_INPUT_BAD;
}
