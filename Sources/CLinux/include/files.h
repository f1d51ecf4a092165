/// Files without a name, and writing to the disk ahead of fsync(2): open(2), sync_file_range(2).
#ifndef CLINUX_FILES_H
#define CLINUX_FILES_H

#include <stddef.h>

/// Opens a file for writing that has no name, in a directory (O_TMPFILE). Returns the descriptor, or -1 and errno.
int linux_open_nameless(int directory, unsigned mode);

/// The flag of open(2) for a descriptor that only stands for a place: O_PATH.
int linux_path_flag(void);

/// Sets both times of a file, in seconds since 1970. Returns 0, or an errno.
int linux_set_times(int descriptor, long long seconds);

/// Lets the disk begin to write a part of a file. Nothing is waited for and nothing promised.
void linux_start_writeback(int descriptor, long long start, long long count);

// What is done to each of a hundred thousand files, straight to the kernel. The calls of glibc are places where a thread
// may be cancelled, which nobody does here and which takes two atomic operations a call where there are threads, and the
// fstat of version 2.36 is a newfstatat with an empty path, which the kernel has to look at.

/// openat(2). Returns the descriptor, or -1 and errno.
int linux_open_at(int directory, const char *path, int flags, unsigned mode);

/// pread(2). Returns how many bytes were read, or -1 and errno.
long linux_read_at(int descriptor, void *bytes, size_t count, long long offset);

/// fstat(2), into a struct stat. Returns 0, or -1 and errno.
int linux_status(int descriptor, void *status);

/// close(2) of a descriptor that was only read from, which has nothing to report.
void linux_close(int descriptor);

#endif
