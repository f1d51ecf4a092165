/// Being the parent of strangers: prctl(2), waitpid(2), sched_getaffinity(2).
#ifndef CLINUX_PROCESSES_H
#define CLINUX_PROCESSES_H

/// Makes orphaned descendants our children (PR_SET_CHILD_SUBREAPER). Returns 0, or an errno.
int linux_become_subreaper(void);

/// How a child changed.
struct linux_child_change {
    int pid;
    int exited;    // 1: `code` is an exit code; 0: a signal's number
    int code;
    int dumped;    // 1: a core was dumped
    int stopped;   // 1: the child is stopped by signal `code`, not ended
};

/// Collects one child, the one of that number or any with -1, that ended or, with `stops`, stopped. Returns 1, or 0 when none
/// is ready, or -1 when there is no such child.
int linux_collect_child(int pid, int stops, struct linux_child_change *change);

/// A descriptor that is readable when a process has ended: pidfd_open(2). Returns it, or -1 and errno: ENOSYS before Linux 5.3.
int linux_open_process(int pid);

/// Peeks whether a child ended without collecting it. Returns 1, 0, or -1 when there are no children.
int linux_child_waits(void);

/// The processors that this process may run on, or -1 and errno.
int linux_usable_processors(void);

/// Has SIGTERM sent to this process when its parent ends (PR_SET_PDEATHSIG). Returns 0, or an errno: ESRCH where the parent is
/// not, or not any more, the process of this number.
int linux_end_with_parent(int parent);

#endif
