package discover

// Limits of .gitignore files. A search that would need more matches fails, because a part of the answer would look like
// all of it; what a file has beyond the other limits is not honoured, and so looked at.
const (
	maxIgnoreMatches  = 50_000_000 // paths matched with patterns, long ones counted as several
	maxGitIndex       = 32 << 20   // bytes of git's index
	maxIgnoreBytes    = 1 << 20    // of one file
	maxIgnorePatterns = 2000       // of one file
	maxIgnorePattern  = 1024       // bytes of one pattern
)
