/// The variables that this process was started with: environ(7).
#ifndef CLINUX_ENVIRONMENT_H
#define CLINUX_ENVIRONMENT_H

/// All variables as NAME=VALUE; the last pointer is NULL.
char *const *linux_environment(void);

/// Bytes that the kernel takes for arguments and variables together, pointers included: execve(2).
unsigned long linux_argument_limit(void);

#endif
