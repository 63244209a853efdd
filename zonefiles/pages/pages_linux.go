package pages

import (
	"syscall"
	"unsafe"
)

// advise asks for large pages where there is room for whole ones between the memory's start and its end. It is advice: when the system
// does not take it, nothing is lost.
func advise(memory unsafe.Pointer, length int) {
	before := int(-uintptr(memory) % size)
	if whole := (length - before) / size * size; whole > 0 {
		_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Add(memory, before)), whole), syscall.MADV_HUGEPAGE)
	}
}
