// Package lab holds no code of the program: its test is a laboratory that proves package delivery right or wrong.
//
// It builds network namespaces joined by a bridge of their own: senders, MX hosts with a real Postfix each and with the
// address families that their names say, and a name server with a real BIND, which serves the very zone file that mx46
// reads. It sends mail to domains with every kind of MX RRset, watches where each mail ends, and holds that against
// delivery.Simulation.
//
// It needs root, Linux, Postfix, BIND and iproute2, and about half a minute, and so runs when MX46_E2E=1 asks for all
// tests:
//
//	MX46_E2E=1 go test -v -run Laboratory ./lint/lab
//
// The simulation follows RFC 3974. A scenario is held against delivery.Postfix only where it says in which documented
// way Postfix departs from the RFC, and then the RFC's outcome must be another one.
package lab
