/// A shared library, as bytes, that answers gethostname(2) with TRAIN_HOSTNAME when it is preloaded: ld.so(8).
#ifndef CLINUX_HOSTNAME_LIBRARY_H
#define CLINUX_HOSTNAME_LIBRARY_H

/// The library for this processor and its size, which is 0 where there is none.
const unsigned char *linux_hostname_library(unsigned long *size);

#endif
