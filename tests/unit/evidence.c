/* evidence.c - what records say about one request: which belong to it, and what becomes of them */

#include <string.h>

#include "pamlite/evidence.h"

#include "unit.h"

static struct pl_ctx ctx;
static struct pl_buf told;     /* "Part SEQUENCE TEXT", a line each */

static enum pl_status
tell(void *arg, enum pl_evidence_part part, int64_t sequence, const struct pl_json_piece *text)
{
	(void)arg;
	pl_buf_printf(&told, "%s %lld %.*s\n", pl_evidence_parts[part], (long long)sequence, (int)text->len,
	    text->text);
	return PL_OK;
}

#define RECORD(type, operation, object, parameters) \
	"{\"Time\":\"t\",\"UserId\":\"u\",\"RecordType\":\"" type "\",\"Operation\":\"" operation "\"," \
	"\"ObjectId\":" object ",\"Result\":\"Started\",\"Parameters\":{" parameters "}}"
#define ASKED(parameters) RECORD("Request", "New-ElevatedAccessRequest", "\"R\"", parameters)
#define GRANTED RECORD("Decision", "Approve-ElevatedAccessRequest", "\"R\"", \
	"\"RequestStatus\":\"Approved\",\"Policy\":{\"P\":2},\"Authorization\":{\"Identity\":\"G\"}")
#define STARTED(id, grant) RECORD("Execution", "Invoke-ElevatedAccessTask", "\"" id "\"", \
	"\"AuthorizationIdentity\":\"" grant "\",\"CommandLine\":[\"" id "\"]")
#define ENDED(id) RECORD("Execution", "Invoke-ElevatedAccessTask", "\"" id "\"", "\"EndReason\":\"Exited\",\"More\":1")
#define USED "{\"RecordType\":\"Execution\",\"ObjectId\":\"L\",\"Result\":\"Success\"," \
	"\"Parameters\":{\"AuthorizationIdentity\":\"G\"}}"
#define LOOKED(id) RECORD("Execution", "Show-ElevatedAccessExecution", "\"" id "\"", "")
#define REFUSED(object) RECORD("Refusal", "Any-Thing", "\"" object "\"", "")

/* What a chain of these lines says, from record 1 on; lines end with NULL. */
static const char *
say(const char *const *lines)
{
	struct pl_evidence *e = pl_evidence_new(&ctx, tell, NULL);
	int64_t sequence = 1;

	pl_buf_reset(&told);
	for (; *lines != NULL; lines++, sequence++)
		CHECK_INT(pl_evidence_take(e, sequence, *lines), PL_OK);
	CHECK_INT(pl_evidence_end(e), PL_OK);
	CHECK_STR(pl_evidence_request(e), "\"R\"");
	pl_evidence_free(e);
	return told.text;
}

static void
test_request(void)
{
	static const char *const pending[] = {
		ASKED("\"Reason\":\"r\",\"Policy\":{\"P\":1},\"Task\":{\"T\":1}"), NULL };
	static const char *const changed[] = { ASKED("\"Reason\":\"r\",\"RequestStatus\":\"Pending\""),
		RECORD("Request", "Set-ElevatedAccessRequest", "\"R\"", "\"Reason\":\"s\",\"Ticket\":\"n\""),
		RECORD("Maintenance", "Expire-ElevatedAccessRequest", "\"R\"", "\"RequestStatus\":\"Expired\""), NULL };

	CHECK_STR(say(pending),
	    "Request 1 {\"Identity\":\"R\",\"DateCreatedUtc\":\"t\",\"Reason\":\"r\",\"DateUpdatedUtc\":\"t\"}\n"
	    "Policy 1 {\"P\":1}\nTask 1 {\"T\":1}\nAuthorization 1 null\n");
	say(changed);
	CHECK(strstr(told.text, "\"Reason\":\"s\",\"RequestStatus\":\"Expired\"") != NULL);
	CHECK(strstr(told.text, "\"Ticket\":\"n\"") != NULL);
	CHECK(strstr(told.text, "Policy 1 null\nTask 1 null\n") != NULL);
	CHECK(strncmp(told.text, "Decisions 2 {", 13) == 0);
	CHECK(strstr(told.text, "\nDecisions 3 {") != NULL);
}

