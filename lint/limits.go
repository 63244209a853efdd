package lint

// Limits of what a report may grow to.
const (
	// maxPlaces is how many other places a finding points at. A zone may have a million of them, for each of many
	// findings.
	maxPlaces = 100

	// maxNamedZones is how many of the other zones a folded finding names; it counts the rest.
	maxNamedZones = 3

	// maxGuesses is how many misspelt rules of ignore comments are compared with all rules. Without it, a file of nothing
	// else would cost more than others.
	maxGuesses = 100
)
