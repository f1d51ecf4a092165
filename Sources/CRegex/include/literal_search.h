/// Looking for a text in many bytes, faster than memmem(3) where most of them do not match.
#ifndef CREGEX_LITERAL_SEARCH_H
#define CREGEX_LITERAL_SEARCH_H

#include <stddef.h>

/// The offset of the first place of a literal of at least one byte, or the length of the text where there is none.
size_t literal_search(const unsigned char *text, size_t length, const unsigned char *literal, size_t count);

/// The offset of the first byte 0x0a or 0x0d, or the length of the text where there is none.
size_t line_end_search(const unsigned char *text, size_t length);

/// The offset behind the last byte 0x0a or 0x0d, or 0 where there is none.
size_t line_start_search(const unsigned char *text, size_t length);

#endif
