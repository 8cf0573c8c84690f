/* core_recording_path.c - an identity as it is stored has one path, and nothing else has any */

#include "pamlite/recording_path.h"

#include "unit.h"

#define ID "0b8f6a52-3c1d-4e5f-8a9b-7c6d5e4f3a2b"

static const struct {
	const char *execution, *name;
} cases[] = {
	{ ID, ID PL_RECORDING_SUFFIX },
	{ "0B8F6A52-3C1D-4E5F-8A9B-7C6D5E4F3A2B", NULL },
	{ ID "0", NULL },
	{ "../../../../../../../../../etc/shadow", NULL },
	{ "0b8f6a52-3c1d-4e5f-8a9b-7c6d5e4f3a2", NULL },
	{ "", NULL },
};

int
main(void)
{
	char path[PL_RECORDING_PATH_SIZE];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(path, 'x', sizeof(path));
		CHECK(pl_recording_path(cases[i].execution, path) == (cases[i].name != NULL));
		if (cases[i].name == NULL) {
			CHECK_STR(path, "");
			continue;
		}
		CHECK_STR(path + PL_RECORDING_NAME_AT, cases[i].name);
		CHECK(strncmp(path, PL_RECORDINGS_DIR "/", PL_RECORDING_NAME_AT) == 0);
	}
	return unit_end();
}
