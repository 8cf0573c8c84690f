/* report.c - the figures as a table for people and as JSON for programs */

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <libsmartcols/libsmartcols.h>

#include "bench.h"

enum bench_verdict
bench_judge(const struct bench_result *r)
{
	const struct bench_row *row = r->row;

	if (r->pairs == 0 || (row->goal <= 0 && row->rate_goal <= 0))
		return BENCH_NO_GOAL;
	if ((row->goal > 0 && r->ratio > row->goal) || (row->rate_goal > 0 && r->rate < row->rate_goal) ||
	    r->peak_kib > BENCH_PEAK_KIB)
		return BENCH_MISSED;
	return BENCH_MET;
}

static const char *const verdicts[] = { "", "met", "not met" };

/* "Intel(R) Xeon(R) Processor"; "" where the kernel tells none. */
static void
processor(char *out, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256];

	out[0] = '\0';
	while (f != NULL && out[0] == '\0' && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "model name", 10) == 0 && strchr(line, ':') != NULL)
			snprintf(out, size, "%.*s", (int)strcspn(strchr(line, ':') + 2, "\n"), strchr(line, ':') + 2);
	if (f != NULL)
		fclose(f);
}

static cJSON *
machine(const struct bench *b)
{
	cJSON *o = cJSON_CreateObject();
	struct utsname host;
	double load = 0;
	char cpu[200];

	processor(cpu, sizeof(cpu));
	cJSON_AddStringToObject(o, "Processor", cpu);
	cJSON_AddNumberToObject(o, "Processors", (double)sysconf(_SC_NPROCESSORS_ONLN));
	cJSON_AddNumberToObject(o, "MemoryMiB", floor((double)sysconf(_SC_PHYS_PAGES) *
	    (double)sysconf(_SC_PAGE_SIZE) / 1048576));
	if (uname(&host) == 0)
		cJSON_AddStringToObject(o, "Kernel", host.release);
	if (getloadavg(&load, 1) == 1)
		cJSON_AddNumberToObject(o, "Load", load);
	cJSON_AddNumberToObject(o, "SyncMs", round(bench_sync_ms(b->dir) * 1e3) / 1e3);
	cJSON_AddStringToObject(o, "Versions", b->versions);
	cJSON_AddNumberToObject(o, "Requests", b->requests);
	cJSON_AddNumberToObject(o, "Records", b->records);
	cJSON_AddNumberToObject(o, "Approvals", b->approvals);
	return o;
}

static void
add_figure(cJSON *o, const char *name, double value)
{
	cJSON_AddNumberToObject(o, name, round(value * 1e4) / 1e4);
}

static cJSON *
row_json(const struct bench_result *r)
{
	cJSON *o = cJSON_CreateObject();

	cJSON_AddStringToObject(o, "Where", r->row->group);
	cJSON_AddStringToObject(o, "Measured", r->row->what);
	cJSON_AddStringToObject(o, "Against", r->row->against);
	cJSON_AddNumberToObject(o, "Pairs", r->pairs);
	if (r->pairs > 0) {
		add_figure(o, "OursMs", r->ours_ms);
		add_figure(o, "PeerMs", r->peer_ms);
		add_figure(o, "Ratio", r->ratio);
		add_figure(o, "OursCpuMs", r->ours_cpu_ms);
		add_figure(o, "CpuRatio", r->cpu_ratio);
		cJSON_AddNumberToObject(o, "OursPeakKiB", (double)r->peak_kib);
	}
	if (r->rate > 0)
		cJSON_AddNumberToObject(o, "PerSecond", floor(r->rate));
	if (r->row->goal > 0)
		cJSON_AddNumberToObject(o, "Goal", r->row->goal);
	if (r->row->rate_goal > 0)
		cJSON_AddNumberToObject(o, "GoalPerSecond", r->row->rate_goal);
	if (bench_judge(r) != BENCH_NO_GOAL)
		cJSON_AddBoolToObject(o, "Met", bench_judge(r) == BENCH_MET);
	if (r->note[0] != '\0')
		cJSON_AddStringToObject(o, "Note", r->note);
	return o;
}

static bool
write_json(const struct bench *b, cJSON *of_machine, const struct bench_result *results, size_t count)
{
	cJSON *all = cJSON_CreateObject(), *rows;
	char path[600], *text;
	FILE *f;
	bool ok;

	cJSON_AddItemToObject(all, "Machine", of_machine);
	rows = cJSON_AddArrayToObject(all, "Rows");
	for (size_t i = 0; i < count; i++)
		cJSON_AddItemToArray(rows, row_json(&results[i]));
	text = cJSON_Print(all);
	cJSON_Delete(all);
	snprintf(path, sizeof(path), "%s/bench.json", b->dir);
	f = fopen(path, "we");
	ok = f != NULL && text != NULL && fprintf(f, "%s\n", text) > 0;
	if (f != NULL)
		ok = fclose(f) == 0 && ok;
	free(text);
	return ok;
}

