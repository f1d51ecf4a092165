// Starts a command, waits for it, and writes one line to descriptor 3:
// wall time and CPU time in microseconds, peak resident memory in KiB, exit status.
// A small program does this, since the kernel counts the memory of whoever forked as the child's peak.
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long microseconds(struct timeval time) { return time.tv_sec * 1000000L + time.tv_usec; }

int main(int count, char **arguments) {
    struct timespec start, end;
    struct rusage usage;
    pid_t child;
    int status;
    // the command must not inherit the descriptor of the answer
    if (count < 2 || fcntl(3, F_SETFD, FD_CLOEXEC) != 0) return 64;
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (posix_spawn(&child, arguments[1], NULL, NULL, arguments + 1, environ) != 0) return 127;
    if (wait4(child, &status, 0, &usage) != child) return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    long wall = (end.tv_sec - start.tv_sec) * 1000000L + (end.tv_nsec - start.tv_nsec) / 1000;
    dprintf(3, "%ld %ld %ld %d\n", wall, microseconds(usage.ru_utime) + microseconds(usage.ru_stime), usage.ru_maxrss,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
