/// Whole directories: nftw(3).
#ifndef CLINUX_TREES_H
#define CLINUX_TREES_H

/// Removes a directory with all that is in it; links are removed, never followed. Returns 0, or an errno.
int linux_remove_tree(const char *path);

#endif
