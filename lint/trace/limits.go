package trace

const (
	// maxFaults is how many hosts break in turn.
	maxFaults = 100

	// maxRuns is how many runs are tried to find one that ends worst. Where chance hides it better, the first run is
	// shown.
	maxRuns = 64

	// maxNamed is how many MX hosts a message lists.
	maxNamed = 8

	// maxOutcomes is how many outcomes of one mail the text lists; the number of the others follows.
	maxOutcomes = 12

	// maxLine is how many bytes of a zone file's line are shown.
	maxLine = 120
)
