// SPDX-License-Identifier: Apache-2.0
// What the C library and the kernel offer for memory that is not needed any more. What needs the loader's own headers
// stays in the C file: their feature macros would change libc's types for whoever imports this beside other libraries.
#ifndef CMEMORY_H
#define CMEMORY_H
#include <malloc.h>
#include <stddef.h>

/// Lets go of the pages of code and constants that this process has touched so far, of the program and of its libraries;
/// returns how many bytes it spoke for. Whatever is used again is found again in the file, most often still in memory.
///
/// Nothing can be lost, since it only speaks for pages that hold what their file holds:
/// - They lie wholly inside a segment that the loader maps as it stands in the file and never as writable: the code's,
///   and on most systems one of constants. Relocated constants (RELRO) are read-only as well, but the loader has written
///   them: they belong to a writable segment and are left alone. So is an object whose code was relocated (TEXTREL), and
///   so are the pages at a segment's ends, which it may share with its neighbour.
/// - The kernel says that a file lies behind them and that they are private and not writable. That leaves out its own
///   page (the vDSO) and programs that were packed or moved into other memory. Without `/proc` nothing is let go of.
/// - No object is unloaded meanwhile: the loader's lock is held.
///
/// Any thread may call it while others run that code. Breakpoints that a debugger has set before are forgotten: they are
/// writes into code that only the debugger knows of.
size_t memory_let_go_of_code(void);

/// How many bytes of memory this process holds, its files' pages included; 0 where the kernel does not say.
size_t memory_held(void);

#endif
