#include "trees.h"
#include <errno.h>
#include <ftw.h>
#include <stdio.h>

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)status, (void)kind, (void)place;
    return remove(path) ? errno : 0;
}

int linux_remove_tree(const char *path) {
    int result = nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return result < 0 ? errno : result;
}
