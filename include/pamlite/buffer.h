/* buffer.h - text that grows, with one failure check at the end */
#ifndef PAMLITE_BUFFER_H
#define PAMLITE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A sticky string builder: after an allocation has failed further calls do
 * nothing and pl_buf_failed() tells. `text` is always a string (never NULL
 * after pl_buf_init), `len` excludes the NUL.
 */
struct pl_buf {
	char *text;
	size_t len;
	size_t size;
	bool failed;
};

void pl_buf_init(struct pl_buf *b);
void pl_buf_clear(struct pl_buf *b);   /* frees and re-initialises */
void pl_buf_reset(struct pl_buf *b);   /* empties, keeps the memory; forgets a failure */
bool pl_buf_failed(const struct pl_buf *b);

void pl_buf_char(struct pl_buf *b, char c);
void pl_buf_text(struct pl_buf *b, const char *s);               /* NULL adds nothing */
void pl_buf_bytes(struct pl_buf *b, const void *p, size_t len);
void pl_buf_printf(struct pl_buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void pl_buf_vprintf(struct pl_buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* The string, now the caller's to free(); NULL if the buffer has failed. The buffer is empty again. */
char *pl_buf_take(struct pl_buf *b);

#endif
