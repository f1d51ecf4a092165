// Writing deflate's bits, lowest first: RFC 1951, section 3.1.1.
#ifndef CDEFLATE_BITS_H
#define CDEFLATE_BITS_H

#include <stddef.h>
#include <stdint.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "words are written as they are in memory: this needs a little-endian machine"
#endif

// Where bits go; fewer than eight of them wait in `word` between calls.
struct bits {
    uint64_t word;
    unsigned used;
    uint8_t *next;
    uint8_t *end;
};

static inline size_t bits_room(const struct bits *to) { return (size_t)(to->end - to->next); }

// Puts up to 48 bits. The caller has made sure of eight bytes of room.
void bits_put(struct bits *to, uint64_t value, unsigned count);

// Makes canonical codes, their bits in the order in which they are sent: RFC 1951, section 3.2.2.
void bits_make_codes(const uint8_t *lengths, int symbols, uint16_t *codes);

// Puts the head of a dynamic block, not the last one, with these lengths and no matches.
void bits_put_header(struct bits *to, const uint8_t *lengths, int symbols);

// Puts an empty stored block, so that the next one begins at a byte border. Returns the end.
uint8_t *bits_sync(struct bits *to);

#endif
