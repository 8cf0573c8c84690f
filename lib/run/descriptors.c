/* descriptors.c - what a process that stays beside the task keeps open */

#include "run/descriptors.h"

#include <unistd.h>

void
pl_descriptors_keep(const int kept[], size_t count)
{
	int from = 0, next;
	size_t i;

	for (;;) {
		next = -1;
		for (i = 0; i < count; i++)
			if (kept[i] >= from && (next < 0 || kept[i] < next))
				next = kept[i];
		if (next > from)
			close_range((unsigned int)from, (unsigned int)next - 1, 0);
		if (next < 0)
			break;
		from = next + 1;
	}
	close_range((unsigned int)from, ~0U, 0);
}
