/* out_writer.c - buffered writing that keeps the first error for later */

#include "output/out.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/*
 * Another program may have made a shared pipe or terminal non-blocking. Where this process acts for another,
 * it looks whether that is still there; a longer write to a pipe would wait inside.
 */
static void
write_all(struct out_writer *w, const char *p, size_t len)
{
	const bool acts_for_front = w->ctx->front_fd > 0;
	bool wait = acts_for_front;
	ssize_t n;

	while (len > 0 && w->error == 0) {
		if (wait && !pl_wait_with_front(w->ctx, w->fd, POLLOUT, -1)) {
			w->error = EPIPE;
			break;
		}
		n = write(w->fd, p, acts_for_front && len > PIPE_BUF ? PIPE_BUF : len);
		wait = acts_for_front || (n < 0 && errno == EAGAIN);
		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno != EINTR && errno != EAGAIN) {
			w->error = errno;
		}
	}
}

void
out_write_flush(struct out_writer *w)
{
	write_all(w, w->data, w->len);
	w->len = 0;
}

/* In whole blocks, so that a file system need not fill up the rest of a page each time. */
void
out_write(struct out_writer *w, const void *p, size_t len)
{
	const char *at = p;
	size_t n;

	while (len > 0 && w->error == 0) {
		n = sizeof w->data - w->len < len ? sizeof w->data - w->len : len;
		memcpy(w->data + w->len, at, n);
		w->len += n;
		at += n;
		len -= n;
		if (w->len == sizeof w->data)
			out_write_flush(w);
	}
}
