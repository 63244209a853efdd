package disk

import "math"

// Limits of one search. Beyond them it fails, because a part of the answer would look like all of it.
const (
	MaxFiles       = 1_000_000  // files and folders
	MaxDepth       = 200        // folders inside each other
	maxListed      = 200_000    // files and folders among which a Finder looks
	maxNamesakes   = 100        // files of which one name is too common to tell which is meant
	maxGlobMatches = 20_000_000 // names matched with elements of all patterns of one Globber
)

// Limits of files and folders.
const (
	maxSize    = math.MaxUint32 // bytes of a file
	maxFolders = 32             // kept open
	maxLinks   = 40             // symbolic links in a row that are followed
)
