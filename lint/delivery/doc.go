// Package delivery is RFC 3974 as pure functions: what families a host has, how a mail is sent to a domain, and whether a mail
// domain's MX hosts can pass mail on to each other. It reads no files, resolves nothing and imports nothing of this module.
//
//	family.go    Families: a set out of IPv4 and IPv6
//	address.go   Classify: is this address one that senders can use?
//	registry.go  the special-purpose address registries, as a table
//	relay.go     Relay: stranded hosts, paths and bridges, families unknown included (RFC 3974 s.4.2)
package delivery
