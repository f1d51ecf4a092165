// The limit: an engine alone over bytes that are in memory already, nothing written.
//
//   cc -O2 -DCISAL_LINKED -I ../../Sources/CDeflate/include -I ../../Sources/CIsal/include engine.c
//      ../../Sources/CDeflate/*.c ../../Sources/CIsal/isal.c -lisal -lpthread -o engine
//   engine isal1|isal2|huffman THREADS FILE…      prints the bytes in, the bytes out, and the seconds
#include "huffman.h"
#include "isal.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { block = 1 << 20 };

static unsigned char *bytes;
static size_t count, capacity;
static atomic_size_t next_block, written;
static char engine;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void load(const char *path) {
    struct stat status;
    int descriptor = open(path, O_RDONLY);
    if (descriptor < 0 || fstat(descriptor, &status))
        exit(1);
    while (count + (size_t)status.st_size > capacity) {
        capacity = capacity ? 2 * capacity : (size_t)block;
        bytes = realloc(bytes, capacity);
        if (!bytes)
            exit(1);
    }
    ssize_t got;
    while ((got = read(descriptor, bytes + count, capacity - count)) > 0)
        count += (size_t)got;
    close(descriptor);
}

static void *work(void *unused) {
    unsigned char *output = malloc(2 * block);
    struct cisal *isal = cisal_make();
    for (size_t start; (start = (next_block++) * (size_t)block) < count;) {
        size_t width = count - start < block ? count - start : block, before = engine == '2' && start ? 32768 : 0;
        if (engine == 'n')
            written += cdeflate_huffman(bytes + start, width, output, 2 * block);
        else
            written += (size_t)cisal_deflate(isal, engine - '0', bytes + start - before, before, bytes + start, width,
                                             output, 2 * block);
    }
    cisal_free(isal);
    free(output);
    return unused;
}

int main(int words, char **word) {
    if (words < 4)
        return 64;
    engine = word[1][strlen(word[1]) - 1]; // '1', '2', or the 'n' of huffman
    int threads = atoi(word[2]);
    for (int i = 3; i < words; i++)
        load(word[i]);
    pthread_t running[64];
    double started = now();
    for (int i = 0; i < threads && i < 64; i++)
        pthread_create(&running[i], NULL, work, NULL);
    for (int i = 0; i < threads && i < 64; i++)
        pthread_join(running[i], NULL);
    printf("%zu %zu %.6f\n", count, (size_t)written, now() - started);
    return 0;
}
