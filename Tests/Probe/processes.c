#include "probe.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t make(void) {
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    return pid;
}

static void collect(pid_t pid) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

/// orphans COUNT MILLISECONDS: COUNT processes lose their parent and end one by one at random moments within that time; says
/// `ready` when all live, and ends after the last of them.
int probe_orphans(int count, char **words) {
    long orphans = count > 0 ? number(words[0]) : 100, within = count > 1 ? number(words[1]) : 1000;
    int alive[2];
    if (pipe(alive))
        die("pipe");
    pid_t between = make();
    if (between == 0) {
        close(alive[0]);
        for (long index = 0; index < orphans; index++) {
            if (make() == 0) {
                srandom((unsigned)getpid());
                pause_for(random() % (within + 1));
                _exit(0);
            }
        }
        _exit(0);
    }
    close(alive[1]);
    collect(between);
    say("ready");
    char byte;
    while (read(alive[0], &byte, 1) < 0 && errno == EINTR) {
    }
    // What is still a zombie now has nobody to wait for but our parent.
    pause_for(count > 2 ? number(words[2]) : 0);
    return 0;
}

/// burst COUNT STATUS: COUNT orphans and the program itself end at the same moment.
int probe_burst(int count, char **words) {
    long orphans = count > 0 ? number(words[0]) : 200;
    int gate[2], ready[2];
    char byte = 0;
    if (pipe(gate) || pipe(ready))
        die("pipe");
    pid_t between = make();
    if (between == 0) {
        close(gate[1]);
        for (long index = 0; index < orphans; index++) {
            if (make() == 0) {
                ssize_t count = write(ready[1], &byte, 1);
                count = read(gate[0], &byte, 1);
                _exit(count == 0 ? 0 : 1);
            }
        }
        _exit(0);
    }
    collect(between);
    for (long index = 0; index < orphans; index++) {
        if (read(ready[0], &byte, 1) != 1)
            die("read");
    }
    // The only writer's end closes the gate for all of them.
    _exit(count > 1 ? (int)number(words[1]) : 0);
}

/// linger [--session] [--ignore S]… [--keep-output] [--file PATH]: leaves a process behind that lives for a minute, appends
/// to PATH a line each 5 ms if one is given, and prints its pid before the program ends with 0.
int probe_linger(int count, char **words) {
    int ready[2], session = 0, keep = 0;
    const char *path = NULL;
    if (pipe(ready))
        die("pipe");
    for (int index = 0; index < count; index++) {
        if (strcmp(words[index], "--session") == 0)
            session = 1;
        else if (strcmp(words[index], "--keep-output") == 0)
            keep = 1;
        else if (strcmp(words[index], "--ignore") == 0 && index + 1 < count)
            signal(signal_number(words[++index]), SIG_IGN);
        else if (strcmp(words[index], "--file") == 0 && index + 1 < count)
            path = words[++index];
    }
    pid_t between = make();
    if (between == 0) {
        pid_t last = make();
        if (last != 0)
            _exit(0);
        if (session && setsid() < 0)
            die("setsid");
        int null = open("/dev/null", O_RDWR);
        for (int descriptor = 0; !keep && descriptor <= 2; descriptor++)
            dup2(null, descriptor);
        int file = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
        pid_t own = getpid();
        ssize_t size = write(ready[1], &own, sizeof own);
        close(ready[1]);
        for (int index = 0; index < 12000 && size > 0; index++) {
            if (file >= 0 && write(file, "line\n", 5) != 5)
                _exit(1);
            pause_for(5);
        }
        _exit(0);
    }
    collect(between);
    pid_t last = 0;
    if (read(ready[0], &last, sizeof last) != (ssize_t)sizeof last)
        die("read");
    say("left %d", last);
    return 0;
}

static void list_children(FILE *to) {
    // A child that has ended is a zombie of ours until it is waited for, and no survivor.
    siginfo_t information;
    while (information.si_pid = 0,
           waitid(P_ALL, 0, &information, WEXITED | WNOHANG) == 0 && information.si_pid != 0) {
    }
    char path[64], list[4096];
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(list, 1, sizeof list - 1, file) : 0;
    list[size] = 0;
    if (size)
        fprintf(to, "probe: survivors: %s\n", list);
    fflush(to);
    for (char *next = list, *end; (information.si_pid = (pid_t)strtol(next, &end, 10)) > 1 && end != next; next = end)
        kill(information.si_pid, SIGKILL);
}

/// parent [--deaf] -- COMMAND: runs the command and inherits its orphans. It collects them and names on stderr those that
/// outlive the command; with --deaf it passes TERM on but waits for the command alone, as a program does that knows
/// nothing of being PID 1.
int probe_parent(int count, char **words) {
    int command = command_at(count, words), deaf = strcmp(words[0], "--deaf") == 0, status = 0;
    if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))
        die("prctl");
    pid_t child = make();
    if (child == 0) {
        execvp(words[command], words + command);
        die(words[command]);
    }
    for (pid_t ended = 0; ended != child;) {
        ended = waitpid(deaf ? child : -1, &status, 0);
        if (ended < 0 && errno != EINTR)
            die("waitpid");
    }
    if (!deaf)
        list_children(stderr);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
