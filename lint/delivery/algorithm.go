package delivery

// The rules that senders and relays follow.

// Algorithm says which rules senders and relays follow.
type Algorithm uint8

// The algorithms. Postfix is RFC3974 with what was seen otherwise of Postfix 3.7 in the laboratory (package lab): it
// knows itself by its addresses too, lets a null MX speak for the domain even beside others, takes an address in place
// of a host's name for that address, mixes families within a host, gives up after two sessions, and has status codes of
// its own. That it gives up after five addresses (smtp_mx_address_limit), and Exim after five unless hosts of another
// preference are left (hosts_max_try), is not modelled: which five depends on chance and on both families at once.
const (
	RFC3974 Algorithm = iota
	RFC5321           // section 5.1: a host knows itself by its addresses too; it returns what it cannot route
	Postfix
	NoFallback // RFC3974, but the A records of a host that has AAAA records are never tried
	Exchange   // RFC3974, but all AAAA records of one preference come before all A records of it
	Exim       // Exchange, but it looks for both families, whichever it has, and freezes mail that leads to itself
	OpenSMTPD  // RFC3974, but it looks for both families, keeps mail that has nowhere to go, and gives up after one 4xx
	Sendmail   // RFC3974, but it looks for both families, and does not try a host whose AAAA look-up fails
	algorithms // how many there are
)

// manners are what algorithms differ in.
type manners struct {
	byAddress   bool         // it knows itself by its addresses, too
	literals    bool         // it takes an address in place of a host's name for that address
	nullMX      bool         // a null MX speaks for the domain, even beside others
	order       addressOrder // of a host's addresses
	aaaaOnly    bool         // no A record of a host that has AAAA records is tried
	byFamily    bool         // a dual-stack sender tries the AAAA records of a whole preference first
	bothLookUps bool         // addresses of families that the host lacks count as such that do not answer
	needsAAAA   bool         // a host whose AAAA look-up fails is not tried, whatever A records it has
	skipsBad    bool         // it takes a malformed AAAA record for none, and not for a look-up that fails
	freezes     bool         // it keeps what it would have to send to itself
	keeps       bool         // a sender keeps what has no host or no address to go to, as if that might change
	returns     bool         // an MX host returns what it cannot route
	sessions    int          // after how many sessions that end with 4xx it gives up; 0: it does not
	noDomain    string       // the status of mail to a domain that does not exist
	nullMXReply string       // and to one with a null MX
	lostWay     string       // and of mail at an MX host that cannot look up those of lower preference
}

// addressOrder is the order of a host's addresses.
type addressOrder uint8

const (
	ipv6First addressOrder = iota // "AAAA records should take precedence" (RFC 3974 s.3 step 5), then by chance
	presented                     // "in the order presented" (RFC 5321 s.5.1)
	shuffled
)

var mannersOf = func() [algorithms]manners {
	rfc3974 := manners{noDomain: "5.1.2", nullMXReply: "5.1.10", lostWay: "4.4.3"}
	var all [algorithms]manners
	for a := range all {
		all[a] = rfc3974
	}
	all[RFC5321].byAddress, all[RFC5321].order, all[RFC5321].returns = true, presented, true
	all[Postfix] = manners{
		byAddress: true, literals: true, nullMX: true, order: shuffled, sessions: 2, // smtp_mx_session_limit
		noDomain: "5.4.4", nullMXReply: "5.1.0", lostWay: "4.4.4",
	}
	all[NoFallback].aaaaOnly = true
	all[Exchange].byFamily = true
	for _, a := range []Algorithm{Exim, Sendmail, OpenSMTPD} {
		all[a].bothLookUps = true
	}
	all[Exim].byAddress, all[Exim].byFamily, all[Exim].freezes = true, true, true
	all[OpenSMTPD].keeps, all[OpenSMTPD].sessions = true, 1
	all[Sendmail].needsAAAA, all[Sendmail].skipsBad = true, true
	return all
}()

// manners are those of the simulation's algorithm.
func (s *Simulation) manners() *manners { return &mannersOf[s.Algorithm] }
