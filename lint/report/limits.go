package report

// Columns of an excerpt.
const (
	maxRoom = 160 // if the width of the terminal is not known
	minRoom = 24  // if it is absurd
)

// maxDescription is the longest description of a rule in SARIF, in characters.
const maxDescription = 1024

// Limits of GitHub code scanning: beyond the shown ones it leaves out the rest, beyond the others it refuses the
// report.
const (
	maxResultsShown = 5000
	maxResults      = 25000
	maxRelatedShown = 100
	maxRelated      = 1000
	maxStepsShown   = 1000
	maxSteps        = 10000
	maxRules        = 25000
)

// maxSummary is the largest step summary that GitHub Actions accepts, in bytes. maxSummaryEnd of them are kept for what
// follows the findings.
const (
	maxSummary    = 1 << 20
	maxSummaryEnd = 512
)
