/* evidence_draft.h - an object of an evidence file in the making */
#ifndef OUTPUT_EVIDENCE_DRAFT_H
#define OUTPUT_EVIDENCE_DRAFT_H

#include <stddef.h>

#include "pamlite/buffer.h"
#include "pamlite/json.h"

enum { DRAFT_NAMES_MAX = 1000 };

/* Properties in the order in which they came; names and values as JSON text, with the quotes. All zero is empty. */
struct draft {
	struct draft_member {
		char *name, *value;
	} *members;
	size_t count, room;
	bool failed;               /* for want of memory; sticky */
	bool full;                 /* there were more than DRAFT_NAMES_MAX; sticky */
};

/* Say it; where the name is there already, instead of what was said. An empty value says nothing. */
void draft_put(struct draft *d, const struct pl_json_piece *name, const struct pl_json_piece *value);
void draft_put_as(struct draft *d, const char *name, const struct pl_json_piece *value);
/* All properties of an object. */
void draft_put_all(struct draft *d, const struct pl_json_piece *object);
void draft_print(const struct draft *d, struct pl_buf *out);
void draft_clear(struct draft *d);

#endif
