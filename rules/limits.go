package rules

// Limits on what rules look at and list, since very many domains may use one host.
const (
	maxListed   = 3        // addresses, names or other words in a row that a finding lists
	maxSteps    = 100      // of a mail on its way, and hosts that a finding points at: a domain may have thousands
	maxCompared = 64       // addresses of a host that are compared: more than any host has
	maxDecided  = 100      // hosts for which mx-relay-unknown works out which fact would settle the question
	maxSearched = 256      // names of a zone that is searched for another name of a host
	maxNearby   = 4096     // names after an empty non-terminal that are searched for one below it
	maxPreamble = 16 << 10 // bytes of a file that are searched for its first $TTL
)

// Limits of receivers and senders.
const (
	maxTried = 5 // addresses of a domain that common senders try: Postfix's smtp_mx_address_limit
)
