/// Terminals: tty_ioctl(4), pty(7).
#ifndef CLINUX_TERMINALS_H
#define CLINUX_TERMINALS_H

/// Gives up our controlling terminal. As a session leader we get SIGHUP and SIGCONT for it. Returns 0, or an errno.
int linux_leave_terminal(void);

/// Makes a pseudo-terminal that passes bytes unchanged, of the same size as `like`.
/// Returns 0 with both ends closed on exec, or an errno.
int linux_open_pseudo_terminal(int like, int *master, int *slave);

/// Copies the size of one terminal to another. Returns 1 when it changed, else 0.
int linux_copy_terminal_size(int from, int to);

#endif
