/* query_internal.h - what finding and listing share */
#ifndef PAMLITE_MODEL_QUERY_INTERNAL_H
#define PAMLITE_MODEL_QUERY_INTERNAL_H

#include "pamlite/query.h"
#include "pamlite/statement.h"

/* "SELECT columns FROM noun WHERE " */
void pl_query_columns(struct pl_buf *sql, const struct pl_noun *noun);

/* Fill the row's members from the statement's columns, which stand in the noun's order. */
enum pl_status pl_query_load(struct pl_stmt *s, const struct pl_noun *noun, void *row);

#endif
