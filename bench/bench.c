/* bench.c - how fast pam-lite is, beside what does the same; it says, and never passes or fails */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

static int
usage(void)
{
	fprintf(stderr, "usage: bench -d DIR -b PROGRAMS -e EMPTY [-p PAIRS] [-l LONG] [-c CROWD]\n"
	    "             [-n REQUESTS] [-r RECORDS] [-a APPROVALS] [-m MEMORY-DIR] [-s WHY-NO-SYSTEM]\n"
	    "             [-v VERSIONS] [-o GROUP]\n"
	    "bench/run makes what it measures and starts it.\n");
	return 64;
}

static bool
is_wanted(const struct bench *b, const struct bench_row *row)
{
	return b->only == NULL || strncmp(row->group, b->only, strlen(b->only)) == 0;
}

static bool
measure_all(struct bench *b)
{
	struct bench_result *results = calloc(bench_row_count, sizeof(*results));
	size_t i, count = 0;
	bool ok = results != NULL;

	for (i = 0; i < bench_row_count && ok; i++) {
		if (!is_wanted(b, &bench_rows[i]))
			continue;
		fprintf(stderr, "%s: %s, against: %s\n", bench_rows[i].group, bench_rows[i].what,
		    bench_rows[i].against);
		bench_measure(b, &bench_rows[i], &results[count++]);
	}
	ok = ok && bench_report(b, results, count);
	free(results);
	return ok;
}

/* Below 0: it is no number. */
static double
number(const char *word)
{
	char *end;
	const double n = strtod(word, &end);

	return end > word && *end == '\0' ? n : -1;
}

int
main(int argc, char *argv[])
{
	struct bench b = { .pairs = 30, .long_pairs = 5, .crowd = 200, .versions = "", .at = BENCH_SYSTEM_MEMORY };
	const char *memory = NULL, *system = NULL;
	int option;

	while ((option = getopt(argc, argv, "d:b:e:p:l:c:n:r:a:m:s:v:o:")) != -1)
		switch (option) {
		case 'd': b.dir = optarg; break;
		case 'b': b.programs = optarg; break;
		case 'e': b.empty = optarg; break;
		case 'p': b.pairs = (int)number(optarg); break;
		case 'l': b.long_pairs = (int)number(optarg); break;
		case 'c': b.crowd = (int)number(optarg); break;
		case 'n': b.requests = number(optarg); break;
		case 'r': b.records = number(optarg); break;
		case 'a': b.approvals = number(optarg); break;
		case 'm': memory = optarg; break;
		case 's': system = optarg; break;
		case 'v': b.versions = optarg; break;
		case 'o': b.only = optarg; break;
		default: return usage();
		}
	if (b.dir == NULL || b.programs == NULL || b.empty == NULL || b.pairs < 1 || b.long_pairs < 1 || b.crowd < 1 ||
	    b.requests < 0 || b.records < 0 || b.approvals < 0 || optind < argc)
		return usage();
	snprintf(b.path, sizeof(b.path), "%s:/usr/bin:/bin:/usr/sbin:/sbin", b.programs);
	b.out_fd = memfd_create("stdout", MFD_CLOEXEC);
	b.err_fd = memfd_create("stderr", MFD_CLOEXEC);
	if (b.out_fd < 0 || b.err_fd < 0) {
		fprintf(stderr, "bench: %s\n", strerror(errno));
		return 71;
	}
	bench_places_find(&b, memory, system);
	return measure_all(&b) ? 0 : 71;
}
