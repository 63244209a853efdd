package spf

// Limits of receivers (RFC 7208 s.4.6.4).
const (
	MaxLookups = 10 // terms that look something up, in a policy and in those that it leads to
	MaxVoids   = 2  // look-ups that find nothing
	MaxMX      = 10 // MX hosts that are looked up for one mx
	maxNames   = 10 // names of a client that are looked up for ptr
)

// Limits on what a policy costs.
const (
	maxText       = 4096 // octets of an SPF record; nobody says what comes of a longer one
	maxClients    = 16   // addresses out of a policy that are tried
	maxRemembered = 4096 // policies, and what came of as many, until they are forgotten
	maxCounted    = 1024 // look-ups of a policy; it does not matter how many more there are
)
