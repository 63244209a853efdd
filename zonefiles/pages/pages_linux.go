package pages

import "syscall"

// advise asks for large pages. It is advice: when the system does not take it, nothing is lost.
func advise(memory []byte) { _ = syscall.Madvise(memory, syscall.MADV_HUGEPAGE) }
