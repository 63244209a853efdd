package live

const (
	maxUDP        = 1232    // bytes of an answer over UDP: no network cuts them up (RFC 9715)
	maxMessage    = 0xffff  // bytes of any answer (RFC 1035 s.4.2.2)
	maxRecords    = 1000    // of one answer
	maxAliases    = 16      // in one answer
	maxPerSocket  = 1000    // questions from one port, which is random
	maxResolvConf = 1 << 20 // bytes of the file with the system's resolvers
)
