/* evidence.c - what the records of the chain say about one request */

#include "pamlite/evidence.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "output/evidence_draft.h"

const char *const pl_evidence_parts[PL_EVIDENCE_PARTS + 1] = {
	"Request", "Policy", "Task", "Decisions", "Authorization", "Executions", "Refusals", NULL
};

/* A run, known by its id (with the quotes) for good, and by what was said of it until it has ended. */
struct run {
	char *id;
	int64_t sequence;
	char *object;              /* as JSON text; NULL: it has ended */
	TAILQ_ENTRY(run) open;
};

/* Text that a record has, and which. */
struct said {
	char *text;
	int64_t sequence;
};

struct pl_evidence {
	struct pl_ctx *ctx;
	pl_evidence_fn *each;
	void *arg;
	enum pl_status status;     /* of `each`, or for want of memory; sticky */
	struct draft request, grant;
	char *request_id, *grant_id;
	int64_t request_at, grant_at;
	struct said policy, task;
	void *runs;                /* a tree of tsearch(3) */
	TAILQ_HEAD(open_runs, run) open;
};

/* The facts of a record that matter here; those that it lacks are empty. */
enum { AT_TIME, AT_USER, AT_TERMINAL, AT_HOST, AT_PID, AT_TYPE, AT_OPERATION, AT_OBJECT, AT_RESULT,
	AT_PARAMETERS, FACTS };
static const char *const fact_names[FACTS] = { "\"Time\"", "\"UserId\"", "\"Terminal\"", "\"Host\"", "\"Pid\"",
	"\"RecordType\"", "\"Operation\"", "\"ObjectId\"", "\"Result\"", "\"Parameters\"" };

struct record {
	int64_t sequence;
	struct pl_json_piece line;
	struct pl_json_piece facts[FACTS];
};

bool
pl_evidence_is_list(enum pl_evidence_part part)
{
	return part == PL_EVIDENCE_DECISIONS || part == PL_EVIDENCE_EXECUTIONS || part == PL_EVIDENCE_REFUSALS;
}

static int
run_compare(const void *a, const void *b)
{
	return strcmp(((const struct run *)a)->id, ((const struct run *)b)->id);
}

static void
run_free(void *arg)
{
	struct run *run = arg;

	free(run->object);
	free(run->id);
	free(run);
}

struct pl_evidence *
pl_evidence_new(struct pl_ctx *ctx, pl_evidence_fn *each, void *arg)
{
	struct pl_evidence *e = calloc(1, sizeof *e);

	if (e == NULL)
		return NULL;
	e->ctx = ctx;
	e->each = each;
	e->arg = arg;
	TAILQ_INIT(&e->open);
	return e;
}

void
pl_evidence_free(struct pl_evidence *e)
{
	if (e == NULL)
		return;
	tdestroy(e->runs, run_free);
	draft_clear(&e->request);
	draft_clear(&e->grant);
	free(e->request_id);
	free(e->grant_id);
	free(e->policy.text);
	free(e->task.text);
	free(e);
}

const char *
pl_evidence_request(const struct pl_evidence *e)
{
	return e->request_id;
}

static void
hand_out(struct pl_evidence *e, enum pl_evidence_part part, int64_t sequence, const struct pl_json_piece *text)
{
	if (e->status == PL_OK)
		e->status = e->each(e->arg, part, sequence, text);
}

/* No record of ours has as many names, and to look for each among all the others is dear. */
static void
judge_draft(struct pl_evidence *e, const struct draft *object)
{
	if (e->status == PL_OK && object->full)
		e->status = PL_E_DATA;
}

static char *
print_draft(struct pl_evidence *e, const struct draft *object)
{
	struct pl_buf text;
	char *out;

	judge_draft(e, object);
	pl_buf_init(&text);
	draft_print(object, &text);
	out = pl_buf_take(&text);
	if (out == NULL)
		e->status = pl_fail_memory(e->ctx);
	return out;
}

static void
hand_out_text(struct pl_evidence *e, enum pl_evidence_part part, int64_t sequence, const char *text)
{
	if (text != NULL)
		hand_out(e, part, sequence, &(struct pl_json_piece){ text, strlen(text) });
}

