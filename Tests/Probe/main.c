/// One program of many small ones: `probe NAME …`. Its modes are described where they are written.
#include "probe.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void die(const char *what) {
    fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
    exit(99);
}

long number(const char *text) {
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end) {
        errno = EINVAL;
        die(text);
    }
    return value;
}

int signal_number(const char *text) {
    if (strncmp(text, "SIG", 3) == 0)
        text += 3;
    for (int signal = 1; signal < 32; signal++) {
        const char *name = sigabbrev_np(signal);
        if (name && strcmp(name, text) == 0)
            return signal;
    }
    return (int)number(text);
}

void say(const char *format, ...) {
    va_list rest;
    va_start(rest, format);
    vprintf(format, rest);
    va_end(rest);
    putchar('\n');
    fflush(stdout);
}

void pause_for(long milliseconds) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&time, &time) && errno == EINTR) {
    }
}

int command_at(int count, char **words) {
    for (int index = 0; index < count; index++) {
        if (strcmp(words[index], "--") == 0 && index + 1 < count)
            return index + 1;
    }
    errno = EINVAL;
    die("no command behind --");
}

int main(int count, char **words) {
    static const struct {
        const char *name;
        int (*run)(int, char **);
    } modes[] = {
        {"signals", probe_signals}, {"state", probe_state},   {"with", probe_with},
        {"orphans", probe_orphans}, {"burst", probe_burst},   {"linger", probe_linger},
        {"parent", probe_parent},   {"flood", probe_flood},   {"slow", probe_slow},
    };
    for (unsigned index = 0; count > 1 && index < sizeof modes / sizeof *modes; index++) {
        if (strcmp(words[1], modes[index].name) == 0)
            return modes[index].run(count - 2, words + 2);
    }
    fputs("usage: probe signals|state|with|orphans|burst|linger|parent|flood|slow\n", stderr);
    return 99;
}
