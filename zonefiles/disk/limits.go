package disk

import "math"

// Limits of one search. Beyond them it fails, because a part of the answer would look like all of it.
const (
	MaxFiles = 1_000_000 // files and folders
	MaxDepth = 200       // folders inside each other
	maxSize  = math.MaxUint32
)
