#include "huffman.h"
#include <stdlib.h>
#include <string.h>

// Optimal code lengths in place, after A. Moffat and J. Katajainen, "In-Place Calculation of Minimum-Redundancy Codes"
// (WADS 1995): `weights` are in rising order and become the lengths in falling order.
static void minimum_redundancy(uint32_t *weights, int count) {
    if (count == 1) {
        weights[0] = 1;
        return;
    }
    int root = 0, leaf = 2, next;
    weights[0] += weights[1];
    for (next = 1; next < count - 1; next++) {
        for (int child = 0; child < 2; child++) {
            uint32_t taken;
            if (leaf >= count || (root < next && weights[root] < weights[leaf])) {
                taken = weights[root];
                weights[root++] = (uint32_t)next;
            } else {
                taken = weights[leaf++];
            }
            weights[next] = child == 0 ? taken : weights[next] + taken;
        }
    }
    weights[count - 2] = 0;
    for (next = count - 3; next >= 0; next--)
        weights[next] = weights[weights[next]] + 1;
    int available = 1, used = 0;
    uint32_t depth = 0;
    root = count - 2;
    next = count - 1;
    while (available > 0) {
        while (root >= 0 && weights[root] == depth) {
            used++;
            root--;
        }
        while (available > used) {
            weights[next--] = depth;
            available--;
        }
        available = 2 * used;
        depth++;
        used = 0;
    }
}

static int by_number(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

void cdeflate_code_lengths(const uint32_t *counts, int symbols, int limit, uint8_t *lengths) {
    uint64_t order[288];
    uint32_t weights[288];
    int used = 0;
    memset(lengths, 0, (size_t)symbols);
    for (int symbol = 0; symbol < symbols; symbol++)
        if (counts[symbol])
            order[used++] = (uint64_t)counts[symbol] << 16 | (uint64_t)symbol;
    if (used == 0)
        return;
    // The symbol's number is part of what is compared: no two are equal, so every C library sorts alike.
    qsort(order, (size_t)used, sizeof *order, by_number);
    for (int i = 0; i < used; i++)
        weights[i] = (uint32_t)(order[i] >> 16);
    minimum_redundancy(weights, used);
    uint32_t total = 0;
    for (int i = 0; i < used; i++) {
        if (weights[i] > (uint32_t)limit)
            weights[i] = (uint32_t)limit;
        total += 1u << (limit - (int)weights[i]);
    }
    // Too many short codes now: lengthen those that cost least, the rarest with room; then give back what is left over.
    for (int i = 0; total > 1u << limit && i < used; i++)
        while (weights[i] < (uint32_t)limit && total > 1u << limit)
            total -= 1u << (limit - (int)++weights[i]);
    for (int i = used - 1; i >= 0; i--)
        while (weights[i] > 1 && total + (1u << (limit - (int)weights[i])) <= 1u << limit)
            total += 1u << (limit - (int)weights[i]--);
    for (int i = 0; i < used; i++)
        lengths[order[i] & 0xffff] = (uint8_t)weights[i];
}
