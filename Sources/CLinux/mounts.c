#include "mounts.h"

#include <fcntl.h>
#include <sys/stat.h>

int linux_is_mount_point(const char *path) {
    struct statx status;
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &status) != 0) return 1;
    if (!(status.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT)) return 1;
    return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}
