package delivery

const (
	// maxSteps is how many steps a Trace has.
	maxSteps = 10_000

	// maxWorlds is how many combinations of values of the unknown are tried one by one. With more, nothing is certain
	// that depends on the unknown.
	maxWorlds = 4096

	// maxAttempts is how many attempts at an MX record, in all worlds together, one set of outcomes may take. Where
	// more would be needed, the outcome is undecided.
	maxAttempts = 50_000

	// maxUnknownBits is how many bits the number of a value of one machine's unknown families has, two for each name.
	// Names beyond those have the value of the last.
	maxUnknownBits = 6

	// maxBridges is how many machines are taken away from a relay graph in turn.
	maxBridges = 100
)
