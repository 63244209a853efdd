//go:build !linux

package disk

import "os"

// door leaves every file to os.Root.
type door struct{}

func (*door) open(*os.Root, string) (*OpenFile, error) { return nil, nil }

func (*door) close() {}
