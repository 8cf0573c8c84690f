/* operation_internal.h - what the two halves of an operation share */
#ifndef PAMLITE_MODEL_OPERATION_INTERNAL_H
#define PAMLITE_MODEL_OPERATION_INTERNAL_H

#include "pamlite/context.h"

/* The operation under way is over; the transaction is ended by then. */
void pl_op_free(struct pl_ctx *ctx);

#endif