static void
hand_out_draft(struct pl_evidence *e, enum pl_evidence_part part, int64_t sequence, const struct draft *object)
{
	char *text = print_draft(e, object);

	hand_out_text(e, part, sequence, text);
	free(text);
}

static char *
keep(struct pl_evidence *e, const struct pl_json_piece *piece)
{
	char *text = strndup(piece->text, piece->len);

	if (text == NULL)
		e->status = pl_fail_memory(e->ctx);
	return text;
}

/* The value of that name in an object; empty if there is none. */
static struct pl_json_piece
member(const struct pl_json_piece *object, const char *wanted)
{
	struct pl_json_piece cursor, name, value;

	if (object->len > 0 && *object->text == '{') {
		(void)pl_json_enter(&cursor, object->text, object->len);
		while (pl_json_next(&cursor, &name, &value))
			if (pl_json_piece_is(&name, wanted))
				return value;
	}
	return (struct pl_json_piece){ "", 0 };
}

static struct pl_json_piece
parameter(const struct record *r, const char *name)
{
	return member(&r->facts[AT_PARAMETERS], name);
}

static enum pl_json_verdict
read_record(const char *line, struct record *r)
{
	struct pl_json_piece cursor, name, value;
	const char *why;
	enum pl_json_verdict v;
	size_t at;
	int i;

	r->line = (struct pl_json_piece){ line, strlen(line) };
	for (i = 0; i < FACTS; i++)
		r->facts[i] = (struct pl_json_piece){ "", 0 };
	v = pl_json_check(line, r->line.len, &why, &at);
	if (v == PL_JSON_WHOLE && *line != '{')
		v = PL_JSON_BAD;
	if (v != PL_JSON_WHOLE)
		return v;
	(void)pl_json_enter(&cursor, line, r->line.len);
	while (pl_json_next(&cursor, &name, &value))
		for (i = 0; i < FACTS; i++)
			if (pl_json_piece_is(&name, fact_names[i]))
				r->facts[i] = value;
	return v;
}

static void
learn_text(struct pl_evidence *e, const struct record *r, const char *name, struct said *out)
{
	struct pl_json_piece value = parameter(r, name);

	if (value.len == 0)
		return;
	free(out->text);
	out->text = keep(e, &value);
	out->sequence = r->sequence;
}

static void
learn_grant(struct pl_evidence *e, const struct record *r)
{
	struct pl_json_piece value = parameter(r, "\"Authorization\""), id = member(&value, "\"Identity\"");

	if (id.len == 0 || e->grant_id != NULL)
		return;
	e->grant_id = keep(e, &id);
	e->grant_at = r->sequence;
	draft_put_all(&e->grant, &value);
	draft_put_as(&e->grant, "\"RequestIdentity\"", &r->facts[AT_OBJECT]);
}

static void
learn_revocation(struct pl_evidence *e, const struct record *r)
{
	struct pl_json_piece comment = parameter(r, "\"Comment\"");

	draft_put_as(&e->grant, "\"Revoked\"", &(struct pl_json_piece){ "true", 4 });
	draft_put_as(&e->grant, "\"RevocationDateTimeUtc\"", &r->facts[AT_TIME]);
	draft_put_as(&e->grant, "\"RevokedBy\"", &r->facts[AT_USER]);
	draft_put_as(&e->grant, "\"RevocationComment\"", &comment);
	e->grant_at = r->sequence;
}

/* What a record of a success changes in the request and its grant. */
static void
learn(struct pl_evidence *e, const struct record *r)
{
	struct pl_json_piece state = parameter(r, "\"RequestStatus\"");

	if (pl_json_piece_is(&r->facts[AT_OPERATION], "\"Revoke-ElevatedAccessAuthorization\"")) {
		learn_revocation(e, r);
		return;
	}
	if (pl_json_piece_is(&r->facts[AT_OPERATION], "\"Set-ElevatedAccessRequest\""))
		draft_put_all(&e->request, &r->facts[AT_PARAMETERS]);
	draft_put_as(&e->request, "\"RequestStatus\"", &state);
	draft_put_as(&e->request, "\"DateUpdatedUtc\"", &r->facts[AT_TIME]);
	learn_text(e, r, "\"Policy\"", &e->policy);
	learn_text(e, r, "\"Task\"", &e->task);
	learn_grant(e, r);
}

