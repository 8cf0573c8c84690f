/* retention.h - for how long recordings are kept, as root has said */
#ifndef PAMLITE_RETENTION_H
#define PAMLITE_RETENTION_H

#include <stdint.h>

/*
 * RecordingRetentionDays of the host, from root's file, not from the database: whoever has taken over its account
 * could otherwise have evidence removed. In seconds; 0 = for ever, also where the file cannot be trusted or read.
 */
int64_t pl_retention_s(void);

#endif
