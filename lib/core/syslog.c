/* syslog.c - a line to the host's log, which keeps nobody waiting for long */

#include "pamlite/syslog.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/elapsed.h"
#include "pamlite/text.h"

/* In front of the line, as the C library writes it: <85>Nov 21 18:32:30 pam-lite[4711]: */
enum { HEAD_SIZE = 64 };

static int64_t waited_ms;

static int
open_log(void)
{
	static const struct sockaddr_un place = { .sun_family = AF_UNIX, .sun_path = "/dev/log" };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)&place, sizeof(place)) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* The queue of a daemon that is stopped is full. */
static bool
wait_for_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	const int64_t began = pl_elapsed_ms(), left = PL_SYSLOG_PATIENCE_MS - waited_ms;
	int n;

	if (left <= 0)
		return false;
	n = poll(&p, 1, (int)left);
	waited_ms += pl_elapsed_ms() - began;
	return n > 0 || (n < 0 && errno == EINTR);
}

static void
deliver(const char *text, size_t len)
{
	int fd = open_log();

	if (fd < 0)
		return;
	while (send(fd, text, len, MSG_NOSIGNAL) < 0)
		if (errno != EINTR && ((errno != EAGAIN && errno != ENOBUFS) || !wait_for_room(fd)))
			break;
	close(fd);
}

void
pl_syslog(int priority, const char *fmt, ...)
{
	char line[PL_SYSLOG_LINE_MAX + 1], text[HEAD_SIZE + sizeof(line)], when[32];
	struct tm tm;
	time_t now;
	va_list ap;
	int len;

	/* First of all, while errno is the caller's. */
	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	now = time(NULL);
	if (len < 0 || localtime_r(&now, &tm) == NULL || strftime(when, sizeof(when), "%h %e %T", &tm) == 0)
		return;
	if ((size_t)len >= sizeof(line))
		pl_text_trim(line);
	len = snprintf(text, sizeof(text), "<%d>%s pam-lite[%ld]: %s", LOG_AUTHPRIV | priority, when, (long)getpid(),
	    line);
	deliver(text, (size_t)len < sizeof(text) ? (size_t)len : sizeof(text) - 1);
}
