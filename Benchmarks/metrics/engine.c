// PCRE2 alone, compiled to machine code, line by line: cc -O2 engine.c -lpcre2-8
// engine FILE REGEX…      prints MB a second and how many lines matched
#define PCRE2_CODE_UNIT_WIDTH 8
#include <fcntl.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **words) {
    struct stat status;
    int file = open(words[1], O_RDONLY), error, regexes = 0;
    if (file < 0 || fstat(file, &status))
        return 1;
    char *text = malloc((size_t)status.st_size), *end = text + status.st_size;
    for (char *place = text; place < end;) {
        ssize_t got = read(file, place, (size_t)(end - place));
        if (got <= 0)
            return 1;
        place += got;
    }
    pcre2_code *codes[40];
    PCRE2_SIZE offset;
    for (int word = 2; word < count && regexes < 40; word++) {
        codes[regexes] = pcre2_compile((PCRE2_SPTR)words[word], PCRE2_ZERO_TERMINATED,
                                       PCRE2_UTF | PCRE2_MATCH_INVALID_UTF, &error, &offset, NULL);
        if (!codes[regexes] || pcre2_jit_compile(codes[regexes], PCRE2_JIT_COMPLETE))
            return 1;
        regexes++;
    }
    pcre2_match_data *data = pcre2_match_data_create(4, NULL);
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    size_t found = 0;
    for (char *line = text; line < end;) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop ? stop : end;
        for (int index = 0; index < regexes; index++)
            found += pcre2_match(codes[index], (PCRE2_SPTR)line, (size_t)(stop - line), 0, 0, data, NULL) > 0;
        line = stop + 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) / 1e9;
    printf("%f %zu\n", (double)status.st_size / seconds / 1e6, found);
}
