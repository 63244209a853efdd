//go:build !unix

package zonefiles

import "errors"

func mkfifo(string) error { return errors.ErrUnsupported }
