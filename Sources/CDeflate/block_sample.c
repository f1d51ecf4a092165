#include "block_sample.h"
#include <string.h>

enum {
    pieces = 8,
    piece = 2048,
    slots = 2048,
};

static uint32_t word(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

// log2 in 1/4096: a floating-point library may differ from machine to machine in its last bit, integers do not.
static uint32_t log2_scaled(uint32_t value) {
    int whole = 31 - __builtin_clz(value);
    uint64_t mantissa = (uint64_t)value << (31 - whole);  // 1.31 fixed point
    uint32_t fraction = 0;
    for (int bit = 0; bit < 12; bit++) {
        mantissa = (mantissa * mantissa) >> 31;
        fraction <<= 1;
        if (mantissa >> 32) {
            mantissa >>= 1;
            fraction |= 1;
        }
    }
    return ((uint32_t)whole << 12) + fraction;
}

static uint32_t repeats_of(const uint8_t *bytes, size_t count, uint16_t *table) {
    uint32_t repeats = 0;
    memset(table, 0, slots * sizeof *table);
    for (size_t i = 0; i + 4 <= count; i++) {
        uint32_t next = word(bytes + i);
        uint32_t slot = (next * 2654435761u) >> 21;
        uint16_t before = table[slot];
        if (before && word(bytes + before - 1) == next)
            repeats++;
        table[slot] = (uint16_t)(i + 1);
    }
    return repeats;
}

void cdeflate_look(const uint8_t *bytes, size_t count, struct cdeflate_sample *sample) {
    uint32_t counts[256] = {0};
    uint16_t table[slots];
    size_t width = count < piece ? count : piece;
    size_t steps = count <= piece ? 1 : count < (size_t)pieces * piece ? (count + piece - 1) / piece : pieces;
    uint32_t total = 0;
    sample->positions = sample->repeats = 0;
    for (size_t step = 0; step < steps; step++) {
        const uint8_t *start = bytes + (steps > 1 ? (count - width) / (steps - 1) * step : 0);
        sample->repeats += repeats_of(start, width, table);
        sample->positions += (uint32_t)width;
        for (size_t i = 0; i < width; i++)
            counts[start[i]]++;
        total += (uint32_t)width;
    }
    if (total == 0) {
        sample->millibits = 0;
        return;
    }
    uint64_t spent = 0;
    uint32_t all = log2_scaled(total);
    for (int symbol = 0; symbol < 256; symbol++)
        if (counts[symbol])
            spent += (uint64_t)counts[symbol] * (all - log2_scaled(counts[symbol]));
    sample->millibits = (uint32_t)(spent * 1000 / ((uint64_t)total << 12));
}

int cdeflate_all_zero(const uint8_t *bytes, size_t count) {
    return count == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0);
}
