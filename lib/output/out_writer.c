/* out_writer.c - buffered writing that keeps the first error for later */

#include "output/out.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

/* Another program may have made a shared pipe or terminal non-blocking. */
static bool
wait_writable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, -1) > 0 || errno == EINTR;
}

static void
write_all(struct out_writer *w, const char *p, size_t len)
{
	ssize_t n;

	while (len > 0 && w->error == 0) {
		n = write(w->fd, p, len);
		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno != EINTR && (errno != EAGAIN || !wait_writable(w->fd))) {
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

void
out_write(struct out_writer *w, const void *p, size_t len)
{
	if (len > sizeof w->data - w->len)
		out_write_flush(w);
	if (len > sizeof w->data) {
		write_all(w, p, len);
	} else if (w->error == 0) {
		memcpy(w->data + w->len, p, len);
		w->len += len;
	}
}
