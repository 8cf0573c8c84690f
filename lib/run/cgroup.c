/* cgroup.c - a control group around one task, so that nothing of it can run from its end */

#include "run/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "pamlite/run.h"

static const char prefix[] = "pam-lite-";

/* The mount point of version 2 and the group of its root; both are the caller's to free. */
static bool
find_mount(char **root, char **point)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, *kind;
	size_t size = 0;

	*root = *point = NULL;
	while (f != NULL && *point == NULL && getline(&line, &size, f) > 0) {
		kind = strstr(line, " - ");
		if (kind == NULL || strncmp(kind, " - cgroup2 ", 11) != 0)
			continue;
		if (sscanf(line, "%*s %*s %*s %ms %ms", root, point) == 2)
			break;
		free(*root);
		*root = NULL;
	}
	free(line);
	if (f != NULL)
		fclose(f);
	return *point != NULL;
}

/* This process's own group; the caller frees it. */
static char *
find_own(void)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char *line = NULL, *own = NULL;
	size_t size = 0;

	while (f != NULL && own == NULL && getline(&line, &size, f) > 0) {
		if (strncmp(line, "0::/", 4) != 0)
			continue;
		line[strcspn(line, "\n")] = '\0';
		own = strdup(line + 3);
	}
	free(line);
	if (f != NULL)
		fclose(f);
	return own;
}

/* It must be one of version 2, and root's. */
static bool
is_trusted(int fd)
{
	struct statfs fs;
	struct stat st;

	return fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC && fstat(fd, &st) == 0 &&
	    st.st_uid == 0 && (st.st_mode & 022) == 0;
}

/*
 * Our own group, or the deepest one around it with nothing but root's from the top of the tree: whoever has
 * been given a group could freeze, kill or move what is in it and below, and nobody would end the task.
 */
static int
open_roots_own(const char *point, const char *below, bool *is_own)
{
	char path[4096];
	size_t len = strlen(point), next;
	int fd = -1, deeper;

	*is_own = false;
	if (len + strlen(below) >= sizeof(path) || strstr(below, "/..") != NULL)
		return -1;
	memcpy(path, point, len + 1);
	for (;;) {
		deeper = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (deeper < 0 || !is_trusted(deeper)) {
			if (deeper >= 0)
				close(deeper);
			return fd;
		}
		if (fd >= 0)
			close(fd);
		fd = deeper;
		*is_own = *below == '\0';
		if (*is_own)
			return fd;
		next = 1 + strcspn(below + 1, "/");
		memcpy(path + len, below, next);
		len += next;
		path[len] = '\0';
		below += next;
	}
}

static int
open_parent(bool *is_own)
{
	char *root, *point, *own = find_own();
	size_t len;
	int fd = -1;

	*is_own = false;
	if (find_mount(&root, &point) && root != NULL && own != NULL) {
		/* Where only a part of the tree is mounted, our path begins with that part's. */
		len = strcmp(root, "/") == 0 ? 0 : strlen(root);
		if (strncmp(own, root, len) == 0 && (own[len] == '/' || own[len] == '\0'))
			fd = open_roots_own(point, strcmp(own + len, "/") == 0 ? "" : own + len, is_own);
	}
	free(root);
	free(point);
	free(own);
	return fd;
}

/* One whose runner lives may be empty because its task has not been put there yet. */
static void
remove_leftovers(int parent)
{
	int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	char path[32];

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, prefix, sizeof(prefix) - 1) != 0)
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%ld", strtol(entry->d_name + sizeof(prefix) - 1, NULL, 10));
		if (access(path, F_OK) != 0)
			unlinkat(parent, entry->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

static void
make(struct pl_cgroup *g, const char *suffix)
{
	snprintf(g->name, sizeof(g->name), "%s%d%s", prefix, (int)getpid(), suffix);
	/* What an earlier process of our number has left is not ours to end. */
	if (unlinkat(g->parent, g->name, AT_REMOVEDIR) != 0 && errno != ENOENT)
		return;
	if (mkdirat(g->parent, g->name, 0755) == 0)
		g->fd = openat(g->parent, g->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

void
pl_cgroup_open(struct pl_cgroup *g)
{
	bool is_own;

	*g = (struct pl_cgroup){ .parent = open_parent(&is_own), .fd = -1 };
	if (g->parent < 0)
		return;
	remove_leftovers(g->parent);
	make(g, "");
}

static void
tell(const struct pl_cgroup *g, const char *file, const char *text)
{
	int fd;

	if (g->fd < 0)
		return;
	fd = openat(g->fd, file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		errno = 0;   /* then without it */
	close(fd);
}

/* The empty group is left behind by a process that is in it to its end; the next run removes it. */
void
pl_run_apart(void)
{
	struct pl_cgroup g = { .fd = -1 };
	char text[16];
	bool is_own;

	g.parent = open_parent(&is_own);
	if (g.parent >= 0 && !is_own) {
		make(&g, "-runner");
		snprintf(text, sizeof(text), "%d", (int)getpid());
		tell(&g, "cgroup.procs", text);
	}
	pl_cgroup_close(&g);
}

/* To move a process there later can take 10 ms: the kernel waits for all processors. */
static pid_t
fork_into(const struct pl_cgroup *g)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = (uint64_t)g->fd
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

pid_t
pl_cgroup_fork(const struct pl_cgroup *g)
{
	char text[16];
	pid_t pid;

	pid = g->fd >= 0 ? fork_into(g) : -1;
	if (pid >= 0)
		return pid;
	/* A seccomp filter of a container may refuse the call; the process does nothing yet. */
	pid = fork();
	if (pid > 0) {
		snprintf(text, sizeof(text), "%d", (int)pid);
		tell(g, "cgroup.procs", text);
	}
	return pid;
}

void
pl_cgroup_kill(const struct pl_cgroup *g)
{
	tell(g, "cgroup.kill", "1");
}

void
pl_cgroup_remove(const struct pl_cgroup *g)
{
	if (g->fd >= 0)
		unlinkat(g->parent, g->name, AT_REMOVEDIR);
}

void
pl_cgroup_close(struct pl_cgroup *g)
{
	if (g->fd >= 0)
		close(g->fd);
	if (g->parent >= 0)
		close(g->parent);
	*g = (struct pl_cgroup){ .parent = -1, .fd = -1 };
}
