/// What is mounted where: statx(2).
#ifndef CLINUX_MOUNTS_H
#define CLINUX_MOUNTS_H

/// Whether a path is the root of a mount, a bind mount of the same file system too. A kernel that cannot tell (before 5.8)
/// and an error count as one. Links are not followed.
int linux_is_mount_point(const char *path);

#endif
