/* bytes.c - the content of a file, which grows and is cut */

#include <stdlib.h>
#include <string.h>

#include "power.h"

void
bytes_cut(struct bytes *b, size_t len)
{
	if (len > b->room) {
		b->room = len * 2;
		b->at = must_have(realloc(b->at, b->room));
	}
	if (len > b->len)
		memset(b->at + b->len, 0, len - b->len);
	b->len = len;
	b->there = true;
}

void
bytes_write(struct bytes *b, size_t offset, const void *data, size_t len)
{
	if (offset + len > b->len)
		bytes_cut(b, offset + len);
	memcpy(b->at + offset, data, len);
}

void
bytes_set(struct bytes *b, const void *data, size_t len)
{
	bytes_cut(b, 0);
	if (len > 0)
		bytes_write(b, 0, data, len);
}
