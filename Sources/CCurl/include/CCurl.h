// SPDX-License-Identifier: Apache-2.0
// libcurl, loaded when it is first needed: a server that reads no mailbox need not hold it and the libraries it comes
// with. Its options take any type by variadic functions, which Swift does not call: one function for each type.
#ifndef CCURL_H
#define CCURL_H
#include <curl/curl.h>

typedef size_t (*curl_taker)(char *bytes, size_t size, size_t count, void *context);

/// Loads the library of this name (`libcurl.so.4`) and readies it; false when it is not installed. `reason` then says what
/// is missing, and need not be freed. Nothing else here may be called before, nor may two threads call this.
_Bool curl_load(const char *name, const char **reason);

CURL *curl_open(void);
CURLcode curl_run(CURL *handle);
void curl_close(CURL *handle);
const char *curl_words(CURLcode code);
CURLcode curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode curl_set_number(CURL *handle, CURLoption option, long value);
CURLcode curl_set_taker(CURL *handle, curl_taker taker, void *context);
CURLcode curl_set_address_check(CURL *handle, curl_opensocket_callback check, void *context);

#endif
