/* out.h - what the printed forms share: the stream, its writer and the text of one value */
#ifndef OUTPUT_OUT_H
#define OUTPUT_OUT_H

#include "pamlite/buffer.h"
#include "pamlite/output.h"
#include "pamlite/row.h"

enum { OUT_WRITER_SIZE = 65536 };

/* Bytes on their way to a descriptor. After the first error everything is dropped. */
struct out_writer {
	const struct pl_ctx *ctx;
	int fd;
	int error;                  /* errno of the first failure; 0 = none */
	size_t len;
	char data[OUT_WRITER_SIZE];
};

void out_write(struct out_writer *w, const void *p, size_t len);
void out_write_flush(struct out_writer *w);

struct out_format;
struct out_table;
struct out_monitor;

struct pl_out {
	struct pl_ctx *ctx;
	const struct pl_noun *main;  /* of pl_out_row() */
	const struct pl_noun *noun;  /* of the columns below: the main one, or another for a while */
	const char *properties;
	const struct out_format *format;
	const struct pl_column **columns;        /* what is shown; ends with NULL */
	const struct pl_column **table_columns;  /* the same for tables */
	bool local_time;
	bool continued;             /* the first header is there already */
	bool unwatched;             /* nobody waits for each object */
	bool told;                  /* the write error has been noted */
	char last[PL_TARGET_MAX + 1];   /* the last object's identity: told also where the object cannot be written */
	size_t count;               /* objects so far */
	size_t block;               /* objects since the noun changed: a table or header begins anew */
	struct pl_buf text;         /* the object being formatted: written when the form returns */
	struct pl_buf held;         /* the first object as a list, until a second decides for the table */
	struct out_table *table;
	struct out_monitor *monitor;
	struct out_writer writer;
};

/* The escaped text of one value, for every form that people read. */
void out_cell(struct pl_buf *b, const struct pl_column *c, const void *row, bool local_time);

/* A value as compact JSON. PL_E_OS without memory. */
enum pl_status out_cell_json(struct pl_ctx *ctx, const struct pl_column *c, const void *row, bool local_time,
    struct pl_buf *b);

/* The forms: each appends one object to out->text. */
enum pl_status out_list_row(struct pl_out *out, const void *row);
enum pl_status out_csv_row(struct pl_out *out, const void *row);
enum pl_status out_value_row(struct pl_out *out, const void *row);
enum pl_status out_id_row(struct pl_out *out, const void *row);
enum pl_status out_json_row(struct pl_out *out, const void *row);
enum pl_status out_json_lines_row(struct pl_out *out, const void *row);
enum pl_status out_json_end(struct pl_out *out);

/* Tables keep a block of objects and write it when it is full, and at the end. */
enum pl_status out_table_row(struct pl_out *out, const void *row);
enum pl_status out_table_end(struct pl_out *out);
void out_table_free(struct out_table *table);

/* So do the forms for monitoring, of which nothing is written unless all is well. */
enum pl_status out_plugin_row(struct pl_out *out, const void *row);
enum pl_status out_plugin_end(struct pl_out *out);
enum pl_status out_prometheus_row(struct pl_out *out, const void *row);
enum pl_status out_prometheus_end(struct pl_out *out);
void out_monitor_free(struct out_monitor *monitor);

#endif
