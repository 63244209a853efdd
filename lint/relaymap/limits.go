package relaymap

// Limits of a picture that people can still read. The picture counts what it leaves out.
const (
	maxHosts     = 40
	maxAddresses = 3 // of one host and family
	maxEdges     = 400
	maxName      = 60 // characters of a name
	maxOthers    = 2  // of the other names of a host
)
