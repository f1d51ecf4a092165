/// ISA-L's deflate and checksum, or word that this build has none: https://github.com/intel/isa-l
///
/// Only levels 1 and 2: the bytes of level 3 depend on the processor.
#ifndef CISAL_ISAL_H
#define CISAL_ISAL_H

#include <stddef.h>
#include <stdint.h>

/// The version that this build was made with, as in "2.30.0", or NULL when it was made without ISA-L.
const char *cisal_version(void);

/// The memory of one thread's compressor: a stream and a level buffer.
struct cisal;

/// Makes a compressor, or gives NULL when there is no memory for it or no ISA-L in this build.
struct cisal *cisal_make(void);
void cisal_free(struct cisal *isal);

/// Compresses `count` bytes into deflate blocks, none of them the last, that end on a byte border as a sync flush does.
/// Matches may reach back into `dictionary`, at most 32 KiB of what came before. Returns the bytes written, 0 when they
/// do not fit in `capacity`, or a negative number, ISA-L's own, for an error.
long cisal_deflate(struct cisal *isal, int level, const uint8_t *dictionary, size_t dictionary_count,
                   const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity);

/// gzip's checksum of `count` bytes that follow those of checksum `before`. Only where cisal_version is not NULL.
uint32_t cisal_crc32(uint32_t before, const uint8_t *bytes, size_t count);

#endif
