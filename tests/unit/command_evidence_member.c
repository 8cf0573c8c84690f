/* command_evidence_member.c - what a file says and what its records say, compared without keeping all of it */

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "pamlite/row.h"

#include "command/evidence/evidence_member.h"

/* Values 0, 1, 2 and so on, but `odd` is another one. */
static void
say(struct part *p, struct part_side *side, int count, int odd)
{
	char text[32];
	int i;

	for (i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "%d", i == odd ? -1 : i);
		CHECK(part_add(p, side, side == &p->file ? PL_NULL : i + 1,
		    &(struct pl_json_piece){ text, strlen(text) }));
	}
}

static const struct {
	int file, odd, records;
	const char *fault;
	int64_t at;
} cases[] = {
	{ 0, -1, 0, NULL, PL_NULL },
	{ 3, -1, 3, NULL, PL_NULL },
	{ 40000, -1, 40000, NULL, PL_NULL },
	{ 3, 1, 3, "does not say what the records say", 2 },
	{ 40000, 5, 40000, "does not say what the records say", 6 },
	{ 40000, 39999, 40000, "does not say what the records say", PL_NULL },
	{ 2, -1, 3, "does not say what the records say", 3 },
	{ 0, -1, 1, "does not say what the records say", 1 },
	{ 39999, -1, 40000, "does not say what the records say", PL_NULL },
	{ 3, -1, 2, "has what no record says", PL_NULL },
	{ 40000, -1, 39999, "has what no record says", PL_NULL },
};

/* It does not matter which of them comes first. */
static void
test_sides(void)
{
	struct part p;

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		part_init(&p);
		if (i % 2 == 0)
			say(&p, &p.file, cases[i / 2].file, cases[i / 2].odd);
		say(&p, &p.records, cases[i / 2].records, -1);
		if (i % 2 == 1)
			say(&p, &p.file, cases[i / 2].file, cases[i / 2].odd);
		part_end(&p);
		CHECK_STR(p.fault, cases[i / 2].fault);
		CHECK_INT(p.fault_at, cases[i / 2].at);
		CHECK(p.kept_count < 10000);
		part_clear(&p);
	}
}

static void
test_names(void)
{
	static const char *const names[] = { "\"Chain\"", "\"\\u0043hain\"", "\"chain\"", "\"Chain \"", "\"\"", "17" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		CHECK_INT(evidence_member_find(names[i], strlen(names[i])), i < 2 ? AT_CHAIN : EVIDENCE_MEMBERS);
	for (i = 0; i < EVIDENCE_MEMBERS; i++)
		CHECK(evidence_member_name((int)i) != NULL);
}

int
main(void)
{
	test_sides();
	test_names();
	return unit_end();
}
