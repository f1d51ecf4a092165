#include "probe.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void put(int descriptor, const unsigned char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            die("write");
        bytes += written;
        count -= (size_t)written;
    }
}

/// flood DESCRIPTOR BYTES CHUNK [text]: writes that many bytes, the same ones every time, in writes of that size. All 256
/// values occur, lines have all lengths, and a lost, doubled or swapped piece changes the sum. With `text` each write is a
/// line of letters.
int probe_flood(int count, char **words) {
    if (count < 3)
        die("flood needs a descriptor, a number of bytes and a size");
    int descriptor = (int)number(words[0]);
    size_t rest = (size_t)number(words[1]), chunk = (size_t)number(words[2]);
    unsigned long long state = 88172645463325252ULL;
    int text = count > 3 && strcmp(words[3], "text") == 0;
    if (chunk < 1) {
        errno = EINVAL;
        die(words[2]);
    }
    size_t room = (chunk + 7) & ~(size_t)7;
    unsigned char *buffer = malloc(room);
    if (!buffer)
        die("malloc");
    while (rest > 0) {
        size_t size = rest < chunk ? rest : chunk;
        for (size_t index = 0; index < size; index += 8) {
            // xorshift64: Marsaglia, "Xorshift RNGs", 2003
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            unsigned long long letters = (state & 0x0f0f0f0f0f0f0f0fULL) + 0x6161616161616161ULL;
            memcpy(buffer + index, text ? &letters : &state, 8);
        }
        if (text && size > 0)
            buffer[size - 1] = '\n';
        put(descriptor, buffer, size);
        rest -= size;
    }
    free(buffer);
    return 0;
}

/// slow BYTES MILLISECONDS: copies its input to its output, so many bytes, then so long a rest.
int probe_slow(int count, char **words) {
    size_t size = count > 0 ? (size_t)number(words[0]) : 65536;
    long rest = count > 1 ? number(words[1]) : 10;
    unsigned char *buffer = malloc(size);
    for (;;) {
        ssize_t got = read(0, buffer, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        put(1, buffer, (size_t)got);
        pause_for(rest);
    }
    free(buffer);
    return 0;
}
