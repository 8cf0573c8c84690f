/* core_uuid.c - tests of random identities */

#include <stddef.h>

#include "pamlite/uuid.h"

#include "unit.h"

int
main(void)
{
	static const struct { const char *text; bool valid; } cases[] = {
		{ "0c2d7f3e-8a51-4b6f-9d20-5e1f7a9b3c44", true },
		{ "0C2D7F3E-8A51-4B6F-9D20-5E1F7A9B3C44", true },
		{ "0c2d7f3e-8a51-4b6f-9d20-5e1f7a9b3c4", false },
		{ "0c2d7f3e-8a51-4b6f-9d20-5e1f7a9b3c444", false },
		{ "0c2d7f3e-8a51-4b6f-9d20-5e1f7a9b3c4g", false },
		{ "0c2d7f3e08a51-4b6f-9d20-5e1f7a9b3c44", false },
		{ "0c2d7f3e-8a51-4b6f-9d2005e1f7a9b3c44", false },
		{ "-c2d7f3e-8a51-4b6f-9d20-5e1f7a9b3c44", false },
		{ "{0c2d7f3e-8a51-4b6f-9d20-5e1f7a9b3c}", false },
		{ " c2d7f3e-8a51-4b6f-9d20-5e1f7a9b3c44", false },
		{ "", false },
		{ NULL, false },
	};
	char a[PL_ID_LEN + 1], b[PL_ID_LEN + 1];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK(pl_uuid_is_valid(cases[i].text) == cases[i].valid);
	for (int i = 0; i < 100; i++) {
		pl_uuid_make(a);
		pl_uuid_make(b);
		CHECK(pl_uuid_is_valid(a));
		CHECK(a[14] == '4' && strchr("89ab", a[19]) != NULL);
		CHECK(strcmp(a, b) != 0);
		CHECK_INT(strcspn(a, "ABCDEF"), PL_ID_LEN);
	}
	return unit_end();
}
