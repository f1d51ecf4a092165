#include "files.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int linux_open_nameless(int directory, unsigned mode) {
    return openat(directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
}

int linux_path_flag(void) { return O_PATH; }

int linux_set_times(int descriptor, long long seconds) {
    struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    return futimens(descriptor, times) ? errno : 0;
}

void linux_start_writeback(int descriptor, long long start, long long count) {
    // A pipe has no such thing (ESPIPE), and what cannot be written is reported by fsync.
    (void)sync_file_range(descriptor, start, count, SYNC_FILE_RANGE_WRITE);
}

int linux_open_at(int directory, const char *path, int flags) {
    return (int)syscall(SYS_openat, directory, path, flags, 0);
}

long linux_read_at(int descriptor, void *bytes, size_t count, long long offset) {
    return syscall(SYS_pread64, descriptor, bytes, count, offset);
}

int linux_status(int descriptor, void *status) { return (int)syscall(SYS_fstat, descriptor, status); }

void linux_close(int descriptor) { (void)syscall(SYS_close, descriptor); }
