//go:build !unix

package disk

import (
	"io/fs"
	"os"
)

// keepOwner has nothing to keep where files have no Unix owner.
func keepOwner(*os.File, fs.FileInfo) error { return nil }

// syncDir has nothing to do where folders cannot be synchronised.
func syncDir(*os.Root) error { return nil }

// Trusts cannot tell where files have no Unix owner.
func Trusts(_, _ fs.FileInfo) bool { return true }

func identityOf(fs.FileInfo) (Identity, bool) { return Identity{}, false }
