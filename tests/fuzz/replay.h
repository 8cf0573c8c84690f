/* replay.h - without libFuzzer: a program that reads each file that it is given once */
#ifndef PAMLITE_TESTS_FUZZ_REPLAY_H
#define PAMLITE_TESTS_FUZZ_REPLAY_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifndef PL_LIBFUZZER

enum { INPUT_MAX = 2 << 20 };

static int
replay(const char *path)
{
	uint8_t *data = malloc(INPUT_MAX);
	FILE *in = fopen(path, "rbe");
	size_t size;

	if (in == NULL || data == NULL) {
		perror(path);
		free(data);
		return 1;
	}
	size = fread(data, 1, INPUT_MAX, in);
	fclose(in);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

int
main(int argc, char *argv[])
{
	int failed = 0;

	for (int i = 1; i < argc; i++)
		failed += replay(argv[i]);
	printf("%d passed, %d failed\n", argc - 1 - failed, failed);
	return failed != 0;
}

#endif

#endif
