#include "isal.h"
#include <stdlib.h>

#if defined(CISAL_LINKED)
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#if __has_include(<isa-l.h>)
#include <isa-l.h>
#endif

#define text_of(x) #x
#define text(x) text_of(x)

struct cisal {
    struct isal_zstream stream;
    // One size for every level: the size decides where ISA-L ends its blocks, and so the bytes.
    uint8_t level[ISAL_DEF_LVL2_LARGE > ISAL_DEF_LVL1_LARGE ? ISAL_DEF_LVL2_LARGE : ISAL_DEF_LVL1_LARGE];
};

const char *cisal_version(void) {
#if defined(ISAL_MAJOR_VERSION)
    return text(ISAL_MAJOR_VERSION) "." text(ISAL_MINOR_VERSION) "." text(ISAL_PATCH_VERSION);
#else
    return "of an unknown version";
#endif
}

struct cisal *cisal_make(void) { return malloc(sizeof(struct cisal)); }

void cisal_free(struct cisal *isal) { free(isal); }

long cisal_deflate(struct cisal *isal, int level, const uint8_t *dictionary, size_t dictionary_count,
                   const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity) {
    struct isal_zstream *stream = &isal->stream;
    isal_deflate_init(stream);
    stream->level = (uint32_t)level;
    stream->level_buf = isal->level;
    stream->level_buf_size = sizeof isal->level;
    stream->gzip_flag = IGZIP_DEFLATE;
    stream->flush = SYNC_FLUSH;
    stream->end_of_stream = 0;
    if (dictionary_count) {
        int error = isal_deflate_set_dict(stream, (uint8_t *)dictionary, (uint32_t)dictionary_count);
        if (error != COMP_OK)
            return error;
    }
    stream->next_in = (uint8_t *)bytes;
    stream->avail_in = (uint32_t)count;
    stream->next_out = output;
    stream->avail_out = (uint32_t)capacity;
    int error = isal_deflate(stream);
    if (error != COMP_OK)
        return error < 0 ? error : -error;
    // With room left in the output, everything has been taken and flushed: igzip_lib.h, isal_deflate.
    if (stream->avail_in != 0 || stream->avail_out == 0)
        return 0;
    return (long)(capacity - stream->avail_out);
}

uint32_t cisal_crc32(uint32_t before, const uint8_t *bytes, size_t count) {
    return crc32_gzip_refl(before, bytes, count);
}

#else

const char *cisal_version(void) { return NULL; }

struct cisal *cisal_make(void) { return NULL; }

void cisal_free(struct cisal *isal) { (void)isal; }

long cisal_deflate(struct cisal *isal, int level, const uint8_t *dictionary, size_t dictionary_count,
                   const uint8_t *bytes, size_t count, uint8_t *output, size_t capacity) {
    (void)isal, (void)level, (void)dictionary, (void)dictionary_count;
    (void)bytes, (void)count, (void)output, (void)capacity;
    return -1;
}

uint32_t cisal_crc32(uint32_t before, const uint8_t *bytes, size_t count) {
    (void)bytes, (void)count;
    return before;
}

#endif
