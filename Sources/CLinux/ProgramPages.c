#define _GNU_SOURCE
#include "CLinux.h"

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// Clean pages of a file come back when they are touched; the kernel refuses to drop what is not.
static int let_go(struct dl_phdr_info *object, size_t size, void *sum) {
    (void)size;
    uintptr_t page_mask = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
    for (int index = 0; index < object->dlpi_phnum; index++) {
        const ElfW(Phdr) *header = &object->dlpi_phdr[index];
        // Nobody has written to a segment that cannot be written to.
        if (header->p_type != PT_LOAD || (header->p_flags & PF_W) != 0) continue;
        uintptr_t begin = (object->dlpi_addr + header->p_vaddr) & ~page_mask;
        uintptr_t end = object->dlpi_addr + header->p_vaddr + header->p_memsz;
        if (madvise((void *)begin, end - begin, MADV_DONTNEED) == 0) *(size_t *)sum += end - begin;
    }
    return 0;
}

size_t swiftlet_let_go_of_program(void) {
    size_t sum = 0;
    dl_iterate_phdr(let_go, &sum);
    malloc_trim(0);
    return sum;
}
