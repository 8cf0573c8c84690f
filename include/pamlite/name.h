/* name.h - names of tasks and of commands */
#ifndef PAMLITE_NAME_H
#define PAMLITE_NAME_H

#include <stdbool.h>
#include <stddef.h>

enum { PL_TASK_NAME_MAX = 255, PL_COMMAND_NAME_MAX = 63 };

/*
 * A task's name Scope\Name, or Scope/Name as it survives an unquoted shell word:
 * scope [A-Za-z][A-Za-z0-9-]*, name [A-Za-z0-9][A-Za-z0-9 ._-]{0,127}.
 * Written to `out` with the backslash. False if it is not of this form.
 */
bool pl_task_name_parse(const char *s, char out[PL_TASK_NAME_MAX + 1]);

/* The same for a pattern in which * and ? stand for other characters; "*" alone is allowed. */
bool pl_task_pattern_parse(const char *s, char out[PL_TASK_NAME_MAX + 1]);

/* "new-elevated-access-request" to "New-ElevatedAccessRequest". */
void pl_cmdlet_name(const char *command, char out[PL_COMMAND_NAME_MAX + 1]);

/* Does the pattern hold a wildcard (* or ?)? */
bool pl_name_is_pattern(const char *s);

#endif
