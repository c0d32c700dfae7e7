// SPDX-License-Identifier: Apache-2.0
#include "CGd.h"
#include <dlfcn.h>

_Bool gd_load(const char *name, struct gd_calls *calls, const char **reason)
{
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        *reason = dlerror();
        return 0;
    }
#define GD_CALL(function) \
    if (!(calls->function = (__typeof__(&function))dlsym(library, #function))) { \
        *reason = "libgd has no " #function; \
        return 0; \
    }
    GD_CALLS(GD_CALL)
    return 1;
}
