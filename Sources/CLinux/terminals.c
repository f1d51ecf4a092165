#include "terminals.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int linux_leave_terminal(void) {
    // Not through descriptor 0: the terminal may be 1 or 2 only.
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0)
        return errno;
    int error = ioctl(terminal, TIOCNOTTY) ? errno : 0;
    close(terminal);
    return error;
}

static int open_slave(int master) {
    char name[64];
    // ptsname_r(3) and TIOCGPTPEER(2): the second works where /dev/pts is mounted elsewhere.
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave >= 0)
        return slave;
    if (ptsname_r(master, name, sizeof name))
        return -1;
    return open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

int linux_open_pseudo_terminal(int like, int *master, int *slave) {
    struct termios modes;
    int first = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (first < 0)
        return errno;
    int second = -1;
    if (grantpt(first) || unlockpt(first) || (second = open_slave(first)) < 0 || tcgetattr(second, &modes))
        goto failed;
    // The real terminal turns "\n" into "\r\n"; done twice, every line would have two returns.
    modes.c_oflag &= ~(tcflag_t)OPOST;
    modes.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    if (tcsetattr(second, TCSANOW, &modes))
        goto failed;
    linux_copy_terminal_size(like, second);
    *master = first;
    *slave = second;
    return 0;
failed:;
    int error = errno;
    close(first);
    if (second >= 0)
        close(second);
    return error;
}

int linux_copy_terminal_size(int from, int to) {
    struct winsize old, new;
    if (ioctl(from, TIOCGWINSZ, &new) || ioctl(to, TIOCGWINSZ, &old))
        return 0;
    if (!memcmp(&old, &new, sizeof old))
        return 0;
    return ioctl(to, TIOCSWINSZ, &new) == 0;
}
