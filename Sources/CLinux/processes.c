#include "processes.h"
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

int linux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) ? errno : 0; }

int linux_end_with_parent(int parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0))
        return errno;
    // It may have ended before that was asked for.
    return getppid() == parent ? 0 : ESRCH;
}

int linux_collect_child(int pid, int stops, struct linux_child_change *change) {
    int status = 0;
    pid_t changed;
    do
        changed = waitpid(pid, &status, WNOHANG | (stops ? WUNTRACED : 0));
    while (changed < 0 && errno == EINTR);
    if (changed <= 0)
        return changed == 0 ? 0 : -1;
    change->pid = changed;
    change->stopped = WIFSTOPPED(status) ? 1 : 0;
    change->exited = WIFEXITED(status) ? 1 : 0;
    change->dumped = !change->exited && WIFSIGNALED(status) && WCOREDUMP(status) ? 1 : 0;
    change->code = change->exited ? WEXITSTATUS(status) : change->stopped ? WSTOPSIG(status) : WTERMSIG(status);
    return 1;
}

int linux_open_process(int pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int linux_child_waits(void) {
    siginfo_t information;
    information.si_pid = 0;
    if (waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT))
        return -1;
    return information.si_pid != 0;
}

int linux_usable_processors(void) {
    // 1,024 processors fit in a cpu_set_t; larger machines need a larger set: sched_getaffinity(2).
    for (int processors = 1024; processors <= 1 << 20; processors *= 4) {
        cpu_set_t *set = CPU_ALLOC(processors);
        if (!set)
            return -1;
        size_t size = CPU_ALLOC_SIZE(processors);
        CPU_ZERO_S(size, set);
        int result = sched_getaffinity(0, size, set), error = errno;
        int count = result ? -1 : CPU_COUNT_S(size, set);
        CPU_FREE(set);
        errno = error;
        if (!result || error != EINVAL)
            return count;
    }
    return -1;
}
