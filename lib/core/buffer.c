/* buffer.c - text that grows, with one failure check at the end */

#include "pamlite/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 64 };

/* What `text` points to while nothing is allocated (size 0); never written. */
static char no_text[1];

void
pl_buf_init(struct pl_buf *b)
{
	*b = (struct pl_buf){ .text = no_text };
}

void
pl_buf_clear(struct pl_buf *b)
{
	if (b == NULL)
		return;
	if (b->size > 0)
		free(b->text);
	pl_buf_init(b);
}

void
pl_buf_reset(struct pl_buf *b)
{
	b->len = 0;
	b->failed = false;
	if (b->size > 0)
		b->text[0] = '\0';
	else
		b->text = no_text;
}

bool
pl_buf_failed(const struct pl_buf *b)
{
	return b->failed;
}

/* Make room for `more` bytes and the NUL. */
static bool
reserve(struct pl_buf *b, size_t more)
{
	size_t need, size;
	char *text;

	if (b->failed)
		return false;
	if (b->size > b->len && more < b->size - b->len)
		return true;
	if (more >= SIZE_MAX / 2 - b->len) {
		b->failed = true;
		return false;
	}
	need = b->len + more + 1;
	size = b->size > 0 ? b->size : FIRST_SIZE;
	while (size < need)
		size *= 2;
	text = realloc(b->size > 0 ? b->text : NULL, size);
	if (text == NULL) {
		b->failed = true;
		return false;
	}
	b->text = text;
	b->size = size;
	b->text[b->len] = '\0';
	return true;
}

void
pl_buf_char(struct pl_buf *b, char c)
{
	if (!reserve(b, 1))
		return;
	b->text[b->len++] = c;
	b->text[b->len] = '\0';
}

void
pl_buf_text(struct pl_buf *b, const char *s)
{
	if (s != NULL)
		pl_buf_bytes(b, s, strlen(s));
}

void
pl_buf_bytes(struct pl_buf *b, const void *p, size_t len)
{
	if (len == 0 || !reserve(b, len))
		return;
	memcpy(b->text + b->len, p, len);
	b->len += len;
	b->text[b->len] = '\0';
}

void
pl_buf_printf(struct pl_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pl_buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void
pl_buf_vprintf(struct pl_buf *b, const char *fmt, va_list ap)
{
	va_list again;
	size_t room;
	int n;

	if (!reserve(b, FIRST_SIZE - 1))
		return;
	va_copy(again, ap);
	room = b->size - b->len;
	n = vsnprintf(b->text + b->len, room, fmt, ap);
	if (n >= 0 && (size_t)n >= room) {
		b->text[b->len] = '\0';
		if (reserve(b, (size_t)n))
			n = vsnprintf(b->text + b->len, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	if (b->failed)
		return;
	if (n < 0) {
		b->text[b->len] = '\0';
		b->failed = true;
		return;
	}
	b->len += (size_t)n;
}

char *
pl_buf_take(struct pl_buf *b)
{
	char *text;

	if (!reserve(b, 0)) {
		pl_buf_clear(b);
		return NULL;
	}
	text = b->text;
	pl_buf_init(b);
	return text;
}
