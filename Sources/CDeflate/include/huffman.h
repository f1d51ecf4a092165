/// Deflate without a search for matches: literals only, with a Huffman code made for each part of the data.
///
/// Weights of neural networks hold no repetitions and skewed bytes: on them this is as small as a full deflate, and several
/// times as fast. RFC 1951, section 3.2.7.
#ifndef CDEFLATE_HUFFMAN_H
#define CDEFLATE_HUFFMAN_H

#include <stddef.h>
#include <stdint.h>

/// Compresses `count` bytes into whole deflate blocks, none of them the last, that end on a byte border as a sync flush
/// does. Returns the bytes written, or 0 when they would not fit in `capacity`. The same bytes on every processor.
size_t cdeflate_huffman(const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity);

/// Makes code lengths of at most `limit` bits for symbols that occur `counts` times; a symbol that does not occur has
/// none. For the tests.
void cdeflate_code_lengths(const uint32_t *counts, int symbols, int limit, uint8_t *lengths);

#endif
