package serverconf

// Limits of a configuration with all that it includes. Real ones stay far below.
const (
	maxConfFile     = 64 << 20  // bytes of one file
	maxConfBytes    = 128 << 20 // bytes of all files, a file counted each time that it is included
	maxConfDepth    = 10        // files that include one another
	maxConfIncludes = 10_000    // files, each counted as often as it is included
	maxConfZones    = 1_000_000 // zones
	maxServerPath   = 4096      // bytes of a path, PATH_MAX of Linux
)
