package dns

const (
	// MaxRRset is how many records an answer of 65,535 octets can hold at most (RFC 1035 s.4.2.2): 12 octets of header,
	// 5 of question and at least 13 for each record. Larger RRsets cannot be served, and are not judged.
	MaxRRset = (65535 - 12 - 5) / 13

	// MaxAliases is how long a chain of aliases a resolver follows before it answers SERVFAIL (rule cname-loop).
	MaxAliases = 16

	// maxNameOctets is the length of the longest Name (RFC 1035 s.2.3.4), the root's octet not counted.
	maxNameOctets = 254

	// maxInFull is how many names are told apart that a zone of guessed origin gives in full and lacks. Beyond them, none
	// of its negative answers is certain.
	maxInFull = 10_000
)
