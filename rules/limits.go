package rules

// Limits on what rules look at and list, since very many domains may use one host.
const (
	maxListed   = 8        // addresses of a host that a finding lists
	maxCompared = 64       // addresses of a host that are compared: more than any host has
	maxDecided  = 100      // hosts for which mx-relay-unknown works out which fact would settle the question
	maxNearby   = 4096     // names after an empty non-terminal that are searched for one below it
	maxPreamble = 16 << 10 // bytes of a file that are searched for its first $TTL
)

// Limits of receivers and senders.
const (
	maxTried      = 5  // addresses of a domain that common senders try: Postfix's smtp_mx_address_limit
	maxSPFLookups = 10 // MX hosts that receivers look up for one mx mechanism of SPF (RFC 7208 s.4.6.4)
)
