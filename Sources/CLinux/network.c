#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int text_of(const struct sockaddr *address, char *text, unsigned long size) {
    const void *bytes;
    if (address->sa_family == AF_INET) {
        bytes = &((const struct sockaddr_in *)address)->sin_addr;
    } else if (address->sa_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
        // An IPv4 address that came in over an IPv6 socket is the same host as the plain one.
        if (IN6_IS_ADDR_V4MAPPED(six))
            return inet_ntop(AF_INET, six->s6_addr + 12, text, (socklen_t)size) ? 0 : -1;
        bytes = six;
    } else {
        return -1;
    }
    return inet_ntop(address->sa_family, bytes, text, (socklen_t)size) ? 0 : -1;
}

static int socket_address(const char *text, int port, struct sockaddr_storage *storage, socklen_t *length) {
    memset(storage, 0, sizeof *storage);
    struct sockaddr_in *four = (struct sockaddr_in *)storage;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((unsigned short)port);
        *length = sizeof *four;
        return 0;
    }
    if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((unsigned short)port);
        *length = sizeof *six;
        return 0;
    }
    errno = EINVAL;
    return -1;
}

int linux_resolve(const char *name, char *addresses, unsigned long size) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (size == 0) return EAI_OVERFLOW;
    addresses[0] = 0;
    int error = getaddrinfo(name, NULL, &hints, &found);
    if (error != 0) return error;
    unsigned long used = 0;
    for (struct addrinfo *next = found; next; next = next->ai_next) {
        char text[INET6_ADDRSTRLEN];
        if (text_of(next->ai_addr, text, sizeof text) != 0) continue;
        unsigned long length = strlen(text);
        if (used + length + 2 > size) break;
        memcpy(addresses + used, text, length);
        addresses[used + length] = '\n';
        used += length + 1;
        addresses[used] = 0;
    }
    freeaddrinfo(found);
    return used > 0 ? 0 : EAI_NONAME;
}

const char *linux_resolve_error(int error) { return gai_strerror(error); }

int linux_interface_address(const char *name, char *address, unsigned long size) {
    struct ifaddrs *all = NULL;
    if (getifaddrs(&all) != 0) return errno;
    int found = 0;
    for (struct ifaddrs *next = all; next; next = next->ifa_next) {
        if (!next->ifa_addr || strcmp(next->ifa_name, name) != 0) continue;
        int family = next->ifa_addr->sa_family;
        if (family == AF_INET && text_of(next->ifa_addr, address, size) == 0) {
            found = 1;
            break;
        }
        if (family == AF_INET6 && !found) {
            // A link-local address needs the interface beside it, and no name resolves to one.
            const struct in6_addr *six = &((struct sockaddr_in6 *)next->ifa_addr)->sin6_addr;
            if (!IN6_IS_ADDR_LINKLOCAL(six) && text_of(next->ifa_addr, address, size) == 0) found = 1;
        }
    }
    freeifaddrs(all);
    return found ? 0 : ENODEV;
}

static int fail(int descriptor) {
    int error = errno;
    if (descriptor >= 0) close(descriptor);
    errno = error;
    return -1;
}

int linux_listen(const char *address, int port) {
    struct sockaddr_storage storage;
    socklen_t length;
    if (socket_address(address, port, &storage, &length) != 0) return -1;
    int descriptor = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int on = 1;
    if (descriptor < 0) return -1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0) return fail(descriptor);
    if (bind(descriptor, (struct sockaddr *)&storage, length) != 0) return fail(descriptor);
    if (listen(descriptor, 1024) != 0) return fail(descriptor);
    return descriptor;
}

static void tune(int descriptor) {
    int on = 1;
    // A message is one small line: it must not wait for an acknowledgement. Without it nothing is lost but time.
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

int linux_accept(int listener, char *address, unsigned long size) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    int descriptor = accept4(listener, (struct sockaddr *)&storage, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) return -1;
    if (text_of((struct sockaddr *)&storage, address, size) != 0) {
        errno = EAFNOSUPPORT;
        return fail(descriptor);
    }
    tune(descriptor);
    return descriptor;
}

int linux_connect(const char *address, int port, const char *source) {
    struct sockaddr_storage storage, own;
    socklen_t length, own_length;
    if (socket_address(address, port, &storage, &length) != 0) return -1;
    int descriptor = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    tune(descriptor);
    if (source && socket_address(source, 0, &own, &own_length) == 0 && own.ss_family == storage.ss_family) {
        // The other side knows us by this address; where it cannot be had, the route decides.
        (void)bind(descriptor, (struct sockaddr *)&own, own_length);
    }
    if (connect(descriptor, (struct sockaddr *)&storage, length) != 0 && errno != EINPROGRESS) return fail(descriptor);
    return descriptor;
}

int linux_connect_result(int descriptor) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
    return error;
}

long linux_send(int descriptor, const void *bytes, unsigned long count) {
    return send(descriptor, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void linux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}
