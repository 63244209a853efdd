//go:build unix

package folder

import "syscall"

// Mkfifo makes a named pipe.
func Mkfifo(name string) error { return syscall.Mkfifo(name, 0o600) }
