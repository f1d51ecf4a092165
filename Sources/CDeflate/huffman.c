#include "huffman.h"
#include "bits.h"
#include <string.h>

enum {
    part = 256 << 10,      // bytes that share one code
    end_of_block = 256,
    symbols = 257,
    longest = 14,          // four codes and seven bits left over fit in a 64-bit word
    chunk = 4096,
};

struct code {
    uint16_t bits;
    uint16_t length;
};

// Every fourth word of eight bytes is counted: all lanes of 2-, 4- and 8-byte numbers come in alike, and the code grows by
// less than 0.05%. Each symbol counts at least once, since one that was not seen may still come.
static void count_symbols(const uint8_t *bytes, size_t count, uint32_t *total) {
    uint32_t counts[4][256];
    memset(counts, 0, sizeof counts);
    size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        counts[0][word & 255]++;
        counts[1][word >> 8 & 255]++;
        counts[2][word >> 16 & 255]++;
        counts[3][word >> 24 & 255]++;
        counts[0][word >> 32 & 255]++;
        counts[1][word >> 40 & 255]++;
        counts[2][word >> 48 & 255]++;
        counts[3][word >> 56]++;
    }
    for (; i < count; i++)
        counts[0][bytes[i]]++;
    for (int symbol = 0; symbol < 256; symbol++)
        total[symbol] = 8 * (counts[0][symbol] + counts[1][symbol] + counts[2][symbol] + counts[3][symbol]) + 1;
    total[end_of_block] = 1;
}

static void encode(struct bits *to, const struct code *codes, const uint8_t *bytes, size_t count) {
    uint64_t word = to->word;
    unsigned used = to->used;
    uint8_t *next = to->next;
    size_t i = 0;
#define put(symbol)                                                                                                    \
    do {                                                                                                               \
        struct code code = codes[symbol];                                                                              \
        word |= (uint64_t)code.bits << used;                                                                           \
        used += code.length;                                                                                           \
    } while (0)
#define flush()                                                                                                        \
    do {                                                                                                               \
        memcpy(next, &word, sizeof word);                                                                              \
        next += used >> 3;                                                                                             \
        word >>= used & 56;                                                                                            \
        used &= 7;                                                                                                     \
    } while (0)
    for (; i + 8 <= count; i += 8) {
        uint64_t eight;
        memcpy(&eight, bytes + i, sizeof eight);
        put(eight & 255);
        put(eight >> 8 & 255);
        put(eight >> 16 & 255);
        put(eight >> 24 & 255);
        flush();
        put(eight >> 32 & 255);
        put(eight >> 40 & 255);
        put(eight >> 48 & 255);
        put(eight >> 56);
        flush();
    }
    for (; i < count; i++) {
        put(bytes[i]);
        flush();
    }
#undef put
#undef flush
    to->word = word;
    to->used = used;
    to->next = next;
}

size_t cdeflate_huffman(const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity) {
    struct bits to = {.next = output, .end = output + capacity};
    for (size_t start = 0; start < count; start += part) {
        size_t width = count - start < part ? count - start : part;
        uint32_t counts[symbols];
        uint8_t lengths[symbols];
        struct code codes[symbols];
        uint16_t values[symbols];
        count_symbols(bytes + start, width, counts);
        cdeflate_code_lengths(counts, symbols, longest, lengths);
        bits_make_codes(lengths, symbols, values);
        for (int symbol = 0; symbol < symbols; symbol++)
            codes[symbol] = (struct code){values[symbol], lengths[symbol]};
        if (bits_room(&to) < 512)
            return 0;
        bits_put_header(&to, lengths, symbols);
        for (size_t done = 0; done < width; done += chunk) {
            size_t now = width - done < chunk ? width - done : chunk;
            if (bits_room(&to) < now * longest / 8 + 16)
                return 0;
            encode(&to, codes, bytes + start + done, now);
        }
        bits_put(&to, codes[end_of_block].bits, codes[end_of_block].length);
    }
    if (bits_room(&to) < 16)
        return 0;
    return (size_t)(bits_sync(&to) - output);
}
