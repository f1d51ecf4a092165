#include "rounds.h"

#if defined(__x86_64__)
#include <immintrin.h>

static int look_for_fast_rounds(void) {
    unsigned b, highest, unused;
    __asm__("cpuid" : "=a"(highest), "=b"(b), "=c"(unused), "=d"(unused) : "a"(0), "c"(0));
    if (highest < 7)
        return 0;
    __asm__("cpuid" : "=a"(highest), "=b"(b), "=c"(unused), "=d"(unused) : "a"(7), "c"(0));
    return (b >> 29 & 1) && __builtin_cpu_supports("sse4.1");
}

int csha256_fast_rounds_here(void) {
    // For cpuid a virtual machine is left, which takes longer than to hash a short text: asked once.
    static _Atomic int answer; // 0 where nobody asked yet, else 1 more
    if (!answer)
        answer = 1 + look_for_fast_rounds();
    return answer - 1;
}

// Intel SHA Extensions, order 325462, SHA256RNDS2, SHA256MSG1, SHA256MSG2: the state is kept as ABEF and CDGH.
__attribute__((target("sha,sse4.1,ssse3"))) void csha256_fast_rounds(uint32_t *state, const uint8_t *bytes,
                                                                     size_t blocks) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
    __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
    __m128i abef = _mm_alignr_epi8(badc, hgfe, 8);
    __m128i cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
    for (; blocks; blocks--, bytes += 64) {
        const __m128i abef_before = abef, cdgh_before = cdgh;
        __m128i words[4];
        for (int i = 0; i < 4; i++)
            words[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + i), swap);
#pragma clang loop unroll(full)
        for (int i = 0; i < 16; i++) {
            __m128i now = words[i & 3];
            __m128i sum = _mm_add_epi32(now, _mm_loadu_si128((const __m128i *)csha256_constants + i));
            cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
            abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
            if (i < 12) {
                __m128i newest = words[(i + 3) & 3];
                __m128i next = _mm_sha256msg1_epu32(now, words[(i + 1) & 3]);
                next = _mm_add_epi32(next, _mm_alignr_epi8(newest, words[(i + 2) & 3], 4));
                words[i & 3] = _mm_sha256msg2_epu32(next, newest);
            }
        }
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    __m128i feba = _mm_shuffle_epi32(abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

#endif
