/* row.h - the row model: objects as columns, for queries and for every printed form */
#ifndef PAMLITE_ROW_H
#define PAMLITE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamlite/buffer.h"
#include "pamlite/status.h"

/* What a value is in C, and how it is printed. */
enum pl_type {
	PL_TYPE_TEXT,     /* char *, NULL = null */
	PL_TYPE_INT,      /* int64_t, PL_NULL = null */
	PL_TYPE_BOOL,     /* bool */
	PL_TYPE_TIME,     /* int64_t Unix seconds, PL_NULL = null */
	PL_TYPE_HOURS,    /* int64_t seconds, printed as hours; PL_NULL = null */
	PL_TYPE_LIST,     /* char *, a list (list.h); an array in JSON */
	PL_TYPE_MAP,      /* char *, a map (list.h); an object in JSON */
};

enum {
	PL_COL_TABLE = 1,      /* shown in the default table */
	PL_COL_ID = 2,         /* the object's identity: -o Id, and the tie-break of listings */
	PL_COL_ACCOUNT = 4,    /* an account: long and short form are equal in -Filter */
	PL_COL_INDEXED = 8,    /* -SortBy works on any number of objects; never null */
	PL_COL_EXACT = 16,     /* an id: compared byte for byte, so that its index serves */
	PL_COL_WHOLE = 32,     /* not continued on a line below, however narrow the screen */
};

struct pl_column {
	const char *name;
	enum pl_type type;
	unsigned flags;
	size_t offset;
	const char *sql;       /* expression over the noun's FROM; NULL in objects that are not stored */
	const char *help;      /* what it says, its unit, when it is null; NULL in objects that are never printed */
};

/*
 * One kind of object. `columns` ends with a column without a name. The SQL
 * parts belong to stored objects, and the model's query code is their only
 * reader; outputs read the columns alone.
 */
struct pl_noun {
	const char *name;                  /* "Request" */
	const struct pl_column *columns;
	size_t row_size;
	const char *from;                  /* SQL after FROM */
	const char *base;                  /* the part of it that identity and newest come from; NULL = never many */
	const char *visible;               /* SQL condition: rows the caller may see */
	const char *newest;                /* column by which listings go, newest first; a name */
};

/*
 * PL_COLUMN(struct pl_request, "Ticket", TEXT, ticket, "r.ticket", PL_COL_TABLE, "ticket that it is for"):
 * the member's C type is checked when compiled.
 */
#define PL_MEMBER(S, member, T) (offsetof(S, member) + 0 * sizeof(_Generic(((S *)0)->member, T: 1)))
#define PL_CTYPE_TEXT char *
#define PL_CTYPE_INT int64_t
#define PL_CTYPE_BOOL bool
#define PL_CTYPE_TIME int64_t
#define PL_CTYPE_HOURS int64_t
#define PL_CTYPE_LIST char *
#define PL_CTYPE_MAP char *
#define PL_COLUMN(S, NAME, TYPE, member, SQL, FLAGS, HELP) \
	{ NAME, PL_TYPE_##TYPE, FLAGS, PL_MEMBER(S, member, PL_CTYPE_##TYPE), SQL, HELP }

/* The value of a column in a row, by its C type. */
static inline const char *
pl_row_text(const struct pl_column *c, const void *row)
{
	return *(char *const *)(const void *)((const char *)row + c->offset);
}

static inline int64_t
pl_row_int(const struct pl_column *c, const void *row)
{
	return *(const int64_t *)(const void *)((const char *)row + c->offset);
}

static inline bool
pl_row_bool(const struct pl_column *c, const void *row)
{
	return *(const bool *)(const void *)((const char *)row + c->offset);
}

/* A column by its name, without regard to case; NULL if there is none. */
const struct pl_column *pl_column_find(const struct pl_noun *noun, const char *name);

/* "Identity, Name": the names of the columns that have these flags; 0 = all. */
void pl_column_names(const struct pl_noun *noun, unsigned flags, struct pl_buf *out);

/* The identity column; NULL if there is only one such object. */
const struct pl_column *pl_column_id(const struct pl_noun *noun);

/* Set every column of a row to null; free what a row owns and set it to null. */
void pl_row_init(const struct pl_noun *noun, void *row);
void pl_row_clear(const struct pl_noun *noun, void *row);

/* Receives one object of a listing; what it returns other than PL_OK ends the listing. */
typedef enum pl_status pl_row_fn(void *arg, const void *row);

#endif
