/* recording_path.h - where the recording of a run is */
#ifndef PAMLITE_RECORDING_PATH_H
#define PAMLITE_RECORDING_PATH_H

#include <stdbool.h>

#include "pamlite/place.h"
#include "pamlite/uuid.h"

/* The name alone stands behind the directory, at PL_RECORDING_NAME_AT. */
enum { PL_RECORDING_NAME_AT = sizeof(PL_RECORDINGS_DIR),
	PL_RECORDING_PATH_SIZE = PL_RECORDING_NAME_AT + PL_ID_LEN + sizeof(PL_RECORDING_SUFFIX) };

/* False, and "", if it is no identity as they are stored: another path could be meant. */
bool pl_recording_path(const char *execution, char out[PL_RECORDING_PATH_SIZE]);

#endif
