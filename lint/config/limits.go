package config

// Limits that keep the work for each of many zones small, whatever a configuration holds.
const (
	maxSize   = 1 << 20 // bytes of the file
	maxZones  = 10_000  // entries of zones
	maxItems  = 1_000   // of exclude, overrides and each override's zones
	maxLocal  = 100     // overrides of some files or views
	maxPath   = 1_024   // characters
	maxPhrase = 255     // characters of a view's or a link's name
	maxFaults = 20      // faults that are reported one by one

	maxProposed = 10 // overrides in a first configuration: one host may be that of very many domains

	// files matched with globs of zones, of overrides or of exclude, long ones counted as several
	maxGlobMatches = 30_000_000
)
