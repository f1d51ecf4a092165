/* The whole of the preloaded library: gethostname(2) answers TRAIN_HOSTNAME.
 *
 * It needs no C library of its own: `environ` is the program's, glibc's or musl's. */
extern char **environ;

int gethostname(char *name, unsigned long size) {
    static const char key[] = "TRAIN_HOSTNAME=";
    for (char **next = environ; next && *next; next++) {
        unsigned long place = 0;
        while (key[place] && (*next)[place] == key[place]) place++;
        if (key[place]) continue;
        const char *value = *next + place;
        for (place = 0; place < size; place++) {
            name[place] = value[place];
            if (!value[place]) return 0;
        }
        return 0;
    }
    if (size) name[0] = 0;
    return 0;
}
