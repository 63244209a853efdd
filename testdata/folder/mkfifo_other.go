//go:build !unix

package folder

import "errors"

// Mkfifo makes no named pipe, since this system has none.
func Mkfifo(string) error { return errors.ErrUnsupported }
