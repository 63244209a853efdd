package survey

const (
	maxLine      = 4096    // bytes of one domain's line
	maxWritten   = 1 << 20 // bytes of a line about a domain
	maxFindings  = 100     // of one domain
	maxProviders = 10_000  // that are counted one by one
	maxShown     = 20      // providers in the summary
)
