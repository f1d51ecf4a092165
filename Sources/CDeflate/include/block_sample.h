/// A cheap look at a block, in integers only, so that every machine decides alike.
#ifndef CDEFLATE_BLOCK_SAMPLE_H
#define CDEFLATE_BLOCK_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

/// What a sample of a block shows.
struct cdeflate_sample {
    uint32_t positions;   // places that were looked at
    uint32_t repeats;     // places whose next four bytes occurred shortly before
    uint32_t millibits;   // thousandths of a bit that a byte takes when only how often it occurs counts; 8000: all
};

/// Looks at up to 16 KiB of a block, in pieces spread over it.
void cdeflate_look(const uint8_t *bytes, size_t count, struct cdeflate_sample *sample);

/// Whether all bytes are zero, as those of a hole in a sparse file are.
int cdeflate_all_zero(const uint8_t *bytes, size_t count);

#endif
