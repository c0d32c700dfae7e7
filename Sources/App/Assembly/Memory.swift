// SPDX-License-Identifier: Apache-2.0
// What becomes of memory that is not needed any more.
import CMalloc

/// The program's habits with memory.
enum Memory {
    /// Keeps what was freed for the next request, up to a bound, instead of giving it back to the kernel after each.
    ///
    /// A server frees as much as it asks for, many times a second. With glibc's defaults every survey cost three calls
    /// to give pages back and fifty page faults to get them again: a tenth of its CPU. Few arenas bound what is kept.
    static func keepFreed() {
        _ = mallopt(M_TRIM_THRESHOLD, 2 << 20)
        _ = mallopt(M_TOP_PAD, 256 << 10)
        _ = mallopt(M_MMAP_THRESHOLD, 1 << 20)
        _ = mallopt(M_ARENA_MAX, 2)
    }

    /// Gives back what only starting needed.
    static func letGoOfStart() { _ = malloc_trim(0) }
}
