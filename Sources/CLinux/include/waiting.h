/// Waiting for descriptors: ppoll(2).
#ifndef CLINUX_WAITING_H
#define CLINUX_WAITING_H

/// One descriptor to wait for; laid out as struct pollfd, so that an array of them can be handed to the kernel.
struct linux_waiter {
    int descriptor;
    short events;
    short returned;
};

extern const short linux_readable, linux_writable;

/// Waits until a descriptor is ready or the nanoseconds are over (below 0: for ever). Returns how many are ready, or -1
/// and errno; a signal that interrupts counts as nothing ready.
int linux_wait(struct linux_waiter *waiters, unsigned count, long long nanoseconds);

#endif
