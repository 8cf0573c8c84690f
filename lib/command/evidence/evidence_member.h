/* evidence_member.h - the members of an evidence file, and the comparison of what it says with what its records say */
#ifndef PAMLITE_COMMAND_EVIDENCE_MEMBER_H
#define PAMLITE_COMMAND_EVIDENCE_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamlite/digest.h"
#include "pamlite/evidence.h"

/* The members of the file: the parts of the derivation, and what is not derived. */
enum { AT_HEAD = PL_EVIDENCE_PARTS, AT_FORMAT, AT_VERSION, AT_CHAIN, EVIDENCE_MEMBERS };
const char *evidence_member_name(int at);
/* By its name as it stands in the text, with its quotes, in whatever escapes; EVIDENCE_MEMBERS if there is none. */
int evidence_member_find(const char *name, size_t len);

/* How many values there were, and which. */
struct part_side {
	size_t count;
	struct pl_digest running;
};

/*
 * A part as two sides say it, in whatever order they come: the file, and its records. Whether they say the same is
 * known of any number of values; where they differ, of the first thousands, which are kept.
 */
struct part {
	bool seen;                   /* in the file */
	struct part_side file, records;
	struct part_value {
		char digest[PL_DIGEST_LEN + 1];
		int64_t sequence;        /* of the record that says it; PL_NULL: the file does */
	} *kept;
	size_t kept_count, room;
	const char *fault;           /* constant; NULL while both agree */
	int64_t fault_at;            /* PL_NULL if no record is known */
};

void part_init(struct part *p);
void part_clear(struct part *p);
/* The next value of a side. False without memory. */
bool part_add(struct part *p, struct part_side *to, int64_t sequence, const struct pl_json_piece *text);
/* There are no more of either. */
void part_end(struct part *p);

#endif
