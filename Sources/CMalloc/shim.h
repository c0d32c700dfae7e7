// SPDX-License-Identifier: Apache-2.0
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

static inline int memory_let_go_of_object(struct dl_phdr_info *object, size_t size, void *unused)
{
    (void)size, (void)unused;
    // The kernel's own object has no file behind it.
    if (object->dlpi_name && !__builtin_strncmp(object->dlpi_name, "linux-vdso", 10)) return 0;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (int number = 0; number < object->dlpi_phnum; number++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[number];
        // An object whose code was changed by the loader must keep it.
        if (part->p_type == PT_DYNAMIC) {
            const ElfW(Dyn) *entry = (void *)(object->dlpi_addr + part->p_vaddr);
            for (; entry->d_tag != DT_NULL; entry++) {
                if (entry->d_tag == DT_TEXTREL) return 0;
                if (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL) return 0;
            }
        }
    }
    for (int number = 0; number < object->dlpi_phnum; number++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[number];
        if (part->p_type != PT_LOAD || part->p_flags & PF_W) continue;
        size_t start = (object->dlpi_addr + part->p_vaddr) & ~(page - 1);
        size_t end = (object->dlpi_addr + part->p_vaddr + part->p_filesz + page - 1) & ~(page - 1);
        madvise((void *)start, end - start, MADV_DONTNEED);
    }
    return 0;
}

/// Lets the kernel have the pages of code and constants that only starting needed. Whatever is used again comes back
/// from the file, most often out of the page cache: these parts are never written to, so nothing can be lost.
static inline void memory_let_go_of_code(void) { dl_iterate_phdr(memory_let_go_of_object, 0); }
