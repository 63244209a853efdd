package disk

import "math"

// Limits of one search. Beyond them it fails, because a part of the answer would look like all of it.
const (
	MaxFiles       = 1_000_000  // files and folders
	MaxDepth       = 200        // folders inside each other
	maxListed      = 200_000    // files and folders among which a Finder looks
	maxNamesakes   = 100        // files of which one name is too common to tell which is meant
	maxCommonEnd   = 32         // elements that two paths have in common at their ends
	maxGlobMatches = 20_000_000 // names matched with elements of all patterns of one Globber
)

// Limits of files and folders.
const (
	maxSize    = math.MaxUint32 // bytes of a file
	maxFolders = 32             // kept open, and as many that lie deep
	maxSteps   = 8              // from the root to a folder that does not lie deep
	maxLinks   = 40             // symbolic links in a row that are followed

	maxAttributes = 1 << 16 // bytes of the names of a file's extended attributes, or of one value: Linux has no more
)
