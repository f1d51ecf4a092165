#include "sha256.h"
#include "rounds.h"
#include <string.h>

const uint32_t csha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

#if !defined(__x86_64__) && !defined(__aarch64__)
int csha256_fast_rounds_here(void) { return 0; }

void csha256_fast_rounds(uint32_t *state, const uint8_t *bytes, size_t blocks) {
    (void)state, (void)bytes, (void)blocks;
}
#endif

static uint32_t turn(uint32_t value, int by) { return value >> by | value << (32 - by); }

static void plain_rounds(uint32_t *state, const uint8_t *bytes, size_t blocks) {
    for (; blocks; blocks--, bytes += 64) {
        uint32_t words[64];
        for (int i = 0; i < 16; i++)
            words[i] = (uint32_t)bytes[4 * i] << 24 | (uint32_t)bytes[4 * i + 1] << 16 |
                       (uint32_t)bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
        for (int i = 16; i < 64; i++) {
            uint32_t s0 = turn(words[i - 15], 7) ^ turn(words[i - 15], 18) ^ words[i - 15] >> 3;
            uint32_t s1 = turn(words[i - 2], 17) ^ turn(words[i - 2], 19) ^ words[i - 2] >> 10;
            words[i] = words[i - 16] + s0 + words[i - 7] + s1;
        }
        uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
        uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
        // Eight at a time, after which every variable is where it was: none has to be moved.
#pragma clang loop unroll_count(8)
        for (int i = 0; i < 64; i++) {
            uint32_t s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
            uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + csha256_constants[i] + words[i];
            uint32_t s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
            uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            h = g, g = f, f = e, e = d + t1;
            d = c, c = b, b = a, a = t1 + t2;
        }
        state[0] += a, state[1] += b, state[2] += c, state[3] += d;
        state[4] += e, state[5] += f, state[6] += g, state[7] += h;
    }
}

static void add(struct csha256 *hash, const uint8_t *bytes, size_t count,
                void (*rounds)(uint32_t *, const uint8_t *, size_t)) {
    size_t kept = hash->count % 64;
    if (!count)
        return; // of nothing the address may be null, which memcpy must not be given
    hash->count += count;
    if (kept) {
        size_t taken = 64 - kept < count ? 64 - kept : count;
        memcpy(hash->rest + kept, bytes, taken);
        if (kept + taken < 64)
            return;
        rounds(hash->state, hash->rest, 1);
        bytes += taken;
        count -= taken;
    }
    rounds(hash->state, bytes, count / 64);
    if (count % 64)
        memcpy(hash->rest, bytes + count / 64 * 64, count % 64);
}

void csha256_start(struct csha256 *hash) {
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memset(hash, 0, sizeof *hash);
    memcpy(hash->state, start, sizeof start);
}

void csha256_add(struct csha256 *hash, const uint8_t *bytes, size_t count) {
    add(hash, bytes, count, csha256_fast_rounds_here() ? csha256_fast_rounds : plain_rounds);
}

int csha256_is_fast(void) { return csha256_fast_rounds_here(); }

void csha256_add_plain(struct csha256 *hash, const uint8_t *bytes, size_t count) {
    add(hash, bytes, count, plain_rounds);
}

void csha256_end(struct csha256 *hash, uint8_t *digest) {
    uint8_t end[72] = {0x80};
    size_t padding = 64 - (hash->count + 8) % 64;
    uint64_t bits = hash->count * 8;
    for (int i = 0; i < 8; i++)
        end[padding + (size_t)i] = (uint8_t)(bits >> (56 - 8 * i));
    csha256_add(hash, end, padding + 8);
    for (int i = 0; i < 32; i++)
        digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
