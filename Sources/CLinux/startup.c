#include "startup.h"
#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <sys/stat.h>
#include <unistd.h>

static void say(const char *text) {
    ssize_t written = write(2, text, strlen(text));
    (void)written;  // there is nobody else to tell
}

// A program linked statically against Swift's runtime looks for its own path in /proc before main and dies with a
// segmentation fault when it is not there. Priority 101 is the first that programs may use, before Swift's own.
__attribute__((constructor(101))) static void check_surroundings(void) {
    struct stat status;
    // With 0, 1 or 2 closed, the next file that is opened would become the program's output.
    for (int descriptor = 0; descriptor <= 2; descriptor++) {
        if (fstat(descriptor, &status) != 0)
            (void)open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY);
    }
    if (lstat("/proc/self/exe", &status) != 0) {
        say("train: error: /proc is not mounted; this program needs /proc (in Docker it is always there; "
            "elsewhere: mount -t proc proc /proc)\n");
        _exit(1);
    }
}

int linux_startup_checked(void) { return 1; }
