/* recording_path.c - where the recording of a run is */

#include "pamlite/recording_path.h"

#include <stdio.h>
#include <string.h>

#include "pamlite/uuid.h"

bool
pl_recording_path(const char *execution, char out[PL_RECORDING_PATH_SIZE])
{
	out[0] = '\0';
	if (!pl_uuid_is_valid(execution) || strpbrk(execution, "ABCDEF") != NULL)
		return false;
	(void)snprintf(out, PL_RECORDING_PATH_SIZE, "%s/%s%s", PL_RECORDINGS_DIR, execution, PL_RECORDING_SUFFIX);
	return true;
}
