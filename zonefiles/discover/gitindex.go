package discover

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"mx46/zonefiles/disk"
)

// Which files git tracks: those are read whatever .gitignore says, as git itself does. The format is that of "git help
// gitformat-index", versions 2 to 4; of its decoders in other libraries none comes without a whole implementation of
// git.

// gitIndex is where the index of a repository is that has its root where ours is. A linked work tree has it elsewhere,
// outside the root.
const gitIndex = ".git/index"

// The parts of an entry before its name, in octets: times, device, inode, mode, owner and size, then the object's name
// by SHA-1 or SHA-256, then flags.
const (
	statOctets   = 40
	flagOctets   = 2
	sha1Octets   = 20
	sha256Octets = 32
	flagExtended = 0x4000 // two more octets of flags follow
	headerOctets = 12
)

// trackedNames are files that git tracks, in byte order.
type trackedNames []string

// holds reports whether git tracks a file, or some file in a folder.
func (names trackedNames) holds(name string) bool {
	if _, ok := slices.BinarySearch(names, name); ok {
		return true
	}
	name += "/"
	at, _ := slices.BinarySearch(names, name)
	return at < len(names) && strings.HasPrefix(names[at], name)
}

// trackedFiles are the files that git tracks below the root. There are none where there is no index that can be read.
func trackedFiles(root *disk.Root) trackedNames {
	data, err := root.ReadFile(gitIndex, maxGitIndex)
	if err != nil || len(data) < headerOctets || string(data[:4]) != "DIRC" {
		return nil
	}
	version, entries := binary.BigEndian.Uint32(data[4:]), int(binary.BigEndian.Uint32(data[8:]))
	for _, hash := range [...]int{sha1Octets, sha256Octets} { // the format does not say which
		if names, ok := indexNames(data[headerOctets:], version, entries, hash); ok {
			slices.Sort(names)
			return names
		}
	}
	return nil
}

// indexNames are the names in the entries of an index. It is false where they do not look like entries.
func indexNames(data []byte, version uint32, entries, hash int) (names []string, ok bool) {
	fixed := statOctets + hash + flagOctets
	var name []byte
	octets := 0
	for range entries {
		if len(data) < fixed {
			return nil, false
		}
		length := fixed
		if binary.BigEndian.Uint16(data[fixed-flagOctets:])&flagExtended != 0 {
			length += 2
		}
		rest := data[min(length, len(data)):]
		keep := 0
		if version == 4 { // a name is what it shares with the one before it, and a rest
			drop, n := offsetVarint(rest)
			if n == 0 || drop > len(name) {
				return nil, false
			}
			keep, rest, length = len(name)-drop, rest[n:], length+n
		}
		end := bytes.IndexByte(rest, 0)
		if end < 0 || keep+end == 0 {
			return nil, false
		}
		if octets += keep + end; octets > 2*maxGitIndex { // by what names share
			return nil, false
		}
		if name = append(name[:keep:keep], rest[:end]...); len(name) <= maxTrackedName {
			names = append(names, string(name))
		}
		length += end + 1
		if version < 4 {
			length = (length + 7) / 8 * 8 // with the NUL octets that fill an entry up
		}
		data = data[min(length, len(data)):]
	}
	return names, version >= 2 && version <= 4
}

// offsetVarint reads a number as git's pack format writes offsets. Octets is 0 where there is none.
func offsetVarint(data []byte) (value, octets int) {
	for i, c := range data[:min(len(data), 4)] {
		value = value<<7 | int(c&0x7f)
		if c&0x80 == 0 {
			return value, i + 1
		}
		value++
	}
	return 0, 0
}
