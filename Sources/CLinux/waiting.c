#include "waiting.h"
#include <errno.h>
#include <poll.h>
#include <stddef.h>

int linux_wait(void *descriptors, unsigned count, long long nanoseconds) {
    struct timespec limit = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    int ready = ppoll(descriptors, count, nanoseconds < 0 ? NULL : &limit, NULL);
    return ready < 0 && errno == EINTR ? 0 : ready;
}
