/* A static server of ranges: GET of one file with sendfile(2), one thread a connection. For benchmarks only. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int file;
static long long size;

static void *serve(void *argument) {
    int connection = (int)(long)argument;
    char request[16384];
    size_t have = 0;
    for (;;) {
        char *end;
        request[have] = 0;
        while (!(end = strstr(request, "\r\n\r\n"))) {
            ssize_t count = have < sizeof request - 1 ? read(connection, request + have, sizeof request - 1 - have) : 0;
            if (count <= 0) {
                close(connection);
                return NULL;
            }
            request[have += (size_t)count] = 0;
        }
        end[2] = 0;
        long long first = 0, last = size - 1;
        char *range = strcasestr(request, "\r\nrange: bytes=");
        if (range && sscanf(range + 15, "%lld-%lld", &first, &last) < 1) first = 0;
        if (last >= size) last = size - 1;
        char head[512];
        int length = snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %lld\r\nETag: \"benchmark\"\r\n"
                                                 "Last-Modified: Wed, 01 Jan 2025 00:00:00 GMT\r\nAccept-Ranges: bytes\r\n",
                              range ? "206 Partial Content" : "200 OK", last - first + 1);
        if (range) length += snprintf(head + length, sizeof head - length, "Content-Range: bytes %lld-%lld/%lld\r\n", first, last, size);
        length += snprintf(head + length, sizeof head - length, "\r\n");
        int isHead = !strncmp(request, "HEAD", 4);
        if (write(connection, head, (size_t)length) != length) break;
        off_t offset = first;
        while (!isHead && offset <= last)
            if (sendfile(connection, file, &offset, (size_t)(last - offset + 1)) <= 0) {
                close(connection);
                return NULL;
            }
        have -= (size_t)(end + 4 - request);
        memmove(request, end + 4, have);
    }
    close(connection);
    return NULL;
}

int main(int count, char **words) {
    struct stat status;
    signal(SIGPIPE, SIG_IGN); /* a client that has enough hangs up */
    if (count != 2 || (file = open(words[1], O_RDONLY)) < 0 || fstat(file, &status)) return 1;
    size = status.st_size;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 64) ||
        getsockname(listener, (void *)&address, &length))
        return 1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        int connection = accept(listener, NULL, NULL), yes = 1;
        if (connection < 0) return 1;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, (void *)(long)connection)) close(connection);
        else pthread_detach(thread);
    }
}
