// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CMemory.h"
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// More mappings than this are looked at no further.
#define MAPPINGS 1024

struct range { uintptr_t start, end; };

/// Parts of files that are mapped privately and cannot be written to, and what was let go of so far.
struct walk {
    struct range files[MAPPINGS];
    size_t count, bytes;
    uintptr_t page;
};

/// Reads what the kernel says about this process's mappings.
static void find_files(struct walk *walk)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps) return;
    // Longer than any path; a line that is longer all the same is not taken for one.
    char line[8192];
    while (walk->count < MAPPINGS && fgets(line, sizeof line, maps)) {
        if (!strchr(line, '\n')) break;
        unsigned long start, end, inode;
        char rights[5];
        if (sscanf(line, "%lx-%lx %4s %*x %*x:%*x %lu", &start, &end, rights, &inode) != 4 || inode == 0) continue;
        if (rights[0] == 'r' && rights[1] == '-' && rights[3] == 'p') {
            walk->files[walk->count++] = (struct range){start, end};
        }
    }
    fclose(maps);
}

/// Whether the loader has written into the object's code.
static _Bool is_relocated(const struct dl_phdr_info *object)
{
    for (int number = 0; number < object->dlpi_phnum; number++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[number];
        if (segment->p_type != PT_DYNAMIC) continue;
        const ElfW(Dyn) *entry = (const void *)(uintptr_t)(object->dlpi_addr + segment->p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++) {
            if (entry->d_tag == DT_TEXTREL) return 1;
            if (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL) return 1;
        }
    }
    return 0;
}

/// Lets go of what a segment and the mapped files have in common.
static void let_go(struct range segment, struct walk *walk)
{
    for (size_t number = 0; number < walk->count; number++) {
        struct range file = walk->files[number];
        uintptr_t start = file.start > segment.start ? file.start : segment.start;
        uintptr_t end = file.end < segment.end ? file.end : segment.end;
        // Where the kernel refuses, as it does for pages that are locked in memory, nothing changes.
        if (start < end && madvise((void *)start, end - start, MADV_DONTNEED) == 0) walk->bytes += end - start;
    }
}

static int let_go_of_object(struct dl_phdr_info *object, size_t size, void *context)
{
    (void)size;
    struct walk *walk = context;
    if (is_relocated(object)) return 0;
    for (int number = 0; number < object->dlpi_phnum; number++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[number];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        // Whole pages out of the file alone: from the first that begins in it to the last that ends in it.
        uintptr_t start = object->dlpi_addr + segment->p_vaddr;
        let_go((struct range){
            (start + walk->page - 1) & ~(walk->page - 1), (start + segment->p_filesz) & ~(walk->page - 1)}, walk);
    }
    return 0;
}

size_t memory_let_go_of_code(void)
{
    struct walk walk = {.page = (uintptr_t)sysconf(_SC_PAGESIZE)};
    find_files(&walk);
    dl_iterate_phdr(let_go_of_object, &walk);
    return walk.bytes;
}

size_t memory_held(void)
{
    FILE *counts = fopen("/proc/self/statm", "re");
    if (!counts) return 0;
    unsigned long pages;
    if (fscanf(counts, "%*u %lu", &pages) != 1) pages = 0;
    fclose(counts);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}
