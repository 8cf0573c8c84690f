/* json_print.h - a cJSON tree as text that shows every character */
#ifndef OUTPUT_JSON_PRINT_H
#define OUTPUT_JSON_PRINT_H

#include <stdbool.h>

#include "pamlite/buffer.h"

struct cJSON;

/* Append the tree, on one line or indented, without a newline. False without memory, or for NULL. */
bool json_print(const struct cJSON *tree, bool indent, struct pl_buf *out);

#endif
