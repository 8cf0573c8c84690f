/* fuzz.h - what every fuzz target needs: a demand, pieces of its input, and a program for its corpus
 *
 * A target defines LLVMFuzzerTestOneInput. With PL_LIBFUZZER the fuzzer's library brings main; without,
 * the program reads each file that it is given once: FILE...
 */
#ifndef PAMLITE_TESTS_FUZZ_FUZZ_H
#define PAMLITE_TESTS_FUZZ_FUZZ_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void
demand(bool cond, const char *what)
{
	if (cond)
		return;
	fprintf(stderr, "%s: not so: %s\n", program_invocation_short_name, what);
	abort();
}

/* What is left of an input. Behind its end it holds zeros for ever, so that no reader has an error. */
struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

static inline struct fuzz_input
fuzz_input(const uint8_t *data, size_t size)
{
	return (struct fuzz_input){ .at = data, .left = size };
}

static inline uint8_t
fuzz_byte(struct fuzz_input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->at++;
}

/* A number of `bytes` bytes, the lowest first. */
static inline uint64_t
fuzz_number(struct fuzz_input *in, unsigned bytes)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < bytes; i++)
		n |= (uint64_t)fuzz_byte(in) << (8 * i);
	return n;
}

/* One of 0 to n - 1, with n up to 256. */
static inline unsigned
fuzz_below(struct fuzz_input *in, unsigned n)
{
	return fuzz_byte(in) % n;
}

/* The text up to the next zero byte, skipped too; of its own size, so that a look behind it is seen. To be freed. */
static inline char *
fuzz_text(struct fuzz_input *in)
{
	size_t len = in->left > 0 ? strnlen((const char *)in->at, in->left) : 0;
	char *text = malloc(len + 1);

	demand(text != NULL, "there is memory");
	if (len > 0)
		memcpy(text, in->at, len);
	text[len] = '\0';
	in->at += len;
	in->left -= len;
	(void)fuzz_byte(in);
	return text;
}

#ifndef PL_LIBFUZZER

enum { INPUT_MAX = 2 << 20 };

static bool
replay(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX), *exact = NULL;
	FILE *in = fopen(path, "rbe");
	size_t size = 0;
	bool done;

	if (in != NULL && data != NULL) {
		size = fread(data, 1, INPUT_MAX, in);
		/* Of its own size, so that a look behind it is seen by who watches. */
		exact = malloc(size > 0 ? size : 1);
	}
	done = exact != NULL;
	if (done) {
		memcpy(exact, data, size);
		LLVMFuzzerTestOneInput(exact, size);
	} else {
		perror(path);
	}
	if (in != NULL)
		fclose(in);
	free(data);
	free(exact);
	return done;
}

int
main(int argc, char *argv[])
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed += !replay(argv[i]);
	printf("%d passed, %d failed\n", argc - 1 - failed, failed);
	return failed != 0;
}

#endif

#endif
