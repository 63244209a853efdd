package report

// Columns of an excerpt.
const (
	maxRoom = 160 // whatever the width of the terminal is, which COLUMNS may exaggerate
	minRoom = 24  // if it is absurd
)

// maxNamedSettings is how many rules or files of one kind the summary names; it counts the rest.
const maxNamedSettings = 10

// maxSuffixes is how many suffixes of unknown hosts the summary names; it counts the rest.
const maxSuffixes = 3

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
	maxMaps       = 20 // of relays in it
)

// What is named before the rest is counted: of a cause in all formats, the others on a page.
const (
	maxNamedOfCause  = 3
	maxNamedDomains  = 10
	maxPlacesOfCause = 200
	maxCausesOfGroup = 50
	maxGroups        = 1000 // of mail domains with the same picture
	causesOnPage     = 50   // see causePage
)
