#include "bits.h"
#include "huffman.h"
#include <string.h>

void bits_put(struct bits *to, uint64_t value, unsigned count) {
    to->word |= value << to->used;
    to->used += count;
    memcpy(to->next, &to->word, sizeof to->word);
    to->next += to->used >> 3;
    to->word >>= to->used & 56;
    to->used &= 7;
}

void bits_make_codes(const uint8_t *lengths, int symbols, uint16_t *codes) {
    unsigned of_length[16] = {0}, next[16] = {0};
    for (int symbol = 0; symbol < symbols; symbol++)
        of_length[lengths[symbol]]++;
    of_length[0] = 0;
    for (int length = 1; length < 16; length++)
        next[length] = (next[length - 1] + of_length[length - 1]) << 1;
    for (int symbol = 0; symbol < symbols; symbol++) {
        unsigned code = lengths[symbol] ? next[lengths[symbol]]++ : 0, reversed = 0;
        for (int bit = 0; bit < lengths[symbol]; bit++)
            reversed |= (code >> bit & 1) << (lengths[symbol] - 1 - bit);
        codes[symbol] = (uint16_t)reversed;
    }
}

// Lengths of the code lengths themselves, repeats folded: RFC 1951, section 3.2.7.
struct folded {
    uint8_t symbol[320];
    uint8_t extra[320];
    int count;
};

static void fold(const uint8_t *lengths, int count, struct folded *to) {
    to->count = 0;
    for (int i = 0; i < count;) {
        int run = 1;
        while (i + run < count && lengths[i + run] == lengths[i])
            run++;
        int zero = lengths[i] == 0, least = zero ? 3 : 4;
        if (run < least) {
            to->symbol[to->count] = lengths[i++];
            to->extra[to->count++] = 0;
            continue;
        }
        if (!zero) {
            to->symbol[to->count] = lengths[i++];
            to->extra[to->count++] = 0;
            run--;
        }
        int most = zero ? 138 : 6;
        if (run > most)
            run = most;
        to->symbol[to->count] = zero ? (run > 10 ? 18 : 17) : 16;
        to->extra[to->count++] = (uint8_t)(run - (zero && run > 10 ? 11 : 3));
        i += run;
    }
}

void bits_put_header(struct bits *to, const uint8_t *lengths, int symbols) {
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
    static const uint8_t extra_bits[19] = {[16] = 2, [17] = 3, [18] = 7};
    uint8_t all[320], of_lengths[19];
    uint16_t codes[19];
    uint32_t counts[19] = {0};
    struct folded folded;
    memcpy(all, lengths, (size_t)symbols);
    // Two distance codes of one bit, which is a complete code, though none is used: every decoder takes that, as zlib's
    // build_tree() has it.
    all[symbols] = all[symbols + 1] = 1;
    fold(all, symbols + 2, &folded);
    for (int i = 0; i < folded.count; i++)
        counts[folded.symbol[i]]++;
    cdeflate_code_lengths(counts, 19, 7, of_lengths);
    bits_make_codes(of_lengths, 19, codes);
    int sent = 19;
    while (sent > 4 && of_lengths[order[sent - 1]] == 0)
        sent--;
    bits_put(to, 4, 3);  // not the last block; dynamic codes
    bits_put(to, (uint64_t)(symbols - 257), 5);
    bits_put(to, 1, 5);
    bits_put(to, (uint64_t)(sent - 4), 4);
    for (int i = 0; i < sent; i++)
        bits_put(to, of_lengths[order[i]], 3);
    for (int i = 0; i < folded.count; i++) {
        int symbol = folded.symbol[i];
        bits_put(to, codes[symbol], of_lengths[symbol]);
        bits_put(to, folded.extra[i], extra_bits[symbol]);
    }
}

uint8_t *bits_sync(struct bits *to) {
    bits_put(to, 0, 3);
    if (to->used) {
        *to->next++ = (uint8_t)to->word;
        to->word = 0;
        to->used = 0;
    }
    memcpy(to->next, "\0\0\xff\xff", 4);
    return to->next + 4;
}
