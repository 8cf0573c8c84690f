/* output_sample.h - a noun with a column of every type, and what is printed of it as a string */
#ifndef PAMLITE_TESTS_OUTPUT_SAMPLE_H
#define PAMLITE_TESTS_OUTPUT_SAMPLE_H

#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pamlite/clock.h"
#include "pamlite/output.h"

struct sample {
	char *id;
	char *text;
	int64_t number;
	bool flag;
	int64_t time;
	int64_t hours;
	char *list;
	char *map;
};

#define SAMPLE_COLUMN(name, type, member, flags) PL_COLUMN(struct sample, name, type, member, NULL, flags, NULL)

static const struct pl_column sample_columns[] = {
	SAMPLE_COLUMN("Identity", TEXT, id, PL_COL_TABLE | PL_COL_ID),
	SAMPLE_COLUMN("Text", TEXT, text, PL_COL_TABLE),
	SAMPLE_COLUMN("Number", INT, number, PL_COL_TABLE),
	SAMPLE_COLUMN("Flag", BOOL, flag, 0),
	SAMPLE_COLUMN("TimeUtc", TIME, time, 0),
	SAMPLE_COLUMN("DurationHours", HOURS, hours, 0),
	SAMPLE_COLUMN("Member", LIST, list, 0),
	SAMPLE_COLUMN("Parameters", MAP, map, 0),
	{ 0 }
};

static const struct pl_noun sample_noun = { "Sample", sample_columns, sizeof(struct sample), NULL, NULL, NULL };

/* Rows never own their text here, so that literals can stand in them; the cast is for -Wwrite-strings. */
#define TEXT(literal) ((char[]){ literal })

/* Rows a, b and so on up to `count` through the stream; the caller frees. NULL: the stream failed. */
static inline char *
sample_print(struct pl_ctx *ctx, const struct pl_noun *noun, enum pl_format format, const char *properties,
    const struct sample *rows, size_t count)
{
	struct pl_out_options options = { .format = format, .properties = properties };
	enum pl_status st;
	struct pl_out *out;
	char *text = NULL;
	off_t size;
	size_t i;

	options.fd = memfd_create("output", MFD_CLOEXEC);
	st = pl_out_open(&out, ctx, noun, &options);
	for (i = 0; i < count && st == PL_OK; i++)
		st = pl_out_row(out, &rows[i]);
	if (pl_out_close(out) == PL_OK && st == PL_OK) {
		size = lseek(options.fd, 0, SEEK_END);
		text = calloc(1, (size_t)size + 1);
		if (text != NULL && pread(options.fd, text, (size_t)size, 0) != (ssize_t)size) {
			free(text);
			text = NULL;
		}
	}
	close(options.fd);
	return text;
}

#endif
