#include "probe.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int pipe_ends[2];

struct arrival {
    int signal;
    struct timespec time;
};

static void record(int signal) {
    int before = errno;
    struct arrival arrival = {signal, {0, 0}};
    clock_gettime(CLOCK_MONOTONIC, &arrival.time);
    ssize_t written = write(pipe_ends[1], &arrival, sizeof arrival);
    (void)written;
    errno = before;
}

/// signals END [--times] [--exit N]: catches every signal that can be caught, prints `ready`, then each one's number as it
/// arrives (with --times also the moment in nanoseconds of the monotonic clock), and ends when END arrives.
int probe_signals(int count, char **words) {
    int end = count > 0 ? signal_number(words[0]) : SIGTERM, times = 0, status = 0;
    for (int index = 1; index < count; index++) {
        if (strcmp(words[index], "--times") == 0)
            times = 1;
        else if (strcmp(words[index], "--exit") == 0 && index + 1 < count)
            status = (int)number(words[++index]);
    }
    if (pipe2(pipe_ends, O_CLOEXEC))
        die("pipe");
    for (int signal = 1; signal <= 64; signal++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = record;
        action.sa_flags = SA_RESTART;
        if (signal != SIGKILL && signal != SIGSTOP && signal != SIGCHLD)
            (void)sigaction(signal, &action, NULL);  // glibc refuses the two that it keeps for itself
    }
    say("ready");
    for (;;) {
        struct arrival arrival;
        ssize_t size = read(pipe_ends[0], &arrival, sizeof arrival);
        if (size < 0 && errno == EINTR)
            continue;
        if (size != (ssize_t)sizeof arrival)
            die("read");
        if (times)
            say("%d %lld", arrival.signal, (long long)arrival.time.tv_sec * 1000000000 + arrival.time.tv_nsec);
        else
            say("%d", arrival.signal);
        if (arrival.signal == end)
            return status;
    }
}

/// state: prints what a program finds: its masks as in /proc/self/status, its descriptors, and its place among processes.
int probe_state(int count, char **words) {
    (void)count;
    (void)words;
    char line[256];
    // The directory before the other file: its own descriptor is the only one that is ours.
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        die("/proc/self/fd");
    printf("fds:");
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (*entry->d_name != '.' && atoi(entry->d_name) != dirfd(directory))
            printf(" %s", entry->d_name);
    }
    printf("\n");
    closedir(directory);
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        if (strncmp(line, "Sig", 3) == 0 && strncmp(line, "SigQ", 4) != 0)
            fputs(line, stdout);
    }
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    printf("pid %d\nppid %d\npgid %d\nsid %d\nterminal %s\n", getpid(), getppid(), getpgrp(), getsid(0),
           terminal < 0 ? "none" : tcgetpgrp(terminal) == getpgrp() ? "foreground" : "background");
    return 0;
}

static void change_mask(int how, int signal) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    if (sigprocmask(how, &set, NULL))
        die("sigprocmask");
}

/// with [--block S|--ignore S|--default S|--close FD|--open FD|--processes N|--file-size BYTES]… -- COMMAND: becomes the
/// command in these surroundings.
int probe_with(int count, char **words) {
    int command = command_at(count, words);
    for (int index = 0; index + 1 < command - 1; index += 2) {
        const char *option = words[index], *value = words[index + 1];
        struct rlimit limit = {0, 0};
        if (strcmp(option, "--block") == 0)
            change_mask(SIG_BLOCK, signal_number(value));
        else if (strcmp(option, "--ignore") == 0)
            signal(signal_number(value), SIG_IGN);
        else if (strcmp(option, "--default") == 0)
            signal(signal_number(value), SIG_DFL);
        else if (strcmp(option, "--close") == 0)
            close((int)number(value));
        else if (strcmp(option, "--open") == 0) {
            int descriptor = open("/dev/null", O_RDWR);
            if (descriptor < 0 || dup2(descriptor, (int)number(value)) < 0)
                die("dup2");
            if (descriptor != (int)number(value))
                close(descriptor);
        } else if (strcmp(option, "--processes") == 0 || strcmp(option, "--file-size") == 0) {
            limit.rlim_cur = limit.rlim_max = (rlim_t)number(value);
            if (setrlimit(option[2] == 'p' ? RLIMIT_NPROC : RLIMIT_FSIZE, &limit))
                die("setrlimit");
        } else {
            errno = EINVAL;
            die(option);
        }
    }
    execvp(words[command], words + command);
    die(words[command]);
}
