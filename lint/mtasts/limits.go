package mtasts

// MaxSize is how large a policy may be: senders need not read more. MaxTotal is how large all policies of one
// configuration may be, which may name one file many times.
const (
	MaxSize  = 64 << 10 // bytes of a policy (RFC 8461 s.3.3)
	MaxTotal = 4 << 20  // bytes of all policies that a configuration names, a file counted each time
)
