/* record.h - one line of the audit log, in the making */
#ifndef PAMLITE_RECORD_H
#define PAMLITE_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/row.h"

enum pl_record_type {
	PL_RECORD_CONFIGURATION,
	PL_RECORD_REQUEST,
	PL_RECORD_DECISION,
	PL_RECORD_EXECUTION,
	PL_RECORD_REFUSAL,
	PL_RECORD_MAINTENANCE,
	PL_RECORD_TYPES
};

/* "Configuration" and so on, in the order of the enum; ends with NULL. */
extern const char *const pl_record_type_names[PL_RECORD_TYPES + 1];

/*
 * What happened. `operation` is the cmdlet's name, as in Microsoft's audit.
 * Parameters are added in the order in which they are to stand; names are constants.
 */
struct pl_record {
	const char *operation;
	enum pl_record_type type;
	char object[PL_ACCOUNT_MAX + 1];   /* id or name of the object; "" = none */
	const char *result;           /* "Success" unless set otherwise */
	enum pl_error error;          /* of a refusal */
	struct pl_buf parameters;     /* the inside of a JSON object */
};

void pl_record_init(struct pl_record *r, const char *operation, enum pl_record_type type, const char *object);
void pl_record_clear(struct pl_record *r);
void pl_record_object(struct pl_record *r, const char *object);

void pl_record_text(struct pl_record *r, const char *name, const char *value);   /* NULL adds nothing */
void pl_record_int(struct pl_record *r, const char *name, int64_t value);        /* PL_NULL adds nothing */
void pl_record_bool(struct pl_record *r, const char *name, bool value);
void pl_record_time(struct pl_record *r, const char *name, int64_t value);       /* PL_NULL adds nothing */
void pl_record_hours(struct pl_record *r, const char *name, int64_t seconds);    /* PL_NULL adds nothing */
void pl_record_list(struct pl_record *r, const char *name, const char *list);    /* NULL adds nothing */
void pl_record_map(struct pl_record *r, const char *name, const char *map);      /* NULL adds nothing */
/* What is added between the two stands in an object of that name. */
void pl_record_open(struct pl_record *r, const char *name);
void pl_record_close(struct pl_record *r);
/* The properties of an object, as they are printed: every column that is not null. */
void pl_record_columns(struct pl_record *r, const struct pl_noun *noun, const void *row);
/* The Parameters of somebody who may be refused: beyond 1024 bytes SHA-256 and length, so that he fills no log. */
void pl_record_asked(struct pl_record *r, const char *map);

/*
 * The record as its canonical line, without the newline: fixed keys in fixed
 * order, no blanks, text escaped as far as RFC 8259 demands and deceptive
 * characters too. This text is what is hashed; it is never written a second time.
 */
void pl_record_format(const struct pl_ctx *ctx, const struct pl_record *r, int64_t sequence, struct pl_buf *out);

/* One of the line's keys that have a text, with the comma before it: ,"UserId":"alice". NULL and "" are null. */
void pl_record_format_pair(const char *name, const char *value, struct pl_buf *out);

#endif
