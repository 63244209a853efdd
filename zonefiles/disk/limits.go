package disk

import "math"

// Limits of one search. Beyond them it fails, because a part of the answer would look like all of it.
const (
	MaxFiles = 1_000_000 // files and folders
	MaxDepth = 200       // folders inside each other
	maxSize  = math.MaxUint32

	maxListed    = 200_000 // files and folders among which a Finder looks
	maxNamesakes = 100     // of which one name is too common to tell which is meant
)
