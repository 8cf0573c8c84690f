/* lifecycle_step.h - how the steps of lifecycle.c read their words and what each of them must come to */
#ifndef PAMLITE_TESTS_FUZZ_LIFECYCLE_STEP_H
#define PAMLITE_TESTS_FUZZ_LIFECYCLE_STEP_H

#include "lifecycle_world.h"

struct words {
	const char *at, *end;
};

/* 0 to 9, a = 1 to z = 26; any other byte is some number too. */
static int
number(struct words *w)
{
	char c = w->at < w->end ? *w->at++ : '0';

	return c >= '0' && c <= '9' ? c - '0' : c & 31;
}

static int
below(struct words *w, int n)
{
	return number(w) % n;
}

/* Who, and after him his login: 0 = unset. */
static struct person
person(struct words *w)
{
	struct person who;
	int login;

	who.uid = below(w, UIDS);
	who.name = who.uid % NAMES + (who.uid == NAMES);   /* the last has the name of the first */
	login = below(w, UIDS);
	who.login = login != 0 ? login : NOBODY;
	step.who = who;
	act(who);
	return who;
}

/* One of the objects there are; NOBODY where there is none, and for the letter z. */
static int
one_of(struct words *w, int count)
{
	int i = number(w);

	return count == 0 || i == 26 ? NOBODY : i % count;
}

static char *
request_id(int request)
{
	return request == NOBODY ? text("00000000-0000-4000-8000-000000000000") : known[request].request;
}

static struct request *
request_at(int request)
{
	return request == NOBODY ? NULL : &ref.request[request];
}

/* A map that is given to a task, as the reference numbers them. */
static char *
values_text(int values)
{
	static const char *const texts[] = { NULL, "unit=a\n", "unit=b\n", "unit=-x\n" };
	static char other[32];

	if (values < FIRST_UNKNOWN)
		return text(texts[values]);
	snprintf(other, sizeof(other), "other=%d\n", values);
	return other;
}

/* Is an error recorded? Whoever sees all learns nothing from "does not exist". */
static bool
is_recorded(enum pl_error error)
{
	const struct pl_error_def *def = pl_error_def(error);

	return def->recorded && !world.ctx.what_if && !(def->status == PL_E_NOT_FOUND && sees_all(step.who));
}

static void
expect_record(const char *operation, const char *result)
{
	step.records++;
	step.operation = operation;
	step.result = result;
}

/* The same answer as the reference's? True if something is to be changed there too. */
static bool
is_done(enum pl_status st, const struct verdict *v, const char *operation, const char *result)
{
	enum pl_error error = st == PL_OK ? PL_ERR_NONE : world.ctx.failure.error;

	expect(v->refused || st == PL_OK, "%s is done", operation);
	expect(!v->refused || (st != PL_OK && v->may[error]), "%s is refused", operation);
	if (st != PL_OK && is_recorded(error))
		expect_record(operation, "Refused");
	if (st == PL_OK && !world.ctx.what_if && result != NULL)
		expect_record(operation, result);
	return st == PL_OK && !world.ctx.what_if;
}

#endif
