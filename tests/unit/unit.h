/* unit.h - the few words a unit test needs: one line a failure, one line at the end */
#ifndef PAMLITE_TESTS_UNIT_H
#define PAMLITE_TESTS_UNIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int unit_passed, unit_failed;

/* A check that goes on after a failure; `CHECK(cond)` or `CHECK_STR(got, expected)`. */
#define CHECK(cond) unit_check((cond), __FILE__, __LINE__, #cond)
#define CHECK_STR(got, expected) unit_check_str((got), (expected), __FILE__, __LINE__, #got)
#define CHECK_INT(got, expected) unit_check_int((long long)(got), (long long)(expected), __FILE__, __LINE__, #got)

static inline void
unit_check(int ok, const char *file, int line, const char *what)
{
	if (ok) {
		unit_passed++;
		return;
	}
	unit_failed++;
	printf("%s:%d: %s\n", file, line, what);
}

static inline void
unit_check_str(const char *got, const char *expected, const char *file, int line, const char *what)
{
	if (got != NULL && expected != NULL ? strcmp(got, expected) == 0 : got == expected) {
		unit_passed++;
		return;
	}
	unit_failed++;
	printf("%s:%d: %s\n  is       %s\n  expected %s\n", file, line, what, got != NULL ? got : "(null)",
	    expected != NULL ? expected : "(null)");
}

static inline void
unit_check_int(long long got, long long expected, const char *file, int line, const char *what)
{
	if (got == expected) {
		unit_passed++;
		return;
	}
	unit_failed++;
	printf("%s:%d: %s is %lld, expected %lld\n", file, line, what, got, expected);
}

/* Under valgrind, where everything lasts thirty times as long? What is about large numbers is left out there. */
static inline int
unit_is_slow(void)
{
	return getenv("UNDER_VALGRIND") != NULL;
}

/*
 * Every how many-th of `rounds` that each hit another moment is done: all of them, but under valgrind, where a moment
 * lasts thirty times as long and what they start is not watched, three.
 */
static inline int
unit_stride(int rounds)
{
	return unit_is_slow() ? rounds / 3 : 1;
}

/* The last statement of main: the runner reads this line. */
static inline int
unit_end(void)
{
	printf("%d passed, %d failed\n", unit_passed, unit_failed);
	return unit_failed != 0;
}

#endif
