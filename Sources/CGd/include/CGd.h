// SPDX-License-Identifier: Apache-2.0
// libgd, loaded when it is first needed. It comes with some fifty libraries, which a server that nobody sends a picture
// need not hold: 9 MB.
#ifndef CGD_H
#define CGD_H
#include <gd.h>

// What is called of it, each once. Whatever else is needed is added here.
#define GD_CALLS(call) \
    call(gdFree) \
    call(gdImageAlphaBlending) \
    call(gdImageColorTransparent) \
    call(gdImageCopyResampled) \
    call(gdImageCreateFromGifPtr) \
    call(gdImageCreateFromJpegPtrEx) \
    call(gdImageCreateFromPngPtr) \
    call(gdImageCreateFromWebpPtr) \
    call(gdImageCreateTrueColor) \
    call(gdImageDestroy) \
    call(gdImageInterlace) \
    call(gdImagePaletteToTrueColor) \
    call(gdImagePngPtrEx) \
    call(gdImageSaveAlpha) \
    call(gdImageSetResolution) \
    call(gdSetErrorMethod)

// Addresses that never change once they are found.
struct __attribute__((swift_attr("@Sendable"))) gd_calls {
#define GD_CALL(name) __typeof__(&name) _Nonnull name;
    GD_CALLS(GD_CALL)
#undef GD_CALL
};

/// Loads the library of this name (`libgd.so.3`) and finds its functions; false when it is not installed. `reason` then
/// says what is missing, and need not be freed.
_Bool gd_load(const char *_Nonnull name, struct gd_calls *_Nonnull calls, const char *_Nullable *_Nonnull reason);

#endif
