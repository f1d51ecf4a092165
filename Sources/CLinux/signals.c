#include "signals.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

// Signals that the kernel raises for a fault of our own: blocked, they would end us without a core dump.
static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};

static void all_but_faults(sigset_t *set) {
    sigfillset(set);
    for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(set, faults[i]);
}

int linux_take_signals(struct linux_signal_state *before) {
    sigset_t blocked, old;
    all_but_faults(&blocked);
    if (sigprocmask(SIG_SETMASK, &blocked, &old))
        return errno;
    before->blocked = before->ignored = 0;
    for (int signal = 1; signal <= 64; signal++) {
        struct sigaction action;
        if (sigismember(&old, signal) == 1)
            before->blocked |= 1ULL << (signal - 1);
        if (sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            before->ignored |= 1ULL << (signal - 1);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    // With SIGCHLD ignored, the kernel reaps children by itself and their status is lost: wait(2), notes.
    action.sa_handler = SIG_DFL;
    if (sigaction(SIGCHLD, &action, NULL))
        return errno;
    // A reader that goes away and a file-size limit are errors to handle (EPIPE, EFBIG), not ends.
    action.sa_handler = SIG_IGN;
    if (sigaction(SIGPIPE, &action, NULL) || sigaction(SIGXFSZ, &action, NULL))
        return errno;
    return 0;
}

int linux_signal_descriptor(void) {
    sigset_t set;
    all_but_faults(&set);
    // Ours are ignored: signalfd would report none of them anyway.
    sigdelset(&set, SIGPIPE);
    sigdelset(&set, SIGXFSZ);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int linux_read_signal(int descriptor, struct linux_signal_arrival *arrival) {
    struct signalfd_siginfo information;
    ssize_t count = read(descriptor, &information, sizeof information);
    if (count == (ssize_t)sizeof information) {
        arrival->number = (int)information.ssi_signo;
        arrival->sender = (int)information.ssi_pid;
        return 1;
    }
    if (count < 0 && errno != EAGAIN && errno != EINTR)
        return -1;
    return 0;
}

int linux_first_realtime_signal(void) { return SIGRTMIN; }
int linux_last_realtime_signal(void) { return SIGRTMAX; }
