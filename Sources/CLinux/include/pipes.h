/// Moving bytes between descriptors without copying them: splice(2), tee(2).
#ifndef CLINUX_PIPES_H
#define CLINUX_PIPES_H

/// Both ends are closed on exec, and block. Returns 0, or an errno.
int linux_pipe(int *read_end, int *write_end);

/// Asks for a pipe of that size in bytes; what is granted may be less, or nothing: fcntl(2), F_SETPIPE_SZ.
void linux_grow_pipe(int descriptor, int bytes);

/// Moves up to `count` bytes from a pipe without waiting. Returns the bytes moved (0: end of file), or -1 and errno.
long linux_splice(int from, int to, unsigned long count);

/// Copies up to `count` bytes of a pipe into another without taking them. Returns as splice does.
long linux_tee(int from, int to, unsigned long count);

/// Makes our side of a descriptor that nobody shares non-blocking. Returns 0, or an errno.
int linux_set_nonblocking(int descriptor);

/// Bytes that wait to be read, or -1 and errno: FIONREAD.
int linux_waiting_bytes(int descriptor);

#endif
