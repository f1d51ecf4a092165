/// Regular expressions with a bound on their work: PCRE2, compiled to machine code where the kernel allows it.
#ifndef CREGEX_REGEX_SEARCH_H
#define CREGEX_REGEX_SEARCH_H

#include <stddef.h>

struct regex_search;

/// Compiles a pattern of UTF-8. Returns NULL, and what is wrong and where, if it is none; `groups` is how many groups of
/// its own it captures.
struct regex_search *regex_search_compile(const char *pattern, size_t length, unsigned *groups, int *error, size_t *offset);

/// Frees what was compiled; NULL is passed over.
void regex_search_free(struct regex_search *search);

/// The words for an error, cut to the size with its NUL.
void regex_search_message(int error, char *words, size_t size);

/// Looks for the first match in a text, in which invalid UTF-8 may be. Returns 1 and the bytes of the first group (both
/// ends SIZE_MAX where it took no part), 0 for no match, -1 where the bound on the work was reached.
int regex_search_first(struct regex_search *search, const unsigned char *text, size_t length, size_t *start, size_t *end);

#endif
