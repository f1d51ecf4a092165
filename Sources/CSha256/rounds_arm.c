#include "rounds.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

int csha256_fast_rounds_here(void) { return (getauxval(AT_HWCAP) & HWCAP_SHA2) != 0; }

// Arm Architecture Reference Manual, SHA256H, SHA256H2, SHA256SU0, SHA256SU1.
__attribute__((target("sha2"))) void csha256_fast_rounds(uint32_t *state, const uint8_t *bytes, size_t blocks) {
    uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
    for (; blocks; blocks--, bytes += 64) {
        const uint32x4_t abcd_before = abcd, efgh_before = efgh;
        uint32x4_t words[4];
        for (int i = 0; i < 4; i++)
            words[i] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + 16 * i)));
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            uint32x4_t sum = vaddq_u32(words[i & 3], vld1q_u32(csha256_constants + 4 * i));
            uint32x4_t abcd_now = abcd;
            abcd = vsha256hq_u32(abcd, efgh, sum);
            efgh = vsha256h2q_u32(efgh, abcd_now, sum);
            if (i < 12) {
                uint32x4_t next = vsha256su0q_u32(words[i & 3], words[(i + 1) & 3]);
                words[i & 3] = vsha256su1q_u32(next, words[(i + 2) & 3], words[(i + 3) & 3]);
            }
        }
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    vst1q_u32(state, abcd);
    vst1q_u32(state + 4, efgh);
}

#endif
