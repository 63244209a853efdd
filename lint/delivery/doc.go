// Package delivery is RFC 3974 as pure functions: what families a host has, how a mail is sent to a domain, and whether a mail
// domain's MX hosts can pass mail on to each other. It reads no files and resolves nothing.
//
//	family.go    Families: a set out of IPv4 and IPv6
//	address.go   Classify: is this address one that senders can use?
//	registry.go  the special-purpose address registries, as a table
//	relay.go     Relay: stranded hosts, paths and bridges, families unknown included (RFC 3974 s.4.2)
//	simulate.go  Simulation: every way in which a mail to a domain can end (RFC 3974 s.3); step 2
//	dns.go       the look-ups of a simulation: Resolver, Answer, Record
//	plan.go      step 1: the MX records, the machines behind them, their relay graph
//	chart.go     Simulation.Chart: the result of that, for pictures
//	attempt.go   steps 3 to 9 with one MX record
//	run.go       Simulation.Run: one mail, step by step
//	outage.go    Simulation.Faults: one thing after the other breaks
//
// A simulation draws its relay graph with Relay and judges addresses with Classify, so the package has one idea of what a
// family, an edge and a final host are.
package delivery
