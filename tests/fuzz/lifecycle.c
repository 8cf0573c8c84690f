/* lifecycle.c - fuzzes what people do with requests, grants and runs, against a second, slow judge of the rules
 *
 * An input is text, a step a line: a letter for what is done, then letters and digits for who, what and how, each
 * taken modulo what there is; what is missing is 0. A line that begins with ? is done as -WhatIf.
 */

#include "lifecycle_world.h"

#include "lifecycle_configuration.h"
#include "lifecycle_request.h"
#include "lifecycle_run.h"

enum { STEPS_MAX = 120 };

static const struct {
	char letter;
	void (*act)(struct words *w);
} acts[] = {
	{ 'n', ask_for }, { 'a', approve_request }, { 'd', deny_request }, { 'w', withdraw_request },
	{ 's', change_own }, { 'r', revoke_grant }, { 'o', look_at_request }, { 'h', list_requests },
	{ 'H', list_grants }, { 't', test_task }, { 'u', run_at_once }, { 'q', plan_run }, { 'x', start_planned },
	{ 'e', end_run }, { 'k', stop_run }, { 'v', watch_run }, { 'p', make_rules }, { 'P', change_rules },
	{ 'R', remove_rules }, { 'g', change_members }, { 'y', exclude }, { 'Y', include }, { 'm', maintain },
	{ 'c', control }, { 'i', register_task }, { 'j', change_definition }, { 'l', unregister_task },
	{ 'f', let_time_pass }, { 'z', set_wall_clock }, { 'b', boot },
};

enum { ACTS = sizeof(acts) / sizeof(acts[0]) };

static void
take_step(struct words w)
{
	int which = (unsigned char)w.at[0] % ACTS;

	for (int i = 0; i < ACTS; i++)
		if (acts[i].letter == w.at[0])
			which = i;
	w.at++;
	step.text = w.at - 1;
	step.len = (int)(w.end - w.at) + 1;
	step.operation = NULL;
	step.met = NOBODY;
	pl_ctx_forgive(&world.ctx);
	acts[which].act(&w);
	world.ctx.what_if = false;
	compare_world();
	for (int i = 0; i < PL_NOTE_KINDS; i++)
		pl_buf_clear(&world.ctx.notes[i]);
}

static void
play_all(const uint8_t *at, const uint8_t *end)
{
	for (int i = 0; i < STEPS_MAX && at < end; i++) {
		const uint8_t *line_end = memchr(at, '\n', (size_t)(end - at));
		struct words w;

		line_end = line_end != NULL ? line_end : end;
		w = (struct words){ (const char *)at, (const char *)line_end };
		world.ctx.what_if = w.at < w.end && *w.at == '?';
		w.at += world.ctx.what_if;
		if (w.at < w.end)
			take_step(w);
		at = line_end + 1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pl_audit_check check;

	begin_world();
	step.records = audit_count();
	play_all(data, data + size);
	drop_plan();
	act((struct person){ 0, 0, NOBODY });
	expect(pl_audit_verify(&world.ctx, 0, &check) == PL_OK && check.valid && check.records == step.records,
	    "the chain is whole");
	pl_row_clear(&pl_audit_check_noun, &check);
	return 0;
}