enum { WHERE, MEASURED, AGAINST, PAIRS, OURS, PEER, RATIO, GOAL, MET, CPU, CPU_RATIO, PEAK, COLUMNS };

static const struct {
	const char *name;
	int flags;
} columns[COLUMNS] = {
	[WHERE] = { "WHERE", 0 }, [MEASURED] = { "MEASURED", 0 }, [AGAINST] = { "AGAINST", 0 },
	[PAIRS] = { "PAIRS", SCOLS_FL_RIGHT }, [OURS] = { "OURS ms", SCOLS_FL_RIGHT },
	[PEER] = { "PEER ms", SCOLS_FL_RIGHT }, [RATIO] = { "RATIO", SCOLS_FL_RIGHT },
	[GOAL] = { "GOAL", SCOLS_FL_RIGHT }, [MET] = { "", 0 }, [CPU] = { "CPU ms", SCOLS_FL_RIGHT },
	[CPU_RATIO] = { "RATIO", SCOLS_FL_RIGHT }, [PEAK] = { "MiB", SCOLS_FL_RIGHT },
};

__attribute__((format(printf, 3, 4))) static void
cell(struct libscols_line *line, int column, const char *fmt, ...)
{
	char text[BENCH_NOTE_MAX + 1];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	scols_line_set_data(line, (size_t)column, text);
}

static void
add_line(struct libscols_table *t, const struct bench_result *r)
{
	struct libscols_line *line = scols_table_new_line(t, NULL);

	if (line == NULL)
		return;
	cell(line, WHERE, "%s", r->row->group);
	cell(line, MEASURED, "%s", r->row->what);
	cell(line, AGAINST, "%s", r->row->against);
	if (r->row->rate_goal > 0)
		cell(line, GOAL, ">=%.0f/s", r->row->rate_goal);
	else
		cell(line, GOAL, "<=%.2f", r->row->goal);
	if (r->pairs == 0) {
		cell(line, OURS, "-");
		return;
	}
	cell(line, PAIRS, "%d", r->pairs);
	cell(line, OURS, "%.2f", r->ours_ms);
	cell(line, PEER, "%.2f", r->peer_ms);
	if (r->row->rate_goal > 0)
		cell(line, RATIO, "%.0f/s, %.2f", r->rate, r->ratio);
	else
		cell(line, RATIO, "%.2f", r->ratio);
	cell(line, MET, "%s", verdicts[bench_judge(r)]);
	cell(line, CPU, "%.2f", r->ours_cpu_ms);
	cell(line, CPU_RATIO, "%.2f", r->cpu_ratio);
	cell(line, PEAK, "%.1f", (double)r->peak_kib / 1024);
}

static bool
print_table(FILE *to, cJSON *of_machine, const struct bench_result *results, size_t count)
{
	struct libscols_table *t = scols_new_table();
	const cJSON *fact;
	bool ok = t != NULL;
	size_t i;

	cJSON_ArrayForEach(fact, of_machine) {
		if (cJSON_IsString(fact))
			fprintf(to, "%s: %s\n", fact->string, fact->valuestring);
		else
			fprintf(to, "%s: %g\n", fact->string, fact->valuedouble);
	}
	fprintf(to, "\n");
	for (i = 0; i < COLUMNS && ok; i++)
		ok = scols_table_new_column(t, columns[i].name, 0, columns[i].flags) != NULL;
	for (i = 0; i < count && ok; i++)
		add_line(t, &results[i]);
	ok = ok && scols_table_set_termforce(t, SCOLS_TERMFORCE_NEVER) == 0 && scols_table_set_stream(t, to) == 0 &&
	    scols_print_table(t) == 0;
	scols_unref_table(t);
	for (i = 0; i < count; i++)
		if (results[i].note[0] != '\0')
			fprintf(to, "%s, %s, %s: %s\n", results[i].row->group, results[i].row->what,
			    results[i].row->against, results[i].note);
	return ok && ferror(to) == 0;
}

bool
bench_report(const struct bench *b, const struct bench_result *results, size_t count)
{
	cJSON *of_machine = machine(b);
	char path[600];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%s/bench.txt", b->dir);
	f = fopen(path, "we");
	ok = print_table(stdout, of_machine, results, count) && f != NULL &&
	    print_table(f, of_machine, results, count);
	if (f != NULL)
		ok = fclose(f) == 0 && ok;
	return write_json(b, of_machine, results, count) && ok;
}
