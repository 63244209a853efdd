package workspace

// Limits of what one sentence says.
const (
	maxFilesShown = 5 // files that it names
	maxUncovered  = 3 // of those that no entry of zones covers
)

// Journals are looked for by listing a folder if it holds so many zones, and at most so many times as many entries.
const (
	manyZones = 32
	maxOthers = 8
)
