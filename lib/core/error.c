/* error.c - the table of errors */

#include "pamlite/error.h"

static const struct pl_error_def errors[PL_ERROR_END] = {
	[PL_ERR_NONE] = { "", PL_OK, "", false, "" },
#define DEFINE(symbol, id_, status_, category_, recorded_, meaning_) \
	[PL_ERR_##symbol] = { .id = (id_), .status = (status_), .category = (category_), \
	    .recorded = (recorded_), .meaning = (meaning_) },
	PL_ERRORS(DEFINE)
#undef DEFINE
};

const struct pl_error_def *
pl_error_def(enum pl_error e)
{
	unsigned i = (unsigned)e;

	return &errors[i < PL_ERROR_END ? i : PL_ERR_NONE];
}
