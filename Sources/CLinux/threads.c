#include "threads.h"
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static void fill(sigset_t *set, unsigned long long mask) {
    sigemptyset(set);
    for (int signal = 1; signal <= 64; signal++)
        if (mask >> (signal - 1) & 1)
            sigaddset(set, signal);
}

int linux_start_thread(void *(*body)(void *), void *context, unsigned long *thread) {
    sigset_t all, before;
    pthread_attr_t attributes;
    pthread_t started;
    int error = pthread_attr_init(&attributes);
    if (error)
        return error;
    // The default is 8 MiB of address space a thread, which a limit on memory counts.
    error = pthread_attr_setstacksize(&attributes, 512 << 10);
    sigfillset(&all);
    if (!error)
        error = pthread_sigmask(SIG_SETMASK, &all, &before);
    if (!error) {
        error = pthread_create(&started, &attributes, body, context);
        (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    if (!error)
        *thread = (unsigned long)started;
    return error;
}

int linux_join_thread(unsigned long thread) { return pthread_join((pthread_t)thread, NULL); }

int linux_block_signals(unsigned long long mask) {
    sigset_t set;
    fill(&set, mask);
    return pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void linux_unblock_signals(unsigned long long mask) {
    sigset_t set;
    fill(&set, mask);
    (void)pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int linux_wait_for_signal(unsigned long long mask) {
    sigset_t set;
    int signal = 0;
    fill(&set, mask);
    return sigwait(&set, &signal) ? 0 : signal;
}

int linux_wait_for_signal_until(unsigned long long mask, long long nanoseconds) {
    sigset_t set;
    struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    fill(&set, mask);
    int signal = sigtimedwait(&set, NULL, &limit);
    return signal < 0 ? 0 : signal;
}

void linux_no_core_dump(void) { (void)prctl(PR_SET_DUMPABLE, 0); }

void linux_end_by_signal(int number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    (void)sigaction(number, &action, NULL);
    linux_unblock_signals(1ULL << (number - 1));
    (void)raise(number);
    // PID 1 of a namespace does not die of its own signals: pid_namespaces(7).
    _exit(128 + number);
}

int linux_signal_ignored(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}
