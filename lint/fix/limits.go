package fix

// Limits of one run.
const (
	maxReason = 500     // bytes of the reason of an ignore comment
	maxRounds = 20      // times that the zones are linted: fixes that touch wait for one another, a round each
	maxTries  = 100     // readings in one round to find the fixes that change more than they should
	maxTried  = 1 << 30 // bytes of text made in looking for them, in all
)
