/// Starting a program: posix_spawn(3) with the GNU extensions that Swift's Glibc module does not show.
#ifndef CLINUX_SPAWN_PROCESS_H
#define CLINUX_SPAWN_PROCESS_H

/// What may stand for a descriptor: ours is inherited, or it is /dev/null.
#define LINUX_SPAWN_INHERITED (-1)
#define LINUX_SPAWN_NOTHING (-2)

/// What to start, and in which surroundings.
struct linux_spawn_request {
    const char *executable;          // a path, never searched for
    char *const *arguments;          // ends with NULL
    char *const *environment;        // ends with NULL, NAME=VALUE
    const char *working_directory;   // NULL: ours
    int standard_input;
    int standard_output;
    int standard_error;
    const char *controlling_terminal;  // NULL, or a terminal that becomes the new session's own
    int new_session;                 // setsid(2) in the child
    int new_group;                   // setpgid(2) in the child
    int foreground_terminal;         // -1, or a terminal whose foreground group the child's becomes: tcsetpgrp(3)
    unsigned long long signal_mask;      // bit s-1: signal s is blocked in the child
    unsigned long long ignored_signals;  // bit s-1: signal s stays ignored in the child; all others are default
};

/// Starts the program. Returns 0 and the child's pid, or an errno and leaves `*pid` alone.
/// The child has descriptors 0, 1 and 2 only.
int linux_spawn(const struct linux_spawn_request *request, int *pid);

#endif
