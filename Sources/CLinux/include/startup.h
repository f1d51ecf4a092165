/// What has to happen before Swift's runtime starts.
#ifndef CLINUX_STARTUP_H
#define CLINUX_STARTUP_H

/// Refers to the start-up check, so that a static link keeps it. Always 1.
int linux_startup_checked(void);

#endif
