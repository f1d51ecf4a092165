#include "signals.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

// A fault of our own (SIGSEGV and its kin) ends us although it is blocked: the kernel then restores the default first.
// So all signals can be blocked, and one that somebody sends is passed on like any other.

int linux_take_signals(struct linux_signal_state *before) {
    sigset_t all, old;
    sigfillset(&all);
    if (sigprocmask(SIG_SETMASK, &all, &old))
        return errno;
    before->blocked = before->ignored = 0;
    for (int signal = 1; signal <= 64; signal++) {
        struct sigaction action;
        if (sigismember(&old, signal) == 1)
            before->blocked |= 1ULL << (signal - 1);
        if (sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            before->ignored |= 1ULL << (signal - 1);
    }
    // With a signal ignored, signalfd never reports it, and with SIGCHLD ignored the kernel reaps children by itself and
    // their status is lost: wait(2), notes. The child gets back what was ignored, through posix_spawn's attributes.
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    for (int signal = 1; signal <= 64; signal++)
        if (before->ignored >> (signal - 1) & 1)
            (void)sigaction(signal, &action, NULL);  // refused for 32 and 33, which glibc keeps for itself
    return 0;
}

int linux_restore_signals(const struct linux_signal_state *before) {
    sigset_t mask;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    sigemptyset(&mask);
    for (int signal = 1; signal <= 64; signal++) {
        if (before->blocked >> (signal - 1) & 1)
            sigaddset(&mask, signal);
        if (before->ignored >> (signal - 1) & 1)
            (void)sigaction(signal, &action, NULL);
    }
    return sigprocmask(SIG_SETMASK, &mask, NULL) ? errno : 0;
}

int linux_signal_descriptor(void) {
    sigset_t all;
    sigfillset(&all);
    return signalfd(-1, &all, SFD_NONBLOCK | SFD_CLOEXEC);
}

int linux_read_signal(int descriptor, struct linux_signal_arrival *arrival) {
    struct signalfd_siginfo information;
    ssize_t count = read(descriptor, &information, sizeof information);
    if (count == (ssize_t)sizeof information) {
        arrival->number = (int)information.ssi_signo;
        arrival->sender = (int)information.ssi_pid;
        arrival->from_kernel = information.ssi_code > 0;
        return 1;
    }
    if (count < 0 && errno != EAGAIN && errno != EINTR)
        return -1;
    return 0;
}

void linux_drop_signal(int signal) {
    sigset_t set;
    struct timespec now = {0, 0};
    sigemptyset(&set);
    sigaddset(&set, signal);
    (void)sigtimedwait(&set, NULL, &now);  // EAGAIN: none waited, which is as well
}

int linux_first_realtime_signal(void) { return SIGRTMIN; }
int linux_last_realtime_signal(void) { return SIGRTMAX; }