/* The first record: the request is made. Policy, task and grant are parts of their own. */
static bool
begin(struct pl_evidence *e, const struct record *r)
{
	static const char *const own[] = { "\"Policy\"", "\"Task\"", "\"Authorization\"" };
	struct pl_json_piece cursor, name, value;

	if (!pl_json_piece_is(&r->facts[AT_OPERATION], "\"New-ElevatedAccessRequest\"") ||
	    !pl_json_piece_is(&r->facts[AT_TYPE], "\"Request\"") ||
	    r->facts[AT_OBJECT].len == 0 || *r->facts[AT_OBJECT].text != '"' ||
	    !pl_json_enter(&cursor, r->facts[AT_PARAMETERS].text, r->facts[AT_PARAMETERS].len))
		return false;
	e->request_id = keep(e, &r->facts[AT_OBJECT]);
	e->request_at = r->sequence;
	draft_put_as(&e->request, "\"Identity\"", &r->facts[AT_OBJECT]);
	draft_put_as(&e->request, "\"DateCreatedUtc\"", &r->facts[AT_TIME]);
	while (pl_json_next(&cursor, &name, &value))
		if (!pl_json_piece_is(&name, own[0]) && !pl_json_piece_is(&name, own[1]) &&
		    !pl_json_piece_is(&name, own[2]))
			draft_put(&e->request, &name, &value);
	learn(e, r);
	return true;
}

static struct run *
find_run(struct pl_evidence *e, const struct record *r)
{
	struct run key = { .id = strndup(r->facts[AT_OBJECT].text, r->facts[AT_OBJECT].len) }, **found = NULL;

	if (key.id != NULL)
		found = tfind(&key, &e->runs, run_compare);
	else
		e->status = pl_fail_memory(e->ctx);
	free(key.id);
	return found != NULL ? *found : NULL;
}

static void
begin_run(struct draft *object, const char *called, const struct record *r)
{
	draft_put_as(object, called, &r->facts[AT_OBJECT]);
	draft_put_as(object, "\"User\"", &r->facts[AT_USER]);
	draft_put_as(object, "\"StartTimeUtc\"", &r->facts[AT_TIME]);
	draft_put_as(object, "\"Terminal\"", &r->facts[AT_TERMINAL]);
	draft_put_as(object, "\"ProcessId\"", &r->facts[AT_PID]);
	draft_put_as(object, "\"HostName\"", &r->facts[AT_HOST]);
	draft_put_all(object, &r->facts[AT_PARAMETERS]);
}

/* A use that was counted for another program, which then ran the task: it has no id, and nothing is said of its end. */
static void
take_use(struct pl_evidence *e, const struct record *r)
{
	struct draft object = { 0 };

	begin_run(&object, "\"Task\"", r);
	hand_out_draft(e, PL_EVIDENCE_EXECUTIONS, r->sequence, &object);
	draft_clear(&object);
}

static void
start_run(struct pl_evidence *e, const struct record *r)
{
	struct run *run = calloc(1, sizeof *run);
	struct draft object = { 0 };

	begin_run(&object, "\"Identity\"", r);
	if (run == NULL || (run->id = keep(e, &r->facts[AT_OBJECT])) == NULL ||
	    (run->object = print_draft(e, &object)) == NULL || tsearch(run, &e->runs, run_compare) == NULL) {
		e->status = pl_fail_memory(e->ctx);
		if (run != NULL)
			run_free(run);
	} else {
		run->sequence = r->sequence;
		TAILQ_INSERT_TAIL(&e->open, run, open);
	}
	draft_clear(&object);
}

