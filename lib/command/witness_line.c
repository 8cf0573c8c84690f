/* witness_line.c - a line of what somebody keeps of the audit log, in the forms in which it is kept */

#include "witness_line.h"

#include <stdio.h>
#include <string.h>

#include "pamlite/chain.h"
#include "pamlite/json.h"
#include "pamlite/text.h"

static const char ident[] = "pam-lite", digits[] = "0123456789";

/* "17", `between`, and a hash that ends there; else the line is not about the log. */
static void
take_pair(const char *at, const char *between, struct pl_audit_witness *out)
{
	const size_t len = strspn(at, digits);
	const char *hash;

	if (strncmp(at + len, between, strlen(between)) != 0)
		return;
	hash = at + len + strlen(between);
	if (strspn(hash, "0123456789abcdef") != PL_DIGEST_LEN ||
	    (hash[PL_DIGEST_LEN] != '\0' && hash[PL_DIGEST_LEN] != ' ') || !pl_text_parse_int(at, len, &out->sequence))
		return;
	memcpy(out->hash, hash, PL_DIGEST_LEN);
	out->hash[PL_DIGEST_LEN] = '\0';
}

static void
take_message(const char *message, struct pl_audit_witness *out)
{
	if (strncmp(message, PL_AUDIT_SAID, strlen(PL_AUDIT_SAID)) == 0)
		take_pair(message + strlen(PL_AUDIT_SAID), PL_AUDIT_SAID_HASH, out);
}

static const char *
next_word(const char *at)
{
	at += strcspn(at, " ");
	return at + strspn(at, " ");
}

/* Is the word, up to a blank, "pam-lite" or "pam-lite[4711]", with `end` behind it? */
static bool
is_ident(const char *word, const char *end)
{
	size_t len;

	if (strncmp(word, ident, sizeof(ident) - 1) != 0)
		return false;
	word += sizeof(ident) - 1;
	if (*word == '[') {
		len = strspn(word + 1, digits);
		word += len + 1;
		if (len == 0 || *word++ != ']')
			return false;
	}
	for (; *end != '\0'; end++)
		if (*word++ != *end)
			return false;
	return *word == ' ';
}

/*
 * Nov 21 18:32:30 host pam-lite[4711]: and so on. The first word that ends in a colon names the program: what
 * comes behind it others may have made it say, such as a user's name that a login daemon repeats.
 */
static void
take_traditional(const char *at, struct pl_audit_witness *out)
{
	size_t len;

	for (; (len = strcspn(at, " ")) > 0; at = next_word(at)) {
		if (at[len - 1] != ':')
			continue;
		if (is_ident(at, ":"))
			take_message(next_word(at), out);
		return;
	}
}

/* Behind the elements of structured data, whose values are quoted; a single dash if there are none. */
static const char *
skip_structured(const char *at)
{
	bool quoted = false;

	if (*at == '-')
		return at + 1;
	for (; *at == '['; at += *at == ']')
		for (; *at != '\0' && (quoted || *at != ']'); at++) {
			if (*at == '\\' && at[1] != '\0')
				at++;
			else if (*at == '"')
				quoted = !quoted;
		}
	return at;
}

/* RFC 5424, behind its version: TIME HOST pam-lite PROCESS MESSAGE-ID STRUCTURED-DATA MESSAGE. */
static void
take_structured(const char *at, struct pl_audit_witness *out)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";

	at = next_word(next_word(at));
	if (!is_ident(at, ""))
		return;
	at = skip_structured(next_word(next_word(next_word(at))));
	if (*at++ != ' ')
		return;
	if (strncmp(at, byte_order_mark, strlen(byte_order_mark)) == 0)
		at += strlen(byte_order_mark);
	take_message(at, out);
}

static void
take_text(const char *at, struct pl_audit_witness *out)
{
	take_pair(at, " ", out);
	if (out->sequence != 0)
		return;
	if (*at == '<' && at[1 + strspn(at + 1, digits)] == '>')
		at += strspn(at + 1, digits) + 2;
	if (strncmp(at, "1 ", 2) == 0)
		take_structured(at + 2, out);
	else
		take_traditional(at, out);
}

static const char *
text_of(const struct pl_json_object *o, const char *name)
{
	const struct pl_json_member *m = pl_json_member_find(o, name);

	return m != NULL && m->kind == PL_JSON_TEXT ? m->value : NULL;
}

static enum pl_status
take_record(struct pl_ctx *ctx, const struct pl_json_object *o, struct pl_witness_line *out)
{
	const char *data = text_of(o, "AuditData"), *previous = text_of(o, "PreviousHash"),
	    *hash = text_of(o, "Hash"), *number = text_of(o, "Sequence");
	const char *const copies[PL_AUDIT_COPIES] = {
		text_of(o, "CreationDate"), text_of(o, "UserIds"), text_of(o, "RecordType"), text_of(o, "Operations"),
		text_of(o, "ObjectIds"), text_of(o, "ResultStatus")
	};
	char key[48];

	if (data == NULL || previous == NULL || hash == NULL || number == NULL || strlen(hash) != PL_DIGEST_LEN ||
	    !pl_text_parse_int(number, strlen(number), &out->seen.sequence) || out->seen.sequence == 0)
		return pl_fail(ctx, PL_ERR_INVALID_INPUT, "this is not a whole exported audit record");
	pl_audit_hash(previous, data, out->seen.hash);
	snprintf(key, sizeof(key), "{\"Sequence\":%s,", number);
	if (strcmp(out->seen.hash, hash) != 0 || strncmp(data, key, strlen(key)) != 0)
		out->fault = "does not fit its own hash";
	else if (!pl_audit_line_says(data, copies))
		out->fault = "has fields that say something else than its AuditData";
	return PL_OK;
}

static enum pl_status
take_object(struct pl_ctx *ctx, const char *text, struct pl_witness_line *out)
{
	struct pl_json_object o;
	const char *name, *message;
	enum pl_status st;

	st = pl_json_parse_object(ctx, text, strlen(text), &o);
	if (st == PL_OK && pl_json_member_find(&o, "AuditData") != NULL) {
		st = take_record(ctx, &o, out);
	} else if (st == PL_OK) {
		name = text_of(&o, "SYSLOG_IDENTIFIER");
		message = text_of(&o, "MESSAGE");
		if (name != NULL && message != NULL && strcmp(name, ident) == 0)
			take_message(message, &out->seen);
	} else if (ctx->failure.error == PL_ERR_INVALID_INPUT) {
		/* JSON, and more than an export or a line of ours holds. */
		pl_ctx_forgive(ctx);
		st = PL_OK;
	}
	pl_json_object_clear(&o);
	return st;
}

enum pl_status
pl_witness_line_read(struct pl_ctx *ctx, const char *text, struct pl_witness_line *out)
{
	memset(out, 0, sizeof(*out));
	if (*text == '{')
		return take_object(ctx, text, out);
	take_text(text, &out->seen);
	return PL_OK;
}
