package live

const (
	maxUDP         = 1232     // bytes of an answer over UDP: no network cuts them up (RFC 9715)
	maxMessage     = 0xffff   // bytes of any answer (RFC 1035 s.4.2.2)
	maxRecords     = 1000     // of one answer
	maxAliases     = 16       // in one answer
	maxPerSocket   = 1000     // questions from one port, which is random
	maxResolvConf  = 1 << 20  // bytes of the file with the system's resolvers
	maxQuestions   = 500      // about one mail domain
	maxTargets     = 50       // MX records of a domain that are followed
	maxServers     = 20       // name servers of a zone that are asked about
	maxHosts       = 5        // MX hosts of a domain for which servers are asked themselves
	maxParents     = 3        // name servers of a parent zone of which one is asked
	maxClockSkew   = 300      // seconds between the clocks of those who share a key (RFC 8945 s.10)
	maxConnections = 100      // to mail servers, in one run
	maxReply       = 16 << 10 // bytes that a mail server may say
	maxReplyLines  = 64       // of one reply of a mail server
	minBlocked     = 3        // networks that are silent before a family counts as not testable
	maxWebHosts    = 4        // addresses of a web server that are tried
	maxWebHeader   = 16 << 10 // bytes of the header of what a web server says
	maxReverse     = 10       // addresses of a host whose names are asked for, and names of an address
	maxSPFLookups  = 10       // names that SPF leads to (RFC 7208 s.4.6.4)
	maxSPFTerms    = 100      // of one name
)
