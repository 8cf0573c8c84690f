/* uuid.c - random identities */

#include "pamlite/uuid.h"

#include <uuid/uuid.h>

void
pl_uuid_make(char out[PL_ID_LEN + 1])
{
	uuid_t id;

	uuid_generate_random(id);
	uuid_unparse_lower(id, out);
}