static void
test_grant(void)
{
	static const char *const lines[] = { ASKED("\"Policy\":{\"P\":1},\"Task\":{\"T\":1}"), GRANTED,
		RECORD("Decision", "Revoke-ElevatedAccessAuthorization", "\"G\"", "\"Comment\":\"c\""),
		RECORD("Refusal", "Revoke-ElevatedAccessAuthorization", "\"G\"", "\"Comment\":\"d\""), NULL };

	say(lines);
	CHECK(strstr(told.text, "Policy 2 {\"P\":2}\nTask 1 {\"T\":1}\nAuthorization 3 {\"Identity\":\"G\","
	    "\"RequestIdentity\":\"R\",\"Revoked\":true,\"RevocationDateTimeUtc\":\"t\",\"RevokedBy\":\"u\","
	    "\"RevocationComment\":\"c\"}\n") != NULL);
	CHECK(strstr(told.text, "Refusals 4 {") != NULL);
	CHECK(strstr(told.text, "Decisions 4 {") == NULL);
}

/* In the order of their ends; those without an end come last, in the order of their starts. */
static void
test_runs(void)
{
	static const char *const lines[] = { ASKED(""), STARTED("early", "G"), GRANTED, STARTED("a", "G"),
		STARTED("z", "G"), STARTED("other", "H"), STARTED("c", "G"), ENDED("z"), ENDED("other"), ENDED("a"),
		ENDED("a"), ENDED("never"), REFUSED("a"), REFUSED("c"), REFUSED("other"),
		RECORD("Decision", "Stop-ElevatedAccessExecution", "\"c\"", ""), STARTED("b", "G"), NULL };
	static const char *const order[] = { "Executions 8 {\"Identity\":\"z\"", "Decisions 11 ", "Refusals 13 ",
		"Refusals 14 ", "Decisions 16 ", "Executions 7 {\"Identity\":\"c\"",
		"Executions 17 {\"Identity\":\"b\"",
		"Request 1 " };
	const char *at = say(lines);

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		at = at != NULL ? strstr(at, order[i]) : NULL;
		CHECK(at != NULL);
	}
	CHECK(strstr(told.text, "Executions 10 {\"Identity\":\"a\",\"User\":\"u\",\"StartTimeUtc\":\"t\","
	    "\"AuthorizationIdentity\":\"G\",\"CommandLine\":[\"a\"],\"EndTimeUtc\":\"t\",\"EndReason\":\"Exited\","
	    "\"More\":1}\n") != NULL);
	CHECK(strstr(told.text, "\"early\"") == NULL && strstr(told.text, "\"other\"") == NULL);
	CHECK(strstr(told.text, "\"never\"") == NULL);
}

/* Who looked at a recording, while it grew and later: it neither ends a run nor is one. */
static void
test_looks(void)
{
	static const char *const lines[] = { ASKED(""), GRANTED, LOOKED("a"), STARTED("a", "G"), STARTED("other", "H"),
		LOOKED("a"), LOOKED("other"), ENDED("a"), LOOKED("a"), NULL };
	static const char *const order[] = { "Decisions 2 ", "Decisions 6 ", "Executions 8 ", "Decisions 9 " };
	const char *at = say(lines);
	size_t count = 0;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		at = at != NULL ? strstr(at, order[i]) : NULL;
		CHECK(at != NULL);
	}
	for (at = told.text; (at = strchr(at, '\n')) != NULL; at++)
		count++;
	/* With the request, the policy, the task and the grant. */
	CHECK_INT(count, 8);
}

/* Uses by other programs are whole; a task's name does not become the request's. */
static void
test_uses(void)
{
	static const char *const lines[] = { ASKED(""), GRANTED, USED, REFUSED("L"), USED, NULL };

	say(lines);
	CHECK(strstr(told.text, "Executions 3 {\"Task\":\"L\",\"AuthorizationIdentity\":\"G\"}\n"
	    "Executions 5 {\"Task\":\"L\",\"AuthorizationIdentity\":\"G\"}\n") != NULL);
	CHECK(strstr(told.text, "Refusals") == NULL);
}

