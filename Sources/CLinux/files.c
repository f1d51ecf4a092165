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

#if !defined(__LP64__) || defined(__mips__)
#error "written for machines where the kernel's struct stat is the library's and an offset is one word"
#endif

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define BY_LIBRARY 1
#endif
#endif

#if defined(BY_LIBRARY)

// A sanitizer knows what is read and written by the library's functions only.
int linux_open_at(int directory, const char *path, int flags, unsigned mode) {
    return openat(directory, path, flags, mode);
}

long linux_read_at(int descriptor, void *bytes, size_t count, long long offset) {
    return pread(descriptor, bytes, count, offset);
}

int linux_status(int descriptor, void *status) { return fstat(descriptor, status); }

void linux_close(int descriptor) { (void)close(descriptor); }

#else

int linux_open_at(int directory, const char *path, int flags, unsigned mode) {
    return (int)syscall(SYS_openat, directory, path, flags, mode);
}

long linux_read_at(int descriptor, void *bytes, size_t count, long long offset) {
    return syscall(SYS_pread64, descriptor, bytes, count, offset);
}

int linux_status(int descriptor, void *status) { return (int)syscall(SYS_fstat, descriptor, status); }

void linux_close(int descriptor) { (void)syscall(SYS_close, descriptor); }

#endif
