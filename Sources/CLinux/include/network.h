/// Names, interfaces and TCP connections: getaddrinfo(3), getifaddrs(3), tcp(7). Addresses are numeric texts.
#ifndef CLINUX_NETWORK_H
#define CLINUX_NETWORK_H

/// Looks a name up: its addresses, one a line, in `addresses`. Returns 0, or the error of getaddrinfo(3).
int linux_resolve(const char *name, char *addresses, unsigned long size);

/// The words of an error of `linux_resolve`.
const char *linux_resolve_error(int error);

/// The first address of a network interface, IPv4 before IPv6. Returns 0, or an errno (ENODEV: there is none).
int linux_interface_address(const char *name, char *address, unsigned long size);

/// A non-blocking socket that listens on one address. Returns the descriptor, or -1 and errno.
int linux_listen(const char *address, int port);

/// Takes a connection, and says from where it came. Returns a non-blocking descriptor, or -1 and errno.
int linux_accept(int listener, char *address, unsigned long size);

/// Begins a connection without waiting for it. `source` is our address, or NULL. Returns the descriptor, or -1 and errno.
int linux_connect(const char *address, int port, const char *source);

/// How a connection that was begun came out: 0, or an errno.
int linux_connect_result(int descriptor);

/// Sends without a SIGPIPE. Returns the bytes sent, or -1 and errno.
long linux_send(int descriptor, const void *bytes, unsigned long count);

/// Lets this process have as many descriptors as it may: RLIMIT_NOFILE.
void linux_raise_descriptor_limit(void);

#endif