static void
end_run(struct pl_evidence *e, struct run *run, const struct record *r)
{
	struct draft object = { 0 };

	draft_put_all(&object, &(struct pl_json_piece){ run->object, strlen(run->object) });
	draft_put_as(&object, "\"EndTimeUtc\"", &r->facts[AT_TIME]);
	draft_put_all(&object, &r->facts[AT_PARAMETERS]);
	hand_out_draft(e, PL_EVIDENCE_EXECUTIONS, r->sequence, &object);
	draft_clear(&object);
	TAILQ_REMOVE(&e->open, run, open);
	free(run->object);
	run->object = NULL;
}

/* Is it the request or its grant? */
static bool
is_about_request(const struct pl_evidence *e, const struct pl_json_piece *object)
{
	return pl_json_piece_is(object, e->request_id) ||
	    (e->grant_id != NULL && pl_json_piece_is(object, e->grant_id));
}

static bool
is_under_grant(const struct pl_evidence *e, const struct record *r)
{
	struct pl_json_piece grant = parameter(r, "\"AuthorizationIdentity\"");

	return pl_json_piece_is(&r->facts[AT_TYPE], "\"Execution\"") && e->grant_id != NULL &&
	    pl_json_piece_is(&grant, e->grant_id);
}

static void
take(struct pl_evidence *e, const struct record *r)
{
	bool refused = pl_json_piece_is(&r->facts[AT_TYPE], "\"Refusal\"");
	bool about_request = is_about_request(e, &r->facts[AT_OBJECT]);
	struct run *run = about_request ? NULL : find_run(e, r);

	if (e->status != PL_OK)
		return;
	if (!about_request && run == NULL) {
		if (is_under_grant(e, r) && pl_json_piece_is(&r->facts[AT_RESULT], "\"Started\""))
			start_run(e, r);
		else if (is_under_grant(e, r))
			take_use(e, r);
		return;
	}
	if (refused) {
		hand_out(e, PL_EVIDENCE_REFUSALS, r->sequence, &r->line);
	} else if (about_request) {
		hand_out(e, PL_EVIDENCE_DECISIONS, r->sequence, &r->line);
		learn(e, r);
	} else if (run->object != NULL && parameter(r, "\"EndReason\"").len > 0) {
		end_run(e, run, r);
	} else {
		hand_out(e, PL_EVIDENCE_DECISIONS, r->sequence, &r->line);
	}
}

enum pl_status
pl_evidence_take(struct pl_evidence *e, int64_t sequence, const char *line)
{
	struct record r = { .sequence = sequence };
	enum pl_json_verdict v = read_record(line, &r);

	if (e->status != PL_OK)
		return e->status;
	if (v == PL_JSON_NO_MEMORY)
		return pl_fail_memory(e->ctx);
	if (v != PL_JSON_WHOLE)
		return PL_E_DATA;
	if (e->request_id != NULL)
		take(e, &r);
	else if (!begin(e, &r))
		return PL_E_DATA;
	judge_draft(e, &e->request);
	judge_draft(e, &e->grant);
	return e->status;
}

enum pl_status
pl_evidence_end(struct pl_evidence *e)
{
	const struct pl_json_piece none = { "null", 4 };
	const struct said *const texts[] = { &e->policy, &e->task };
	struct run *run;
	int i;

	for (run = TAILQ_FIRST(&e->open); run != NULL; run = TAILQ_NEXT(run, open))
		hand_out_text(e, PL_EVIDENCE_EXECUTIONS, run->sequence, run->object);
	hand_out_draft(e, PL_EVIDENCE_REQUEST, e->request_at, &e->request);
	for (i = 0; i < 2; i++) {
		if (texts[i]->text == NULL)
			hand_out(e, PL_EVIDENCE_POLICY + i, e->request_at, &none);
		else
			hand_out_text(e, PL_EVIDENCE_POLICY + i, texts[i]->sequence, texts[i]->text);
	}
	if (e->grant_id == NULL)
		hand_out(e, PL_EVIDENCE_AUTHORIZATION, e->request_at, &none);
	else
		hand_out_draft(e, PL_EVIDENCE_AUTHORIZATION, e->grant_at, &e->grant);
	return e->status;
}
