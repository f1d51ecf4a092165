#include "environment.h"
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

static char *const nothing[] = {NULL};

char *const *linux_environment(void) { return environ ? environ : nothing; }

unsigned long linux_argument_limit(void) {
    // fs/exec.c, bprm_stack_limits(): a quarter of the stack's limit, at most 6 MiB, at least 128 KiB.
    const unsigned long most = 6ul << 20, least = 128ul << 10;
    struct rlimit stack;
    if (getrlimit(RLIMIT_STACK, &stack))
        return least;
    unsigned long quarter = stack.rlim_cur == RLIM_INFINITY ? most : (unsigned long)stack.rlim_cur / 4;
    return quarter > most ? most : quarter < least ? least : quarter;
}
