/* ok.c - the program that tests register as a task: says as JSON what it was given and by whom, exits as told */

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_SIZE = 512, GROUPS_MAX = 1024, DESCRIPTORS_MAX = 65536, AT_ONCE = 256 };

static void
print_text(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	putchar('"');
	for (; *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			printf("\\%c", *at);
		else if (*at < 0x20 || *at == 0x7f)
			printf("\\u%04x", *at);
		else
			putchar(*at);
	}
	putchar('"');
}

static void
print_list(const char *name, char *const *list)
{
	size_t i;

	printf("\"%s\":[", name);
	for (i = 0; list[i] != NULL; i++) {
		if (i > 0)
			putchar(',');
		print_text(list[i]);
	}
	printf("],\n");
}

/* The kernel's own words: "Uid", "SigBlk" and so on, as text. */
static void
print_status(void)
{
	static const char *const names[] = { "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "CapPrm", "CapBnd",
		"NoNewPrivs", "TracerPid" };
	char line[LINE_MAX_SIZE], *value;
	FILE *f = fopen("/proc/self/status", "re");
	size_t i;

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		value = strchr(line, ':');
		if (value == NULL)
			continue;
		*value++ = '\0';
		value += strspn(value, " \t");
		for (i = 0; i < sizeof names / sizeof names[0]; i++) {
			if (strcmp(line, names[i]) == 0) {
				printf("\"%s\":", line);
				print_text(value);
				printf(",\n");
			}
		}
	}
	if (f != NULL)
		fclose(f);
}

static void
print_groups(void)
{
	gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups), i;

	printf("\"groups\":[");
	for (i = 0; i < count; i++)
		printf("%s%lu", i > 0 ? "," : "", (unsigned long)groups[i]);
	printf("],\n");
}

/* Asked for by number: opening a directory to list them would add one. Many at a time: tests trace this. */
static void
print_descriptors(void)
{
	struct pollfd some[AT_ONCE];
	const char *comma = "";
	int first, i;
	bool asked;

	printf("\"descriptors\":[");
	for (first = 0; first < DESCRIPTORS_MAX; first += AT_ONCE) {
		for (i = 0; i < AT_ONCE; i++)
			some[i] = (struct pollfd){ .fd = first + i };
		/* Refused where fewer may be open than are asked for. */
		asked = poll(some, AT_ONCE, 0) >= 0;
		for (i = 0; i < AT_ONCE; i++) {
			if (asked ? (some[i].revents & POLLNVAL) == 0 : fcntl(first + i, F_GETFD) >= 0) {
				printf("%s%d", comma, first + i);
				comma = ",";
			}
		}
	}
	printf("],\n");
}

static void
print_terminals(void)
{
	const char *name;
	struct stat st;
	int fd;

	printf("\"terminals\":[");
	for (fd = 0; fd < 3; fd++) {
		name = ttyname(fd);
		print_text(name != NULL ? name : "");
		putchar(fd < 2 ? ',' : ']');
	}
	name = ttyname(0);
	printf(",\n\"terminal_owner\":%ld,\n", name != NULL && stat(name, &st) == 0 ? (long)st.st_uid : -1L);
	fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	printf("\"controlling\":%s,\n\"session\":%s,\n\"group_leader\":%s,\n", fd >= 0 ? "true" : "false",
	    getsid(0) == getpid() ? "true" : "false", getpgrp() == getpid() ? "true" : "false");
	if (fd >= 0)
		close(fd);
}

static void
print_limits(void)
{
	static const struct { const char *name; int number; } limits[] = {
		{ "CPU", RLIMIT_CPU }, { "FSIZE", RLIMIT_FSIZE }, { "DATA", RLIMIT_DATA }, { "STACK", RLIMIT_STACK },
		{ "CORE", RLIMIT_CORE }, { "NPROC", RLIMIT_NPROC }, { "NOFILE", RLIMIT_NOFILE }, { "AS", RLIMIT_AS },
	};
	struct rlimit limit;
	size_t i;

	printf("\"limits\":{");
	for (i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		if (getrlimit((__rlimit_resource_t)limits[i].number, &limit) == 0)
			printf("%s\"%s\":[%lld,%lld]", i > 0 ? "," : "", limits[i].name, (long long)limit.rlim_cur,
			    (long long)limit.rlim_max);
	}
	printf("},\n");
}

/* usage: ok [STATUS [WORD...]] */
int
main(int argc, char *argv[])
{
	char place[4096];
	mode_t mask = umask(0);

	/* Before anything else opens one. */
	printf("{");
	print_descriptors();
	print_status();
	print_groups();
	print_list("environment", environ);
	printf("\"directory\":");
	print_text(getcwd(place, sizeof place) != NULL ? place : "");
	printf(",\n\"umask\":\"%03o\",\n\"nice\":%d,\n", (unsigned)mask, getpriority(PRIO_PROCESS, 0));
	print_limits();
	print_terminals();
	print_list("arguments", argv);
	printf("\"parent\":%ld,\"pid\":%ld}\n", (long)getppid(), (long)getpid());
	return argc > 1 ? atoi(argv[1]) : 0;
}
