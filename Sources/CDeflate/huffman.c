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

// Puts the codes of `count` bytes. The caller has made sure of the room. `each` codes fit beside seven bits in a word.
__attribute__((always_inline)) static inline void encode(struct bits *to, const struct code *codes, const uint8_t *bytes,
                                                         size_t count, const int each) {
    uint64_t word = to->word;
    uint64_t used = to->used;
    uint8_t *next = to->next;
    size_t i = 0;
    for (; i + 8 <= count; i += (size_t)(each == 4 ? 8 : each)) {
        uint64_t eight;
        memcpy(&eight, bytes + i, sizeof eight);
#pragma clang loop unroll(full)
        for (int place = 0; place < (each == 4 ? 8 : each); place++) {
            struct code code = codes[eight >> (8 * place) & 255];
            word |= (uint64_t)code.bits << used;
            used += code.length;
            if (place % each == each - 1) {
                memcpy(next, &word, sizeof word);
                next += used >> 3;
                word >>= used & 56;
                used &= 7;
            }
        }
    }
    to->word = word;
    to->used = (unsigned)used;
    to->next = next;
    for (; i < count; i++)
        bits_put(to, codes[bytes[i]].bits, codes[bytes[i]].length);
}

typedef void encoder(struct bits *to, const struct code *codes, const uint8_t *bytes, size_t count);

static void encode_4(struct bits *to, const struct code *codes, const uint8_t *bytes, size_t count) {
    encode(to, codes, bytes, count, 4);
}

static void encode_5(struct bits *to, const struct code *codes, const uint8_t *bytes, size_t count) {
    encode(to, codes, bytes, count, 5);
}

// The same, with shifts that leave the flags alone, which newer x86 processors have: nearly twice as fast.
#if defined(__x86_64__)
__attribute__((target("bmi2"))) static void encode_4_bmi2(struct bits *to, const struct code *codes,
                                                          const uint8_t *bytes, size_t count) {
    encode(to, codes, bytes, count, 4);
}

__attribute__((target("bmi2"))) static void encode_5_bmi2(struct bits *to, const struct code *codes,
                                                          const uint8_t *bytes, size_t count) {
    encode(to, codes, bytes, count, 5);
}

static encoder *encoder_for(int five) {
    if (__builtin_cpu_supports("bmi2"))
        return five ? encode_5_bmi2 : encode_4_bmi2;
    return five ? encode_5 : encode_4;
}
#else
static encoder *encoder_for(int five) { return five ? encode_5 : encode_4; }
#endif

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
        int five = 1;  // five codes of 11 bits and seven bits left over fit in a 64-bit word
        for (int symbol = 0; symbol < symbols; symbol++) {
            codes[symbol] = (struct code){values[symbol], lengths[symbol]};
            five &= lengths[symbol] <= 11;
        }
        encoder *put = encoder_for(five);
        if (bits_room(&to) < 512)
            return 0;
        bits_put_header(&to, lengths, symbols);
        for (size_t done = 0; done < width; done += chunk) {
            size_t now = width - done < chunk ? width - done : chunk;
            if (bits_room(&to) < now * longest / 8 + 16)
                return 0;
            put(&to, codes, bytes + start + done, now);
        }
        bits_put(&to, codes[end_of_block].bits, codes[end_of_block].length);
    }
    if (bits_room(&to) < 16)
        return 0;
    return (size_t)(bits_sync(&to) - output);
}
