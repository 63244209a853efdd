package lock

const (
	MaxSize     = 16 << 20 // bytes of a lock: some 300,000 hosts
	maxLine     = 4096     // bytes of a line: two names with every octet escaped, and more
	maxWire     = 256      // octets of a name, to be read into (RFC 1035 s.2.3.4)
	maxProblems = 100      // that are reported; the last one counts the rest
	maxSiblings = 1000     // hosts among which one is looked for that stands for all
)
