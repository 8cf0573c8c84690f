/* write.c - all of a text to a descriptor */

#include "pamlite/write.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

bool
pl_write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n >= 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			struct pollfd p = { .fd = fd, .events = POLLOUT };

			if (poll(&p, 1, -1) < 0 && errno != EINTR)
				return false;
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}
