/* evidence_draft.c - an object of an evidence file in the making */

#include "output/evidence_draft.h"

#include <stdlib.h>
#include <string.h>

static struct draft_member *
find(struct draft *d, const struct pl_json_piece *name)
{
	size_t i;

	for (i = 0; i < d->count; i++)
		if (pl_json_piece_is(name, d->members[i].name))
			return &d->members[i];
	return NULL;
}

static struct draft_member *
add(struct draft *d, const struct pl_json_piece *name)
{
	size_t room = d->room > 0 ? d->room * 2 : 16;
	struct draft_member *members;

	if (d->count == d->room) {
		members = realloc(d->members, room * sizeof *members);
		if (members == NULL)
			return NULL;
		d->members = members;
		d->room = room;
	}
	d->members[d->count] = (struct draft_member){ .name = strndup(name->text, name->len) };
	return d->members[d->count].name != NULL ? &d->members[d->count++] : NULL;
}

void
draft_put(struct draft *d, const struct pl_json_piece *name, const struct pl_json_piece *value)
{
	struct draft_member *m;
	char *text;

	if (value->len == 0 || d->failed || d->full)
		return;
	m = find(d, name);
	d->full = m == NULL && d->count == DRAFT_NAMES_MAX;
	if (d->full)
		return;
	if (m == NULL)
		m = add(d, name);
	text = m != NULL ? strndup(value->text, value->len) : NULL;
	if (text == NULL) {
		d->failed = true;
		return;
	}
	free(m->value);
	m->value = text;
}

void
draft_put_as(struct draft *d, const char *name, const struct pl_json_piece *value)
{
	const struct pl_json_piece piece = { name, strlen(name) };

	draft_put(d, &piece, value);
}

void
draft_put_all(struct draft *d, const struct pl_json_piece *object)
{
	struct pl_json_piece cursor, name, value;

	if (object->len == 0 || *object->text != '{')
		return;
	(void)pl_json_enter(&cursor, object->text, object->len);
	while (!d->full && pl_json_next(&cursor, &name, &value))
		draft_put(d, &name, &value);
}

void
draft_print(const struct draft *d, struct pl_buf *out)
{
	size_t i;

	pl_buf_char(out, '{');
	for (i = 0; i < d->count; i++)
		pl_buf_printf(out, "%s%s:%s", i > 0 ? "," : "", d->members[i].name,
		    d->members[i].value != NULL ? d->members[i].value : "null");
	pl_buf_char(out, '}');
	if (d->failed)
		out->failed = true;
}

void
draft_clear(struct draft *d)
{
	size_t i;

	for (i = 0; i < d->count; i++) {
		free(d->members[i].name);
		free(d->members[i].value);
	}
	free(d->members);
	*d = (struct draft){ 0 };
}
