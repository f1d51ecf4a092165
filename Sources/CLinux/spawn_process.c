#include "spawn_process.h"
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/types.h>

static int has(unsigned long long set, int signal) {
    return signal >= 1 && signal <= 64 && (set >> (signal - 1) & 1);
}

static int set_stream(posix_spawn_file_actions_t *actions, int source, int target) {
    if (source == LINUX_SPAWN_NOTHING)
        return posix_spawn_file_actions_addopen(actions, target, "/dev/null", O_RDWR, 0);
    // A descriptor that is its own target loses FD_CLOEXEC here, as dup2 of glibc's spawn promises.
    return source >= 0 ? posix_spawn_file_actions_adddup2(actions, source, target) : 0;
}

static int set_actions(posix_spawn_file_actions_t *actions, const struct linux_spawn_request *request) {
    int error = 0;
    if (request->working_directory)
        error = posix_spawn_file_actions_addchdir_np(actions, request->working_directory);
    if (!error)
        error = set_stream(actions, request->standard_input, 0);
    if (!error)
        error = set_stream(actions, request->standard_output, 1);
    if (!error)
        error = set_stream(actions, request->standard_error, 2);
    // The first terminal that a session leader opens becomes its controlling one: tty_ioctl(4).
    if (!error && request->controlling_terminal)
        error = posix_spawn_file_actions_addopen(actions, 3, request->controlling_terminal, O_RDWR, 0);
    if (!error && request->foreground_terminal >= 0)
        error = posix_spawn_file_actions_addtcsetpgrp_np(actions, request->foreground_terminal);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(actions, 3);
    return error;
}

static int set_attributes(posix_spawnattr_t *attributes, const struct linux_spawn_request *request) {
    sigset_t mask, defaults;
    sigemptyset(&mask);
    // Not sigfillset: it leaves out 32 and 33, which glibc keeps for itself and which would stay ignored in the child.
    memset(&defaults, 0xff, sizeof defaults);
    for (int signal = 1; signal <= 64; signal++) {
        if (has(request->signal_mask, signal))
            sigaddset(&mask, signal);
        if (has(request->ignored_signals, signal))
            sigdelset(&defaults, signal);
    }
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (request->new_session)
        flags |= POSIX_SPAWN_SETSID;
    if (request->new_group)
        flags |= POSIX_SPAWN_SETPGROUP;  // group 0, the default: the child's own
    int error = posix_spawnattr_setflags(attributes, flags);
    if (!error)
        error = posix_spawnattr_setsigmask(attributes, &mask);
    if (!error)
        error = posix_spawnattr_setsigdefault(attributes, &defaults);
    return error;
}

// posix_spawn can reset a signal in the child but not ignore one: what is to stay ignored is ignored here while the child
// is made. What arrives meanwhile is dropped, which is what the program asked for. Not SIGCHLD: while it is ignored the
// kernel reaps, and the end of a quick program would be lost.
static void set_ignored(const struct linux_spawn_request *request, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    for (int signal = 1; signal <= 64; signal++) {
        if (signal != SIGCHLD && has(request->ignored_signals, signal))
            (void)sigaction(signal, &action, NULL);  // refused for 32 and 33, which glibc keeps for itself
    }
}

int linux_spawn(const struct linux_spawn_request *request, int *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    error = set_actions(&actions, request);
    if (!error)
        error = set_attributes(&attributes, request);
    if (!error) {
        pid_t child = 0;
        set_ignored(request, SIG_IGN);
        error = posix_spawn(&child, request->executable, &actions, &attributes, request->arguments,
                            request->environment);
        set_ignored(request, SIG_DFL);
        if (!error)
            *pid = child;
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}
