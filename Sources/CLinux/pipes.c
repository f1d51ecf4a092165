#include "pipes.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

int linux_pipe(int *read_end, int *write_end) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return errno;
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

void linux_grow_pipe(int descriptor, int bytes) {
    // Beyond /proc/sys/fs/pipe-max-size or the user's pages the kernel refuses; the pipe then keeps its 64 KiB.
    (void)fcntl(descriptor, F_SETPIPE_SZ, bytes);
}

long linux_splice(int from, int to, unsigned long count) {
    long moved;
    do
        moved = splice(from, NULL, to, NULL, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    while (moved < 0 && errno == EINTR);
    return moved;
}

long linux_tee(int from, int to, unsigned long count) {
    long copied;
    do
        copied = tee(from, to, count, SPLICE_F_NONBLOCK);
    while (copied < 0 && errno == EINTR);
    return copied;
}

int linux_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0)
        return errno;
    return 0;
}

int linux_waiting_bytes(int descriptor) {
    int count = 0;
    return ioctl(descriptor, FIONREAD, &count) ? -1 : count;
}