/* What no record is, and what begins no request. */
static void
test_refused(void)
{
	static const char *const first[] = { "", "{", "[]", "17", "{}", "{} ", "{\"a\":1,\"a\":2}", GRANTED,
		REFUSED("R"),
		RECORD("Refusal", "New-ElevatedAccessRequest", "\"R\"", ""),
		RECORD("Request", "New-ElevatedAccessRequest", "null", ""),
		RECORD("Request", "New-ElevatedAccessRequest", "7", ""),
		"{\"RecordType\":\"Request\",\"Operation\":\"New-ElevatedAccessRequest\",\"ObjectId\":\"R\"}" };
	static const char *const later[] = { "", "{", "[]", "17", "{\"a\":1,\"a\":2}", "{\"a\":\"\xff\"}", "{} {}" };
	static const char *const harmless[] = { "{}", "{\"ObjectId\":{}}", "{\"Parameters\":7,\"ObjectId\":\"G\"}",
		"{\"RecordType\":\"Execution\",\"ObjectId\":\"x\",\"Parameters\":[]}" };
	struct pl_evidence *e;

	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		e = pl_evidence_new(&ctx, tell, NULL);
		CHECK_INT(pl_evidence_take(e, 1, first[i]), PL_E_DATA);
		CHECK(pl_evidence_request(e) == NULL);
		pl_evidence_free(e);
	}
	e = pl_evidence_new(&ctx, tell, NULL);
	CHECK_INT(pl_evidence_take(e, 1, ASKED("")), PL_OK);
	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		CHECK_INT(pl_evidence_take(e, 2, later[i]), PL_E_DATA);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		CHECK_INT(pl_evidence_take(e, 2, harmless[i]), PL_OK);
	CHECK_INT(pl_evidence_end(e), PL_OK);
	pl_evidence_free(e);
	pl_evidence_free(NULL);
}

/* Anybody may have made a record with more names than can be compared in time. */
static void
test_many_names(void)
{
	static const char *const operations[] = { "Set-ElevatedAccessRequest", "Other" };
	struct pl_evidence *e;
	struct pl_buf line;
	int names, i, j;

	pl_buf_init(&line);
	for (names = 900; names <= 200000; names += 199100)
		for (i = 0; i < 2; i++) {
			e = pl_evidence_new(&ctx, tell, NULL);
			CHECK_INT(pl_evidence_take(e, 1, ASKED("")), PL_OK);
			CHECK_INT(pl_evidence_take(e, 2, GRANTED), PL_OK);
			pl_buf_reset(&line);
			pl_buf_printf(&line, "{\"RecordType\":\"Execution\",\"Operation\":\"%s\",\"ObjectId\":\"%s\","
			    "\"Result\":\"Started\",\"Parameters\":{\"AuthorizationIdentity\":\"G\"", operations[i],
			    i == 0 ? "R" : "E");
			for (j = 0; j < names; j++)
				pl_buf_printf(&line, ",\"%d\":1", j);
			pl_buf_text(&line, "}}");
			CHECK_INT(pl_evidence_take(e, 3, line.text), names < 1000 ? PL_OK : PL_E_DATA);
			CHECK_INT(pl_evidence_take(e, 4, REFUSED("R")), names < 1000 ? PL_OK : PL_E_DATA);
			pl_evidence_free(e);
		}
	pl_buf_clear(&line);
}

static enum pl_status
stop(void *arg, enum pl_evidence_part part, int64_t sequence, const struct pl_json_piece *text)
{
	(void)part;
	(void)sequence;
	(void)text;
	++*(int *)arg;
	return PL_E_IO;
}

/* Whoever receives the parts may end it. */
static void
test_stop(void)
{
	int calls = 0;
	struct pl_evidence *e = pl_evidence_new(&ctx, stop, &calls);

	CHECK_INT(pl_evidence_take(e, 1, ASKED("")), PL_OK);
	CHECK_INT(pl_evidence_take(e, 2, REFUSED("R")), PL_E_IO);
	CHECK_INT(pl_evidence_take(e, 3, REFUSED("R")), PL_E_IO);
	CHECK_INT(pl_evidence_end(e), PL_E_IO);
	CHECK_INT(calls, 1);
	pl_evidence_free(e);
}

int
main(void)
{
	pl_ctx_init(&ctx);
	pl_buf_init(&told);
	test_request();
	test_grant();
	test_runs();
	test_looks();
	test_uses();
	test_refused();
	test_many_names();
	test_stop();
	pl_buf_clear(&told);
	pl_ctx_clear(&ctx);
	return unit_end();
}
