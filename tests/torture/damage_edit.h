/* damage_edit.h - what can happen to the bytes of a database file, each of it made again from its number */
#ifndef PAMLITE_TESTS_DAMAGE_EDIT_H
#define PAMLITE_TESTS_DAMAGE_EDIT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096, SECTOR = 512, FILE_HEADER = 100 };

struct bytes {
	uint8_t *data;
	size_t len;
};

/* xorshift, seeded anew for each edit. */
static uint64_t random_state;

static inline void
random_begin(uint64_t seed, uint64_t number)
{
	random_state = (seed * UINT64_C(0x9e3779b97f4a7c15)) ^ (number + 1) * UINT64_C(0xbf58476d1ce4e5b9);
	if (random_state == 0)
		random_state = 1;
}

static inline size_t
random_below(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state >> 11) % n;
}

static inline uint8_t
random_byte(void)
{
	static const uint8_t odd[] = { 0, 1, 0x7f, 0x80, 0xff };

	return random_below(4) == 0 ? odd[random_below(sizeof(odd))] : (uint8_t)random_below(256);
}

static inline void
put_u32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
}

/*
 * A journal with true checksums beside an untouched file, which puts one damaged page into it when it is played back.
 */
static inline void
forge_journal(const struct bytes *db, size_t page, struct bytes *journal)
{
	static const uint8_t magic[] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7 };
	uint32_t sum = 12345;
	uint8_t *copy;

	journal->len = SECTOR + 4 + PAGE + 4;
	journal->data = calloc(1, journal->len);
	if (journal->data == NULL)
		return;
	memcpy(journal->data, magic, sizeof(magic));
	put_u32(journal->data + 8, 1);
	put_u32(journal->data + 12, sum);
	put_u32(journal->data + 16, (uint32_t)(db->len / PAGE));
	put_u32(journal->data + 20, SECTOR);
	put_u32(journal->data + 24, PAGE);
	put_u32(journal->data + SECTOR, (uint32_t)page + 1);
	copy = journal->data + SECTOR + 4;
	memcpy(copy, db->data + page * PAGE, PAGE);
	for (size_t n = 1 + random_below(8); n > 0; n--)
		copy[random_below(PAGE)] = random_byte();
	for (int at = PAGE - 200; at > 0; at -= 200)
		sum += copy[at];
	put_u32(copy + PAGE, sum);
	if (random_below(4) == 0)
		journal->data[random_below(SECTOR)] = random_byte();
}

/* Where a page's own header and its table of cells begin. */
static inline uint8_t *
page_at(const struct bytes *db, size_t page)
{
	return db->data + page * PAGE + (page == 0 ? FILE_HEADER : 0);
}

static inline void
edit_bytes(uint8_t *at, size_t size, size_t n)
{
	for (; n > 0; n--)
		at[random_below(size)] = random_byte();
}

enum { KINDS = 15, KIND_ROWS = 14 };

/* Returns what was done, for a report. Edits go round the pages, so that each is met as often as any other. */
static inline const char *
edit(struct bytes *db, uint64_t number, struct bytes *journal)
{
	const size_t pages = db->len / PAGE, page = number / KINDS % pages, other = random_below(pages);
	uint8_t *at = db->data + page * PAGE, *from = db->data + other * PAGE, saved[PAGE];

	switch (number % KINDS) {
	case 0: case 1: case 2:
		edit_bytes(at, PAGE, 1);
		return "a byte";
	case 3: case 4:
		at[random_below(PAGE)] ^= (uint8_t)(1 << random_below(8));
		return "a bit";
	case 5:
		edit_bytes(at, PAGE, 2 + random_below(60));
		return "some bytes";
	case 6:
		memcpy(saved, at, PAGE);
		memcpy(at, from, PAGE);
		memcpy(from, saved, PAGE);
		return "two pages exchanged";
	case 7:
		memcpy(at, from, PAGE);
		return "another page's copy";
	case 8:
		memset(at, random_below(2) == 0 ? 0 : 0xff, PAGE);
		return "a page without content";
	case 9:
		db->len = random_below(2) == 0 ? page * PAGE : random_below(db->len);
		return "cut";
	case 10:
		edit_bytes(db->data, FILE_HEADER, 1);
		return "the file's header";
	case 11:
		edit_bytes(page_at(db, page), 12, 1);
		return "a page's header";
	case 12:
		edit_bytes(page_at(db, page) + 8, 128, 1 + random_below(3));
		return "a table of cells";
	case 13:
		forge_journal(db, page, journal);
		return "a forged journal";
	default:
		return "rows";
	}
}

#endif
