package config

// Limits that keep the work for each of many zones small, whatever a configuration holds.
const (
	maxSize   = 1 << 20 // bytes of the file
	maxZones  = 10_000
	maxItems  = 1_000 // of exclude, overrides and each override's zones
	maxPath   = 1_024 // characters
	maxPhrase = 255   // characters of a view's or a link's name
)
