#ifndef CSHA256_ROUNDS_H
#define CSHA256_ROUNDS_H

#include <stddef.h>
#include <stdint.h>

extern const uint32_t csha256_constants[64];

// Whether this processor has the instructions.
int csha256_fast_rounds_here(void);
void csha256_fast_rounds(uint32_t *state, const uint8_t *bytes, size_t blocks);

#endif
