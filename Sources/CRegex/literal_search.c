#define _GNU_SOURCE
#include "literal_search.h"
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

// Sixteen places at once whose first and last byte are the literal's: http://0x80.pl/articles/simd-strfind.html
size_t literal_search(const unsigned char *text, size_t length, const unsigned char *literal, size_t count) {
    size_t place = 0;
    if (count > 1) {
        const __m128i first = _mm_set1_epi8((char)literal[0]), last = _mm_set1_epi8((char)literal[count - 1]);
        for (; place + count - 1 + 16 <= length; place += 16) {
            __m128i heads = _mm_loadu_si128((const __m128i *)(text + place));
            __m128i tails = _mm_loadu_si128((const __m128i *)(text + place + count - 1));
            unsigned mask =
                (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(heads, first), _mm_cmpeq_epi8(tails, last)));
            for (; mask; mask &= mask - 1) {
                size_t found = place + (size_t)__builtin_ctz(mask);
                if (!memcmp(text + found, literal, count))
                    return found;
            }
        }
    }
    const unsigned char *found = memmem(text + place, length - place, literal, count);
    return found ? (size_t)(found - text) : length;
}

size_t line_end_search(const unsigned char *text, size_t length) {
    const __m128i feed = _mm_set1_epi8('\n'), back = _mm_set1_epi8('\r');
    size_t place = 0;
    for (; place + 16 <= length; place += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(text + place));
        unsigned mask =
            (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, feed), _mm_cmpeq_epi8(bytes, back)));
        if (mask)
            return place + (size_t)__builtin_ctz(mask);
    }
    while (place < length && text[place] != '\n' && text[place] != '\r')
        place++;
    return place;
}
#else
size_t literal_search(const unsigned char *text, size_t length, const unsigned char *literal, size_t count) {
    const unsigned char *found = memmem(text, length, literal, count);
    return found ? (size_t)(found - text) : length;
}

size_t line_end_search(const unsigned char *text, size_t length) {
    size_t place = 0;
    while (place < length && text[place] != '\n' && text[place] != '\r')
        place++;
    return place;
}
#endif

size_t line_start_search(const unsigned char *text, size_t length) {
    while (length > 0 && text[length - 1] != '\n' && text[length - 1] != '\r')
        length--;
    return length;
}
