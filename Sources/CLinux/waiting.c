#include "waiting.h"
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <time.h>

_Static_assert(sizeof(struct linux_waiter) == sizeof(struct pollfd), "a waiter is a pollfd");
_Static_assert(offsetof(struct linux_waiter, returned) == offsetof(struct pollfd, revents), "a waiter is a pollfd");

const short linux_readable = POLLIN, linux_writable = POLLOUT;

int linux_wait(struct linux_waiter *waiters, unsigned count, long long nanoseconds) {
    struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    int ready = ppoll((struct pollfd *)waiters, count, nanoseconds < 0 ? NULL : &limit, NULL);
    return ready < 0 && errno == EINTR ? 0 : ready;
}
