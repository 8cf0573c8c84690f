/* recorder.c - what happens on a pseudo-terminal, written down as an asciicast of version 2 */

#include "pamlite/recorder.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/text.h"

/* Room for the event that says that it was cut. */
enum { CUT_SIZE = 96 };

static int64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* What is only half on the disk is taken back: nothing but whole lines stays, and the digest is of these. */
static void
give_up(struct pl_recorder *r, int error)
{
	r->error = error;
	if (ftruncate(r->fd, r->written) != 0)
		r->error = error;
}

/* r->line, in one write where the disk has room for it. */
static void
put_line(struct pl_recorder *r)
{
	size_t at = 0;
	ssize_t n;

	if (pl_buf_failed(&r->line)) {
		give_up(r, ENOMEM);
		return;
	}
	while (at < r->line.len) {
		n = write(r->fd, r->line.text + at, r->line.len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			give_up(r, n < 0 ? errno : ENOSPC);
			return;
		}
		at += (size_t)n;
	}
	r->written += (int64_t)r->line.len;
	pl_digest_add(&r->digest, r->line.text, r->line.len);
}

static void
make_line(struct pl_recorder *r, char kind, const char *text, size_t len)
{
	int64_t us = now_us() - r->began_us;

	pl_buf_reset(&r->line);
	pl_buf_printf(&r->line, "[%lld.%06lld, \"%c\", \"", (long long)(us / 1000000), (long long)(us % 1000000), kind);
	pl_text_escape_json(&r->line, text, len);
	pl_buf_text(&r->line, "\"]\n");
}

static void
add_event(struct pl_recorder *r, char kind, const char *text, size_t len)
{
	if (r->cut || r->error != 0)
		return;
	make_line(r, kind, text, len);
	if (r->written + (int64_t)r->line.len > r->max - CUT_SIZE) {
		r->cut = true;
		make_line(r, 'm', PL_RECORDER_CUT, strlen(PL_RECORDER_CUT));
	}
	put_line(r);
}

/* How many bytes at the end could be the beginning of a character. */
static size_t
unfinished(const char *text, size_t len)
{
	size_t back, need;

	for (back = 1; back <= 3 && back <= len; back++) {
		unsigned char c = (unsigned char)text[len - back];

		if ((c & 0xc0) == 0x80)
			continue;
		need = c >= 0xc2 && c <= 0xdf ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c <= 0xf4 ? 4 : 1;
		return need > back ? back : 0;
	}
	return 0;
}

static void
add_bytes(struct pl_recorder *r, char kind, struct pl_recorder_rest *rest, const char *bytes, size_t len)
{
	size_t n, all;

	for (; len > 0 && !r->cut && r->error == 0; bytes += n, len -= n) {
		n = len < PL_RECORDER_CHUNK ? len : PL_RECORDER_CHUNK;
		memcpy(r->chunk, rest->bytes, rest->len);
		memcpy(r->chunk + rest->len, bytes, n);
		all = rest->len + n;
		rest->len = unfinished(r->chunk, all);
		memcpy(rest->bytes, r->chunk + all - rest->len, rest->len);
		if (all > rest->len)
			add_event(r, kind, r->chunk, all - rest->len);
	}
}

bool
pl_recorder_open(struct pl_recorder *r, const struct pl_recorder_spec *spec)
{
	memset(r, 0, sizeof(*r));
	r->fd = spec->fd;
	r->max = spec->max > PL_RECORDER_MIN ? spec->max : PL_RECORDER_MIN;
	r->width = spec->width;
	r->height = spec->height;
	pl_digest_start(&r->digest);
	pl_buf_init(&r->line);
	pl_buf_printf(&r->line, "{\"version\": 2, \"width\": %u, \"height\": %u, \"timestamp\": %lld, \"title\": \"",
	    spec->width, spec->height, (long long)time(NULL));
	pl_text_escape_json(&r->line, spec->title, strlen(spec->title));
	pl_buf_text(&r->line, "\", \"env\": {\"TERM\": \"");
	pl_text_escape_json(&r->line, spec->term, strlen(spec->term));
	pl_buf_text(&r->line, "\", \"SHELL\": \"");
	pl_text_escape_json(&r->line, spec->shell, strlen(spec->shell));
	pl_buf_text(&r->line, "\"}}\n");
	put_line(r);
	pl_recorder_begin(r);
	errno = r->error;
	return r->error == 0;
}

void
pl_recorder_begin(struct pl_recorder *r)
{
	r->began_us = now_us();
}

void
pl_recorder_output(struct pl_recorder *r, const char *bytes, size_t len)
{
	add_bytes(r, 'o', &r->out, bytes, len);
}

void
pl_recorder_input(struct pl_recorder *r, const char *bytes, size_t len)
{
	add_bytes(r, 'i', &r->in, bytes, len);
}

void
pl_recorder_resize(struct pl_recorder *r, unsigned int width, unsigned int height)
{
	char text[32];
	int len;

	if ((width == r->width && height == r->height) || width == 0 || height == 0)
		return;
	r->width = width;
	r->height = height;
	len = snprintf(text, sizeof(text), "%ux%u", width, height);
	add_event(r, 'r', text, (size_t)len);
}

/* What never became a character is an end too. */
static void
add_rest(struct pl_recorder *r, char kind, struct pl_recorder_rest *rest)
{
	if (rest->len > 0)
		add_event(r, kind, rest->bytes, rest->len);
	rest->len = 0;
}

bool
pl_recorder_end(struct pl_recorder *r, char digest[PL_DIGEST_LEN + 1])
{
	if (r->fd >= 0) {
		add_rest(r, 'i', &r->in);
		add_rest(r, 'o', &r->out);
		if (fsync(r->fd) != 0 && r->error == 0)
			r->error = errno;
		close(r->fd);
	}
	r->fd = -1;
	pl_digest_end(&r->digest, digest);
	pl_buf_clear(&r->line);
	return r->error == 0;
}
