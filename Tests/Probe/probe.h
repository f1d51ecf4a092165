/// What the programs of the tests share.
#ifndef PROBE_H
#define PROBE_H

/// Says what failed, with errno's words, and exits 99: a status that no case expects.
void die(const char *what) __attribute__((noreturn));
/// The number that a text holds; exits 99 if it holds none.
long number(const char *text);
/// A signal's number from "TERM", "SIGTERM" or "15".
int signal_number(const char *text);
/// Prints a line and flushes it, so that a test can wait for it.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/// Waits so many milliseconds.
void pause_for(long milliseconds);
/// The index behind "--", or exits 99.
int command_at(int count, char **words);

int probe_signals(int count, char **words);
int probe_state(int count, char **words);
int probe_with(int count, char **words);
int probe_orphans(int count, char **words);
int probe_burst(int count, char **words);
int probe_linger(int count, char **words);
int probe_parent(int count, char **words);
int probe_flood(int count, char **words);
int probe_slow(int count, char **words);

#endif
