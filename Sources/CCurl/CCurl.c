// SPDX-License-Identifier: Apache-2.0
// curl.h's macros that check the types of options stand in the way of calling by pointer.
#define CURL_DISABLE_TYPECHECK
#include "CCurl.h"
#include <dlfcn.h>

#define CURL_CALLS(call) \
    call(curl_easy_cleanup) \
    call(curl_easy_init) \
    call(curl_easy_perform) \
    call(curl_easy_setopt) \
    call(curl_easy_strerror) \
    call(curl_global_init)

#undef curl_easy_setopt

static struct {
#define CURL_CALL(name) __typeof__(&name) name;
    CURL_CALLS(CURL_CALL)
#undef CURL_CALL
} calls;

_Bool curl_load(const char *name, const char **reason)
{
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        *reason = dlerror();
        return 0;
    }
#define CURL_CALL(function) \
    if (!(calls.function = (__typeof__(&function))dlsym(library, #function))) { \
        *reason = "libcurl has no " #function; \
        return 0; \
    }
    CURL_CALLS(CURL_CALL)
    if (calls.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        *reason = "libcurl cannot be readied";
        return 0;
    }
    return 1;
}

CURL *curl_open(void) { return calls.curl_easy_init(); }

CURLcode curl_run(CURL *handle) { return calls.curl_easy_perform(handle); }

void curl_close(CURL *handle) { calls.curl_easy_cleanup(handle); }

const char *curl_words(CURLcode code) { return calls.curl_easy_strerror(code); }

CURLcode curl_set_text(CURL *handle, CURLoption option, const char *value)
{
    return calls.curl_easy_setopt(handle, option, value);
}

CURLcode curl_set_number(CURL *handle, CURLoption option, long value)
{
    return calls.curl_easy_setopt(handle, option, value);
}

CURLcode curl_set_taker(CURL *handle, curl_taker taker, void *context)
{
    CURLcode code = calls.curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, taker);
    return code == CURLE_OK ? calls.curl_easy_setopt(handle, CURLOPT_WRITEDATA, context) : code;
}

CURLcode curl_set_address_check(CURL *handle, curl_opensocket_callback check, void *context)
{
    CURLcode code = calls.curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, check);
    return code == CURLE_OK ? calls.curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context) : code;
}
