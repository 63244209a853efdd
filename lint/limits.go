package lint

// Limits of what a report may grow to.
const (
	// maxPlaces is how many other places a finding points at. A zone may have a million of them, for each of many
	// findings.
	maxPlaces = 100

	// maxNamedZones is how many of the other zones a folded finding names; it counts the rest.
	maxNamedZones = 3

	// maxOnce is how many subjects a rule that reports each once may have findings about. It is there for hosts outside
	// the zones, of which a hoster's zones may name one for each domain.
	maxOnce = 1000

	// maxUnjudged is how many suffixes of unknown hosts a result lists.
	maxUnjudged = 1000

	// maxNamed is how many domains and places of a cause are kept.
	maxNamed = 10

	// maxHints is how many causes are told apart before findings are counted by cause.
	maxHints = 1 << 16

	// maxReused is how many hosts a set may have had whose memory is used again: emptying a set takes as long as it was
	// large. The same holds for the findings about one owner.
	maxReused = 100

	// maxGuesses is how many misspelt rules of ignore comments are compared with all rules. Without it, a file of nothing
	// else would cost more than others.
	maxGuesses = 100

	// spoolPart is how many findings a worker has in memory where more may be kept on disk, and spoolBatch how many are
	// read from there at a time. spoolRoom is how many bytes of the file are in memory as it is written or read.
	spoolPart  = 512
	spoolBatch = 512
	spoolRoom  = 64 << 10

	// ordinarySize is how many bytes a finding may have that counts as one; most have half of it. A place counts as
	// placeSize and its text. Names may be so long that 50,000 findings would take hundreds of megabytes.
	ordinarySize = 1024
	placeSize    = 64
)
