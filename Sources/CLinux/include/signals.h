/// Signals as data: blocked, read from a descriptor, never handled in a handler.
#ifndef CLINUX_SIGNALS_H
#define CLINUX_SIGNALS_H

/// The signals that a process came with: bit s-1 stands for signal s.
struct linux_signal_state {
    unsigned long long blocked;
    unsigned long long ignored;
};

/// Blocks every signal and resets SIGCHLD to its default, so that children can be waited for.
/// Returns 0 and what was before, or an errno.
int linux_take_signals(struct linux_signal_state *before);

/// Gives back what `linux_take_signals` changed. Returns 0, or an errno.
int linux_restore_signals(const struct linux_signal_state *before);

/// A non-blocking signalfd(2) for all signals. Returns the descriptor, or -1 and errno.
int linux_signal_descriptor(void);

/// One signal that arrived: its number and who sent it (pid 0: the kernel, or a process of another namespace).
struct linux_signal_arrival {
    int number;
    int sender;
    int from_kernel;  // 1: raised by the kernel, as SIGXFSZ is
};

/// Reads one signal. Returns 1, or 0 when none waits, or -1 and errno.
int linux_read_signal(int descriptor, struct linux_signal_arrival *arrival);

/// Swallows a signal that waits: sigtimedwait(2) without waiting.
void linux_drop_signal(int signal);

/// The first and the last real-time signal that programs may use.
int linux_first_realtime_signal(void);
int linux_last_realtime_signal(void);

#endif
