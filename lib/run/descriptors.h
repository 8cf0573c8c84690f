/* descriptors.h - what a process that stays beside the task keeps open */
#ifndef PAMLITE_RUN_DESCRIPTORS_H
#define PAMLITE_RUN_DESCRIPTORS_H

#include <stddef.h>

/*
 * Close all but these (-1 = none): others belong to somebody else, who would wait for their end for as long as
 * we hold them. Safe after a fork.
 */
void pl_descriptors_keep(const int kept[], size_t count);

#endif
