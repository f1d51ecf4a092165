#define PCRE2_CODE_UNIT_WIDTH 8
#include "regex_search.h"
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>

// Steps back that one start may take: a pattern for a number needs a handful. https://pcre.org/current/doc/html/pcre2api.html
enum { match_limit = 10000, stack_start = 32 << 10, stack_most = 512 << 10 };

struct regex_search {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
};

struct regex_search *regex_search_compile(const char *pattern, size_t length, unsigned *groups, int *error,
                                          size_t *offset) {
    struct regex_search *search = calloc(1, sizeof *search);
    *error = 0;
    *offset = 0;
    if (!search)
        return NULL;
    // \C could cut a character in two, which compiled code may not do.
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    search->code = pcre2_compile((PCRE2_SPTR)pattern, length, options, error, offset, NULL);
    if (search->code) {
        // Where memory may not be executable, the pattern is interpreted.
        (void)pcre2_jit_compile(search->code, PCRE2_JIT_COMPLETE);
        search->data = pcre2_match_data_create(2, NULL);
        search->context = pcre2_match_context_create(NULL);
        search->stack = pcre2_jit_stack_create(stack_start, stack_most, NULL);
    }
    if (!search->code || !search->data || !search->context ||
        pcre2_pattern_info(search->code, PCRE2_INFO_CAPTURECOUNT, groups)) {
        regex_search_free(search);
        return NULL;
    }
    pcre2_set_match_limit(search->context, match_limit);
    if (search->stack)
        pcre2_jit_stack_assign(search->context, NULL, search->stack);
    return search;
}

void regex_search_free(struct regex_search *search) {
    if (!search)
        return;
    pcre2_jit_stack_free(search->stack);
    pcre2_match_context_free(search->context);
    pcre2_match_data_free(search->data);
    pcre2_code_free(search->code);
    free(search);
}

void regex_search_message(int error, char *words, size_t size) {
    if (pcre2_get_error_message(error, (PCRE2_UCHAR *)words, size) < 0 && size > 0)
        words[0] = 0;
}

int regex_search_first(struct regex_search *search, const unsigned char *text, size_t length, size_t *start,
                       size_t *end) {
    int answer = pcre2_match(search->code, text, length, 0, 0, search->data, search->context);
    if (answer == PCRE2_ERROR_NOMATCH)
        return 0;
    // 0: more groups than there was room for, which is meant.
    if (answer < 0)
        return -1;
    size_t *ends = pcre2_get_ovector_pointer(search->data);
    int took_part = answer == 0 || answer > 1;
    *start = took_part ? ends[2] : SIZE_MAX;
    *end = took_part ? ends[3] : SIZE_MAX;
    return 1;
}
