/// SHA-256, with the processor's own instructions where it has them: FIPS 180-4.
#ifndef CSHA256_SHA256_H
#define CSHA256_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct csha256 {
    uint32_t state[8];
    uint64_t count;      // bytes so far
    uint8_t rest[64];    // bytes that do not fill a block yet
};

void csha256_start(struct csha256 *hash);
void csha256_add(struct csha256 *hash, const uint8_t *bytes, size_t count);

/// Whether this processor has instructions for it, which make it several times as fast.
int csha256_is_fast(void);

/// Ends the hash and writes its 32 bytes.
void csha256_end(struct csha256 *hash, uint8_t *digest);

/// As csha256_add, without the processor's instructions. For the tests.
void csha256_add_plain(struct csha256 *hash, const uint8_t *bytes, size_t count);

#endif
