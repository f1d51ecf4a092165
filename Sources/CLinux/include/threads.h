/// Threads that take no signals, and waiting for signals in one that does: pthread_create(3), pthread_sigmask(3).
#ifndef CLINUX_THREADS_H
#define CLINUX_THREADS_H

/// Starts a thread with a small stack and all signals blocked. Returns 0 and what joins it, or an errno.
int linux_start_thread(void *(*body)(void *), void *context, unsigned long *thread);

/// Waits for the end of a thread. Returns 0, or an errno.
int linux_join_thread(unsigned long thread);

/// Blocks the signals of `set` for this thread and those that it starts: bit s-1 stands for signal s. Returns 0, or an
/// errno.
int linux_block_signals(unsigned long long set);

/// Takes that back.
void linux_unblock_signals(unsigned long long set);

/// Waits for one of the signals of `set`, which all threads must have blocked. Returns its number, or 0.
int linux_wait_for_signal(unsigned long long set);

/// Waits so many nanoseconds for one. Returns its number, or 0.
int linux_wait_for_signal_until(unsigned long long set, long long nanoseconds);

/// Ends this process by a signal, as if it had never been blocked or handled.
void linux_end_by_signal(int signal);

/// Lets no core be dumped of this process: its program has dumped its own.
void linux_no_core_dump(void);

/// Whether a signal is ignored.
int linux_signal_ignored(int signal);

#endif
