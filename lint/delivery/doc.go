// Package delivery is RFC 3974 as pure functions: what families a host has, how a mail is sent to a domain, and whether
// a mail domain's MX hosts can pass mail on to each other. It reads no files and looks nothing up: package mail gives
// it domains.
//
//	family.go    Families: a set out of IPv4 and IPv6
//	address.go   Classify: is this address one that senders can use?
//	registry.go  the special-purpose address registries, as a table
//	domain.go    Domain: MX records, the hosts that they name, the machines that take the mail
//	relay.go     Relay: stranded hosts, paths and bridges (RFC 3974 s.4.2)
//	worlds.go    the same for every value that unknown families can have
//	algorithm.go Algorithm: how the rules that senders follow differ
//	resolver.go  what resolvers make of faulty answers for AAAA (RFC 4074), and DNS64
//	simulate.go  Simulation: every way in which a mail to a domain can end (RFC 3974 s.3); step 2
//	actor.go     who has the mail
//	plan.go      step 1, and what is assumed of the unknown
//	attempt.go   steps 3 to 9 with one MX record
//	run.go       Simulation.Run: one mail, step by step
//	outage.go    Simulation.Faults: one thing after the other breaks
//
// Lint asks Relay, trace asks Simulation: both about one Domain, and by the meaning that the catalogue of rules gives
// to machines, unusable addresses and unknown families.
package delivery
