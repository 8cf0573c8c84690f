/* output.h - objects to a stream: Table, List, Json, JsonLines, Csv, Value, Id; for monitoring two more */
#ifndef PAMLITE_OUTPUT_H
#define PAMLITE_OUTPUT_H

#include <stdbool.h>

#include "pamlite/context.h"
#include "pamlite/row.h"

enum pl_format {
	PL_FORMAT_AUTO,      /* a table for many objects, a list for one */
	PL_FORMAT_TABLE,
	PL_FORMAT_LIST,
	PL_FORMAT_JSON,
	PL_FORMAT_JSON_LINES,
	PL_FORMAT_CSV,
	PL_FORMAT_VALUE,
	PL_FORMAT_ID,
	/* Of struct pl_health alone. */
	PL_FORMAT_PLUGIN,    /* a monitoring plugin's line; with -Verbose a line more for each; cannot be asked for */
	PL_FORMAT_PROMETHEUS,
};

/* "JsonLines" without regard to case; false if there is no such format. */
bool pl_format_parse(const char *s, enum pl_format *out);
const char *pl_format_name(enum pl_format f);
/* Made for programs: never cut, errors are JSON for the Json ones. */
bool pl_format_is_structured(enum pl_format f);
bool pl_format_is_json(enum pl_format f);

/* The line of a monitoring plugin, without its end, for what has come to no value. */
void pl_plugin_unknown(const char *message, struct pl_buf *out);

struct pl_out_options {
	enum pl_format format;
	const char *properties;   /* list of names or "*"; NULL = the format's default; borrowed */
	bool local_time;
	int fd;                   /* where to write; not closed */
	bool continued;           /* what is there has its Csv header already */
	bool unwatched;           /* nobody reads it while it is made: written in blocks, whatever the format */
};

struct pl_out;

/*
 * Begin a stream of objects of one noun. The caller closes it.
 *
 * PL_E_USAGE (UnknownProperty)  a name in `properties` is not a column
 */
enum pl_status pl_out_open(struct pl_out **out, struct pl_ctx *ctx, const struct pl_noun *noun,
    const struct pl_out_options *options);

/*
 * One object. `row` is read before return. A write error is kept and told by
 * pl_out_close(); EPIPE is not an error of ours: further rows return PL_E_IO quietly.
 */
enum pl_status pl_out_row(struct pl_out *out, const void *row);

/*
 * One object of another noun in the same stream, with its own columns: of -Property
 * those that it has. A table or CSV header begins anew.
 */
enum pl_status pl_out_other(struct pl_out *out, const struct pl_noun *noun, const void *row);

/* The same as a pl_row_fn: `out` is a struct pl_out. */
enum pl_status pl_out_row_fn(void *out, const void *row);

/* Objects are complete up to here: line formats are written through. */
void pl_out_flush(struct pl_out *out);

/*
 * Write what is pending (the table, the end of an array) and free. No objects
 * are an empty array in Json, but nothing at all if ctx->failure holds one.
 *
 * PL_E_IO (OutputFailed)  something could not be written
 */
enum pl_status pl_out_close(struct pl_out *out);

/*
 * An output file: written beside its name and put there when all went well.
 */
enum pl_file_mode { PL_FILE_NEW, PL_FILE_REPLACE, PL_FILE_APPEND };
struct pl_file {
	int fd;                  /* write here; -1 = not open */
	enum pl_file_mode mode;
	bool continued;          /* PL_FILE_APPEND, and there was something */
	char *path;
	char *temporary;
};

/*
 * mode: refuse an existing file, replace it, or begin with what it holds, its last
 * line ended.
 *
 * PL_E_EXISTS (FileExists)   it is there and `mode` is PL_FILE_NEW
 * PL_E_IO (OutputFailed)     it cannot be made there
 */
enum pl_status pl_file_open(struct pl_ctx *ctx, const char *path, enum pl_file_mode mode, struct pl_file *out);
/* Sync and rename (`keep`), or remove what was written. Clears the struct. */
enum pl_status pl_file_close(struct pl_ctx *ctx, struct pl_file *file, bool keep);

#endif
