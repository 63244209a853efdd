//go:build !linux

package disk

import "os"

// keepAttributes knows only those of Linux.
func keepAttributes(*os.Root, string, *os.File) error { return nil }
