// SPDX-License-Identifier: Apache-2.0
// glibc's resolver with a state of its own for each question: its functions are macros, which Swift does not see.
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

/// Asks for the texts (TXT) of a name. Blocks, at most twice `seconds` for each server.
/// - server: an IPv4 address, or NULL for the system's servers.
/// - Returns: the answer's length; 0 when there is no such name or text; -1 when nobody could say.
static inline int resolve_texts(
    const char *name, const char *server, unsigned short port, int seconds, unsigned char *answer, int capacity)
{
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) return -1;
    state.retrans = seconds;
    state.retry = 2;
    state.options &= ~(RES_DNSRCH | RES_DEFNAMES);
    state.options |= RES_USE_EDNS0;
    if (server != NULL) {
        struct in_addr address;
        if (inet_pton(AF_INET, server, &address) != 1) {
            res_nclose(&state);
            return -1;
        }
        state.nscount = 1;
        state.nsaddr_list[0].sin_family = AF_INET;
        state.nsaddr_list[0].sin_addr = address;
        state.nsaddr_list[0].sin_port = htons(port);
    }
    int length = res_nquery(&state, name, ns_c_in, ns_t_txt, answer, capacity);
    int error = state.res_h_errno;
    res_nclose(&state);
    if (length >= 0) return length > capacity ? capacity : length;
    return error == HOST_NOT_FOUND || error == NO_DATA ? 0 : -1;
}
