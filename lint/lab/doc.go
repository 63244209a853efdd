// Package lab holds no code of the program: its test is a laboratory that proves package delivery right or wrong.
//
// It builds network namespaces joined by a bridge of their own: senders, MX hosts with a real Postfix each and with the
// address families that their names say, and a name server with a real BIND, which serves the very zone file that mx46
// reads. Postfix, Exim, sendmail and OpenSMTPD send mail to domains with every kind of MX RRset; it watches where each
// mail ends, and holds that against delivery.Simulation. What passes mail on is Postfix.
//
// TestFaults does so for faults of AAAA records and of the name servers that have them: senders sit behind BIND,
// unbound and PowerDNS Recursor as caches and as DNS64, behind tayga as NAT64, and behind resolvers of one family;
// dnsdist before NSD answers wrongly. What it sees is in testdata/lab/RESULTS.md.
//
// All of it needs root, Linux and the programs that .ci/run installs, and so runs when MX46_E2E=1 asks for all tests.
// When it is killed, a guard takes the namespaces down:
//
//	MX46_E2E=1 go test -v ./lint/lab
//
// Each mail is held against the algorithm of the mail server that sends it. By Postfix it has to end as RFC 3974 says,
// too, save in scenarios that say in which documented way Postfix departs from the RFC.
package lab
