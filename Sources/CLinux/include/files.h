/// Files without a name, and writing to the disk ahead of fsync(2): open(2), sync_file_range(2).
#ifndef CLINUX_FILES_H
#define CLINUX_FILES_H

/// Opens a file for writing that has no name, in a directory (O_TMPFILE). Returns the descriptor, or -1 and errno.
int linux_open_nameless(int directory, unsigned mode);

/// The flag of open(2) for a descriptor that only stands for a place: O_PATH.
int linux_path_flag(void);

/// Sets both times of a file, in seconds since 1970. Returns 0, or an errno.
int linux_set_times(int descriptor, long long seconds);

/// Lets the disk begin to write a part of a file. Nothing is waited for and nothing promised.
void linux_start_writeback(int descriptor, long long start, long long count);

#endif
