/* command_configuration.c - configuration documents: the properties that there are, and what is read and written */

#include <sys/mman.h>
#include <unistd.h>

#include "pamlite/configuration_read.h"
#include "pamlite/configuration_write.h"

#include "command/configuration_table.h"
#include "command/session.h"

#include "unit.h"

static const struct pl_param params[] = { { 0 } };
static const enum pl_error errors[] = { PL_ERR_CONFIGURATION_INVALID, PL_ERR_INVALID_JSON, PL_ERR_NONE };
static const struct pl_command command = { .name = "import-configuration", .params = params, .errors = errors };

#define HEAD "{\"Format\":\"pam-lite configuration\",\"Version\":1"

/* A property is read into the member that it is written from, in the same order. */
static void
test_tables(void)
{
	for (int s = 0; s < PL_SECTIONS; s++) {
		const struct pl_param *p = pl_configuration_params[s];

		for (const struct pl_column *c = pl_sections[s].noun->columns; c->name != NULL; c++) {
			CHECK(p->name != NULL);
			if (p->name == NULL)
				break;
			CHECK_STR(p->name, c->name);
			CHECK_INT(p->offset, c->offset);
			CHECK(pl_configuration_param(s, c->name) == p);
			p++;
		}
		CHECK(p->name == NULL);
	}
	CHECK(pl_configuration_param(PL_SECTION_TASKS, "name") == NULL);
}

static void
begin(struct pl_session *s)
{
	*s = (struct pl_session){ .command = &command, .silent = true };
	pl_ctx_init(&s->ctx);
}

static enum pl_status
read_text(struct pl_session *s, const char *text, struct pl_configuration *out)
{
	int fd = memfd_create("document", MFD_CLOEXEC);
	enum pl_status st;

	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text) && lseek(fd, 0, SEEK_SET) == 0);
	st = pl_configuration_read(&s->ctx, fd, out);
	close(fd);
	return st;
}

static const struct {
	const char *text, *message;
} bad[] = {
	{ "", "the document is not valid JSON: it ends in the middle" },
	{ HEAD, "the document is not valid JSON: it ends in the middle" },
	{ "[]", "the document: it must be an object" },
	{ "{}", "the document: it has no Version: 1" },
	{ HEAD ",\"Tasks\":[{}]}", "Tasks[0]: it has no Name" },
	{ HEAD ",\"Tasks\":[{\"Name\":\"L/a\",\"Type\":\"Task\"},{\"Name\":\"l/A\",\"Type\":\"Task\"}]}",
	    "Tasks[1]: 'l\\A' stands there twice" },
	{ HEAD ",\"Tasks\":[{\"Name\":\"L/a\",\"Type\":\"Task\",\"ResolvedPath\":\"/bin/sh\"}]}",
	    "Tasks[0].ResolvedPath: there is no such property" },
	{ HEAD ",\"Control\":{\"Enabled\":1}}", "Control.Enabled: it must be true or false, not a number" },
	{ HEAD ",\"DocumentSha256\":\"0\"}", "DocumentSha256: there is no such property" },
};

static void
test_bad(void)
{
	struct pl_configuration doc;
	struct pl_session s;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		begin(&s);
		CHECK_INT(read_text(&s, bad[i].text, &doc), PL_E_DATA);
		CHECK_STR(s.ctx.failure.message, bad[i].message);
		pl_configuration_clear(&doc);
		pl_ctx_clear(&s.ctx);
	}
}

static void
write_text(struct pl_session *s, const struct pl_configuration *doc, bool handed, char *out, size_t size)
{
	int fd = memfd_create("written", MFD_CLOEXEC);
	ssize_t n;

	CHECK_INT(pl_configuration_write(&s->ctx, doc, handed, fd), PL_OK);
	n = pread(fd, out, size - 1, 0);
	out[n > 0 ? n : 0] = '\0';
	close(fd);
}

static void
test_round(void)
{
	static const char expected[] =
	    "{\n  \"Format\": \"pam-lite configuration\",\n  \"Version\": 1,\n"
	    "  \"Control\": {\n    \"Enabled\": false,\n    \"RequestLifetimeHours\": 24\n  },\n"
	    "  \"SystemAccounts\": [\n    {\n      \"Identity\": \"svc\",\n"
	    "      \"Reason\": \"r\",\n      \"ExpiresUtc\": \"2027-01-30T23:00:00Z\"\n    }\n  ],\n"
	    "  \"Policies\": []\n}\n";
	char text[4096];
	struct pl_configuration doc;
	struct pl_session s;

	begin(&s);
	CHECK_INT(read_text(&s, HEAD ",\"Policies\":[],"
	    "\"Control\":{\"RequestLifetimeHours\":null,\"Enabled\":false},"
	    "\"SystemAccounts\":[{\"ExpiresUtc\":\"2027-01-31T00:00:00+01:00\",\"Reason\":\"r\","
	    "\"Identity\":\"svc\"}]}",
	    &doc), PL_OK);
	CHECK(!doc.sections[PL_SECTION_TASKS].given && doc.sections[PL_SECTION_POLICIES].given);
	write_text(&s, &doc, false, text, sizeof text);
	CHECK_STR(text, expected);
	pl_configuration_clear(&doc);
	CHECK_INT(read_text(&s, text, &doc), PL_OK);
	write_text(&s, &doc, false, text, sizeof text);
	CHECK_STR(text, expected);
	pl_configuration_clear(&doc);
	pl_ctx_clear(&s.ctx);
}

/* What root's side adds counts in the part that acts for root, and nowhere else. */
static void
test_handed(void)
{
	static const struct {
		bool front;
		uid_t uid;
		enum pl_status status;
	} readers[] = { { false, 0, PL_E_DATA }, { true, 1000, PL_E_DATA }, { true, 0, PL_OK } };
	char text[4096], digest[PL_DIGEST_LEN + 1];
	struct pl_configuration_task *t;
	struct pl_configuration doc;
	struct pl_session s;
	int ends[2];

	begin(&s);
	CHECK(pipe(ends) == 0);
	CHECK_INT(read_text(&s, HEAD ",\"Tasks\":[{\"Name\":\"L/a\",\"Type\":\"Task\"}]}", &doc), PL_OK);
	memcpy(digest, doc.digest, sizeof digest);
	t = pl_configuration_row(&doc, PL_SECTION_TASKS, 0);
	t->program = strdup("/usr/bin/x");
	write_text(&s, &doc, true, text, sizeof text);
	pl_configuration_clear(&doc);
	for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
		pl_ctx_forgive(&s.ctx);
		s.ctx.front_fd = readers[i].front ? ends[0] : 0;
		s.ctx.caller.uid = readers[i].uid;
		CHECK_INT(read_text(&s, text, &doc), readers[i].status);
		if (readers[i].status == PL_OK) {
			t = pl_configuration_row(&doc, PL_SECTION_TASKS, 0);
			CHECK_STR(t->program, "/usr/bin/x");
			CHECK_STR(doc.digest, digest);
		}
		pl_configuration_clear(&doc);
	}
	close(ends[0]);
	close(ends[1]);
	pl_ctx_clear(&s.ctx);
}

int
main(void)
{
	test_tables();
	test_bad();
	test_round();
	test_handed();
	return unit_end();
}
