package discover

// Limits of .gitignore files. A search that would need more matches fails, because a part of the answer would look like
// all of it; what a file has beyond the other limits is not honoured, and so looked at.
const (
	maxIgnoreMatches  = 50_000_000 // paths matched with patterns, long ones counted as several
	maxVisits         = 8          // searches of one folder, by all folders among zones
	maxGitIndex       = 32 << 20   // bytes of git's index
	maxTrackedName    = 4096       // bytes of a name in it, PATH_MAX of Linux; longer ones are passed over
	maxIgnoreBytes    = 1 << 20    // of one file
	maxIgnorePatterns = 2000       // of one file
	maxIgnorePattern  = 1024       // bytes of one pattern
	maxPreamble       = 4 << 20    // bytes of comments before the first record of a file that is found by its text
)
