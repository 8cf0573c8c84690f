/* evidence_member.c - the members of an evidence file, and the comparison of what it says with what its records say */

#include "evidence_member.h"

#include <stdlib.h>
#include <string.h>

#include "pamlite/row.h"

/* What of a part is kept: anybody may have made the file, so that it must not say how much memory it takes. */
enum { KEPT_MAX = 8192 };

static const char *const other_names[] = { "Head", "Format", "Version", "Chain" };
static const char otherwise[] = "does not say what the records say";

const char *
evidence_member_name(int at)
{
	return at < PL_EVIDENCE_PARTS ? pl_evidence_parts[at] : other_names[at - PL_EVIDENCE_PARTS];
}

int
evidence_member_find(const char *name, size_t len)
{
	struct pl_buf plain;
	int at = 0;

	pl_buf_init(&plain);
	if (!pl_json_unquote(&(struct pl_json_piece){ name, len }, &plain))
		at = EVIDENCE_MEMBERS;
	while (at < EVIDENCE_MEMBERS && strcmp(plain.text, evidence_member_name(at)) != 0)
		at++;
	pl_buf_clear(&plain);
	return at;
}

void
part_init(struct part *p)
{
	*p = (struct part){ .fault_at = PL_NULL };
	pl_digest_start(&p->file.running);
	pl_digest_start(&p->records.running);
}

void
part_clear(struct part *p)
{
	free(p->kept);
	p->kept = NULL;
}

static void
find_fault(struct part *p, int64_t sequence, const char *fault)
{
	if (p->fault != NULL)
		return;
	p->fault = fault;
	p->fault_at = sequence;
}

static bool
keep(struct part *p, const struct part_value *value)
{
	size_t room = p->room > 0 ? p->room * 2 : 1;
	struct part_value *kept;

	if (p->kept_count == p->room) {
		kept = realloc(p->kept, room * sizeof *kept);
		if (kept == NULL)
			return false;
		p->kept = kept;
		p->room = room;
	}
	p->kept[p->kept_count++] = *value;
	return true;
}

bool
part_add(struct part *p, struct part_side *to, int64_t sequence, const struct pl_json_piece *text)
{
	const struct part_side *other = to == &p->file ? &p->records : &p->file;
	struct part_value value = { .sequence = sequence };
	const size_t at = to->count++;

	if (!pl_json_digest(text->text, text->len, value.digest))
		return false;
	pl_digest_add(&to->running, value.digest, PL_DIGEST_LEN);
	if (at >= other->count)
		return at >= KEPT_MAX || keep(p, &value);
	if (at < p->kept_count && strcmp(value.digest, p->kept[at].digest) != 0)
		find_fault(p, sequence != PL_NULL ? sequence : p->kept[at].sequence, otherwise);
	return true;
}

void
part_end(struct part *p)
{
	const bool more = p->file.count > p->records.count;
	const size_t least = more ? p->records.count : p->file.count;
	char file[PL_DIGEST_LEN + 1], records[PL_DIGEST_LEN + 1];

	if (p->file.count != p->records.count)
		find_fault(p, least < p->kept_count ? p->kept[least].sequence : PL_NULL,
		    more ? "has what no record says" : otherwise);
	pl_digest_end(&p->file.running, file);
	pl_digest_end(&p->records.running, records);
	if (strcmp(file, records) != 0)
		find_fault(p, PL_NULL, otherwise);
}
