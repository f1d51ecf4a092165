/// Waiting for descriptors: ppoll(2).
#ifndef CLINUX_WAITING_H
#define CLINUX_WAITING_H

/// Waits until a descriptor of an array of struct pollfd is ready or the nanoseconds are over (below 0: for ever). Returns how
/// many are ready, or -1 and errno; a signal that interrupts counts as nothing ready.
int linux_wait(void *descriptors, unsigned count, long long nanoseconds);

#endif
