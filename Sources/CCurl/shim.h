// SPDX-License-Identifier: Apache-2.0
// libcurl's options take any type by variadic functions, which Swift does not call: one function for each type.
#include <curl/curl.h>

typedef size_t (*curl_taker)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode curl_set_text(CURL *handle, CURLoption option, const char *value)
{
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode curl_set_number(CURL *handle, CURLoption option, long value)
{
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode curl_set_taker(CURL *handle, curl_taker taker, void *context)
{
    CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, taker);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_WRITEDATA, context) : code;
}
static inline CURLcode curl_set_address_check(CURL *handle, curl_opensocket_callback check, void *context)
{
    CURLcode code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, check);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context) : code;
}
