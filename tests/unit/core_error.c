/* core_error.c - tests of the error table: complete, unambiguous, consistent with the statuses */

#include "pamlite/error.h"
#include "pamlite/text.h"

#include "unit.h"

/* Every status that an error may have; the others are no failures. */
static const enum pl_status statuses[] = {
	PL_E_USAGE, PL_E_DATA, PL_E_NOT_FOUND, PL_E_UNAVAILABLE, PL_E_INTERNAL, PL_E_OS, PL_E_EXISTS, PL_E_IO,
	PL_E_STATE, PL_E_DENIED, PL_E_CONFIG, PL_E_TIMEOUT, PL_E_RUN, PL_E_NOT_EXECUTABLE, PL_E_NO_PROGRAM,
};

static bool
is_failure(enum pl_status st)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i] == st)
			return true;
	return false;
}

int
main(void)
{
	CHECK_STR(pl_error_def(PL_ERR_NONE)->id, "");
	CHECK_INT(pl_error_def(PL_ERR_NONE)->status, PL_OK);
	CHECK(pl_error_def(PL_ERROR_END) == pl_error_def(PL_ERR_NONE));
	for (int e = PL_ERR_NONE + 1; e < PL_ERROR_END; e++) {
		const struct pl_error_def *def = pl_error_def((enum pl_error)e);

		CHECK(def->id[0] >= 'A' && def->id[0] <= 'Z');
		CHECK(strspn(def->id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == strlen(def->id));
		CHECK(is_failure(def->status));
		CHECK(def->category[0] != '\0');
		CHECK(def->meaning[0] != '\0');
		for (int other = PL_ERR_NONE; other < e; other++)
			CHECK(pl_ascii_casecmp(def->id, pl_error_def((enum pl_error)other)->id) != 0);
	}
	CHECK_STR(pl_error_def(PL_ERR_SELF_APPROVAL)->id, "SelfApproval");
	CHECK_INT(pl_error_def(PL_ERR_SELF_APPROVAL)->status, PL_E_DENIED);
	CHECK(pl_error_def(PL_ERR_SELF_APPROVAL)->recorded);
	return unit_end();
}
